from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinics.models.clinic import Clinic


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Questions asked of the pairs that were found."""

    def possible(self):
        """Nobody has decided, and both are still there: the likeliest first, then the oldest."""
        gone = Q(first__status=Clinic.Status.DELISTED) | Q(second__status=Clinic.Status.DELISTED)
        return self.filter(decision="").exclude(gone).order_by("-score", "found_at", "pk")

    def decided(self):
        """The latest decision first."""
        return self.exclude(decision="").order_by("-decided_at", "-pk")

    def with_clinics(self):
        """With both listings, without what nobody reads of them."""
        return self.select_related("first", "second").defer("first__position", "second__position")


class DuplicatePair(models.Model):
    """Two listings that may be of one clinic, why, and what a curator decided. One that was decided stays so.

    ``first`` is the one of the lower primary key, so that no pair is kept twice.
    """

    class Decision(models.TextChoices):
        MERGED = "merged", "Merged"
        DIFFERENT = "different", "Not the same"

    first = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="The points of the reasons together.")
    reasons = models.JSONField(default=list, help_text="[what was said, points] each.")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found.")
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    because = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kept = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    before = models.JSONField(
        default=dict, blank=True, help_text="What taking a merge back needs: see clinics.duplicates.deciding."
    )

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="duplicate_pair_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decision="merged", kept__isnull=False)
                | (~Q(decision="merged") & Q(kept__isnull=True)),
                name="duplicate_pair_merged_into_one",
            ),
        ]
        indexes = [
            models.Index(
                F("score").desc(),
                "found_at",
                "id",
                condition=Q(decision=""),
                name="duplicate_pair_possible",
            ),
            models.Index(F("decided_at").desc(), condition=~Q(decision=""), name="duplicate_pair_decided"),
        ]

    def __str__(self) -> str:
        one, other = self.first.name, self.second.name
        return f"{one}, twice" if one == other else f"{one} and {other}"

    @property
    def main_reason(self) -> str:
        """The weightiest one, as it goes on in a sentence."""
        said = self.reasons[0][0] if self.reasons else ""
        return said[:1].lower() + said[1:]

    @property
    def left(self) -> Clinic | None:
        """The listing that was merged into the other."""
        if self.kept_id is None:
            return None
        return self.second if self.kept_id == self.first_id else self.first
