"""What the public tells us: a mistake in a listing, a clinic that is missing, an owner's word on their own."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinics.models.clinic import Clinic

EMAIL_KEPT = timedelta(days=30)  # after closing


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions asked of what the public has told us."""

    def open(self):
        """Not closed yet."""
        return self.filter(outcome="")

    def closed(self):
        """Answered, the latest first."""
        return self.exclude(outcome="").order_by("-closed_at", "-pk")

    def to_review(self):
        """Open ones, oldest first."""
        return self.open().order_by("received_at", "pk")

    def about_clinics(self):
        """The clinics that they are about, as primary keys."""
        return self.filter(clinic__isnull=False).values("clinic")

    def with_email_due_to_go(self, at):
        """Closed so long ago that the sender's address must go."""
        return self.filter(closed_at__lte=at - EMAIL_KEPT).exclude(email="")


class Report(models.Model):
    """One thing that somebody told us, without an account."""

    class Kind(models.TextChoices):
        MISTAKE = "mistake", "A mistake"
        SUGGESTION = "suggestion", "A clinic to add"
        OWNER = "owner", "The clinic's own word"

    class About(models.TextChoices):
        PHONE = "phone", "Phone number"
        WEBSITE = "website", "Website"
        ADDRESS = "address", "Address or position"
        TREATMENTS = "treatments", "Treatments offered"
        PRICES = "prices", "Prices and ways to pay"
        NEW_PATIENTS = "new-patients", "Whether it takes new patients"
        OPENING_HOURS = "opening-hours", "Opening hours"
        ACCESS = "access", "Access, languages or ages"
        SAFETY = "safety", "Care and safety"
        CLOSED = "closed", "It has closed or moved"
        OTHER = "other", "Something else"

    class Outcome(models.TextChoices):
        CHANGED = "changed", "Changed"
        DECLINED = "declined", "Declined"

    kind = models.CharField(max_length=10, choices=Kind)
    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        help_text="Empty for a suggestion until a draft is made of it.",
    )
    # It names the report in the sender's private link, and in the form, so that sending twice makes one report.
    token = models.CharField(max_length=43, unique=True)
    about = models.CharField(max_length=16, choices=About, blank=True)
    proposed = models.JSONField(
        default=dict, blank=True, help_text="What fields of the clinic should say, as the sender wrote it."
    )
    note = models.TextField(max_length=2000, blank=True)
    email = models.EmailField(blank=True, help_text="Deleted 30 days after closing.")
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answer = models.TextField(max_length=1000, blank=True, help_text="Shown to the sender.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="report_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="declined") | ~Q(answer=""), name="report_declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(kind="suggestion") | Q(clinic__isnull=False), name="report_is_about_a_clinic"
            ),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], condition=Q(outcome=""), name="report_open"),
            models.Index(
                fields=["closed_at"], condition=~Q(email="") & ~Q(outcome=""), name="report_email_to_forget"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @property
    def subject(self) -> str:
        """What it is about, in a few words: a field of a clinic, or the name of one to add."""
        if self.kind == self.Kind.SUGGESTION:
            return str(self.proposed.get("name", ""))
        return f"{self.clinic}, {self.get_about_display().lower()}" if self.about else str(self.clinic)

    @property
    def is_open(self) -> bool:
        return self.outcome == ""


class Letter(models.Model):
    """A message waiting to be sent, written with what it tells of; gone once it was handed to the mail server."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject
