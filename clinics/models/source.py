import hashlib
import json
from typing import Any

from django.db import models


def digest_of(data: dict[str, Any]) -> str:
    """SHA-256 of a row, in hexadecimal; the order of its columns does not matter."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


class SourceRecord(models.Model):
    """What a published source said about a clinic, kept as it was said, under the source's own identifier."""

    source = models.SlugField(max_length=40, help_text="The publisher's list, such as samhsa.")
    identifier = models.CharField(max_length=200, help_text="The source's own identifier of the row.")
    clinic = models.ForeignKey(
        "clinics.Clinic", on_delete=models.SET_NULL, null=True, blank=True, related_name="source_records"
    )
    data = models.JSONField(help_text="The row, column by column, as it was read.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the data: an unchanged row is left alone.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="source_record_identifier_unique")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.identifier}"
