"""Lists that people import in the admin: how each is read, and what came of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from places.countries import COVERED, country_name
from places.models import Precision


class SavedMapping(models.Model):
    """How a list is read, made by hand: which of its columns make which field of a clinic."""

    source = models.SlugField(
        "short name",
        max_length=40,
        unique=True,
        help_text="What the list is called in source records, such as hse-clinics. The mapping is kept under it.",
    )
    title = models.CharField("name of the list", max_length=100)
    credit = models.CharField(
        max_length=200, blank=True, help_text="What its publisher asks whoever passes it on to show."
    )
    country = models.CharField(
        max_length=2,
        choices=[(code, country_name(code)) for code in COVERED],
        help_text="Where the clinics are. It decides how postcodes, telephone numbers and regions are read.",
    )
    precision = models.CharField(
        "precision of its positions", max_length=10, choices=Precision, default=Precision.STREET
    )
    fields = models.JSONField(default=dict, help_text="Columns by field of a clinic.")
    identifier = models.JSONField(default=list, help_text="The columns that name a row.")
    layout = models.JSONField(default=dict, help_text="What has to be known to read the file.")
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.title} ({self.source})"

    def as_data(self) -> dict[str, Any]:
        """What ``clinics.importing.columns`` makes a mapping of."""
        names = ("title", "country", "precision", "fields", "identifier", "layout", "credit")
        return {"name": self.source} | {name: getattr(self, name) for name in names}


class ImportRun(models.Model):
    """One file that somebody uploaded, and what was done with it.

    A worker (``run_imports``) takes up those that wait. While it works, ``rows_done`` is written by another session of
    the database, so that it is seen before the import is.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        CHECKED = "checked", "Checked; nothing was written"
        IMPORTED = "imported", "Imported"
        REFUSED = "refused", "Rows cannot be taken; nothing was written"
        FAILED = "failed", "Failed; nothing was written"
        CANCELLED = "cancelled", "Cancelled; nothing was written"

    UNDER_WAY: ClassVar = (State.WAITING, State.RUNNING)

    source = models.SlugField(max_length=40, blank=True)
    mapping = models.JSONField(
        default=dict, help_text="The columns as they were mapped; empty for a ready mapping."
    )
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    is_dry_run = models.BooleanField(default=True)
    rows = models.PositiveIntegerField(default=0, help_text="In the file, as far as it was counted.")
    rows_done = models.PositiveIntegerField(default=0)
    starts = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker took up what was asked last."
    )
    is_cancel_asked = models.BooleanField(default=False)
    report = models.JSONField(default=dict, help_text="What it came to, in rows.")
    problems = models.JSONField(default=list, help_text="The first of them; the file of the report has all.")
    said = models.TextField(blank=True, help_text="Why it failed.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="import_run_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has it or will take it up."""
        return self.state in self.UNDER_WAY
