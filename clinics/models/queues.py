"""The curator's day, as questions asked of the directory."""

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Q, When

STALE_AFTER_DAYS = 180


def _is_stale(today: date) -> Q:
    return Q(verified_on__isnull=True) | Q(verified_on__lt=today - timedelta(days=STALE_AFTER_DAYS))


class QueueQuerySet(models.QuerySet[Any]):
    """What waits for a curator. Each list begins with what has waited longest, or is wanted most."""

    def shown(self):
        """Those that have a page which says that they treat: listed or paused."""
        return self.filter(live=True).exclude(status="delisted")

    def drafts(self):
        """Never shown, or shown with changes that nobody has published; those that wait longest first."""
        return self.filter(has_unpublished_changes=True).order_by("updated_at", "pk")

    def without_position(self):
        """Shown, and at no distance from anybody, though it is somewhere; oldest first."""
        return self.shown().filter(setting="in-clinic", latitude__isnull=True).order_by("created_at", "pk")

    def to_verify(self, at: datetime):
        """Whom to call next: with an open report first, then listed before paused, then the stalest.

        Left out are those confirmed within STALE_AFTER_DAYS, in somebody's hands, not due yet, or not to be called.
        """
        is_reported = Q(pk__in=apps.get_model("clinics.Report").objects.open().about_clinics())
        free = Q(verification__claimed_by__isnull=True) | Q(verification__claimed_until__lte=at)
        due = Q(verification__next_attempt_on__isnull=True) | Q(verification__next_attempt_on__lte=at.date())
        return (
            self.filter(is_reported | (Q(live=True) & _is_stale(at.date())), free, due)
            .filter(verification__do_not_call_since__isnull=True)
            .exclude(status="delisted")
            .annotate(is_reported=Case(When(is_reported, then=True), default=False))
            .order_by("-is_reported", "-listed", F("verified_on").asc(nulls_first=True), "pk")
        )

    def claimed_by(self, user, at: datetime):
        """Those that *user* holds now, the one whose lock ends first at the head."""
        held = self.filter(verification__claimed_by=user, verification__claimed_until__gt=at)
        return held.order_by("verification__claimed_until", "pk")
