from django.conf import settings
from django.db import models
from django.db.models import Q

from clinics.models.clinic import Clinic


class Verification(models.Model):
    """Where the confirming of one clinic stands: who has it in hand, when to try next, whether to call at all.

    Apart from the clinic, whose row is replaced whenever a draft of it is published.
    """

    clinic = models.OneToOneField(
        Clinic, on_delete=models.CASCADE, primary_key=True, related_name="verification"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who looks after it; anybody may call it all the same.",
    )
    next_attempt_on = models.DateField(null=True, blank=True)
    do_not_call_since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                # a person who is deleted leaves a moment behind, which passes
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False),
                name="verification_claim_ends",
            )
        ]
        indexes = [
            models.Index(
                fields=["claimed_by"], condition=Q(claimed_by__isnull=False), name="verification_claims"
            )
        ]

    def __str__(self) -> str:
        return f"Verification of clinic {self.clinic_id}"
