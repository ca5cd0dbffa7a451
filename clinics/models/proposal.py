"""What a published list says now, and a curator has not yet taken over."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinics.models.clinic import Clinic
from clinics.models.source import SourceRecord


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    """Questions asked of proposed changes."""

    def open(self):
        """Those that nobody has decided on, oldest first."""
        return self.filter(outcome="").order_by("proposed_at", "pk")

    def of(self, *, source: str = "", about: str = ""):
        """Those of one source, or about one field; of any where it is empty."""
        changes = self.filter(source_record__source=source) if source else self
        return changes.filter(about=about) if about else changes


class ProposedChange(models.Model):
    """One thing that a source has changed its mind about, for a curator to accept or to leave.

    An import never writes to a clinic (docs/adr/0020). It proposes, and the clinic changes when somebody accepts.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Left as it was"
        WITHDRAWN = "withdrawn", "The source took it back"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="proposed_changes")
    source_record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="proposed_changes")
    about = models.SlugField(max_length=40, help_text="The field, or `position` for all that makes one.")
    before = models.JSONField(
        help_text="What the source said when it was last imported, by field of the clinic."
    )
    values = models.JSONField(help_text="What it says now, by field of the clinic.")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=10, choices=Outcome, blank=True, help_text="Empty while it is open."
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_record", "about"], condition=Q(outcome=""), name="proposed_change_open_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="proposed_change_decided_at_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_at", "id"], condition=Q(outcome=""), name="proposed_change_open"),
        ]

    def __str__(self) -> str:
        return f"{self.about} of clinic {self.clinic_id}"
