"""The curator's day, as questions asked of the directory."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Power

from clinics.decay import Decay, Fact
from clinics.models.half_life import HalfLife
from clinics.models.offer import Treatment

STALE_AFTER_DAYS = 180
LEAST_DAYS = 30  # nobody is called again sooner because something changes fast
KEY_FACTS = (Fact.PHONE, Fact.NEW_PATIENTS)  # a listing is due once one of them is likelier wrong than right

Decays = Mapping[Fact, Decay]


def _shows(fact: Fact) -> Q:
    """Whether a listing says anything of *fact*. How long people wait is known from calls alone: not asked here."""
    priced = Treatment.objects.filter(clinic=OuterRef("pk"), price_from__isnull=False)
    return {
        Fact.OPEN: ~Q(country=""),
        Fact.PHONE: ~Q(phone=""),
        Fact.NEW_PATIENTS: Q(taking_new_patients__isnull=False),
        Fact.TREATMENTS: ~Q(routes=[]),
        Fact.PRICES: Q(Exists(priced)),
        Fact.ADDRESS: ~Q(street="", town="", postcode=""),
        Fact.OPENING_HOURS: ~Q(opening_borders=[]),
        Fact.PAYMENTS: ~Q(payments=[]),
        Fact.WEBSITE: ~Q(website=""),
    }[fact]


def _is_stale(today: date, decays: Decays) -> Q:
    """Never confirmed, or so long ago that the whole or a key fact of it should be asked about again."""
    stale = Q(verified_on__isnull=True) | Q(verified_on__lt=today - timedelta(days=STALE_AFTER_DAYS))
    for fact in KEY_FACTS:
        days = max(LEAST_DAYS, decays[fact].half_life)
        if days < STALE_AFTER_DAYS:
            stale |= _shows(fact) & Q(verified_on__lt=today - timedelta(days=days))
    return stale


def _staleness(today: date, decays: Decays):
    """How much of what a listing says has probably become untrue: each fact's chance of that times its weight.

    Of a listing that nobody ever confirmed, every fact counts whole.
    """
    age = Func(
        Value(today, models.DateField()),
        F("verified_on"),
        template="greatest(0, %(expressions)s)::float",
        arg_joiner=" - ",
        output_field=models.FloatField(),
    )
    total: Any = Value(0.0)
    for fact in Fact:
        if fact is Fact.WAITING_TIME:
            continue
        shape, scale, weight = decays[fact].shape, decays[fact].scale, float(fact.weight)
        untrue = Value(weight) * (Value(1.0) - Power(Value(scale) / (Value(scale) + age), Value(shape)))
        total = total + Case(
            When(~_shows(fact), then=Value(0.0)),
            When(verified_on__isnull=True, then=Value(weight)),
            default=untrue,
            output_field=models.FloatField(),
        )
    return ExpressionWrapper(total, output_field=models.FloatField())


class QueueQuerySet(models.QuerySet[Any]):
    """What waits for a curator. Each list begins with what has waited longest, or is wanted most."""

    def shown(self):
        """Those that have a page which says that they treat: listed or paused."""
        return self.filter(live=True).exclude(status="delisted")

    def drafts(self):
        """Never shown, or shown with changes that nobody has published; those that wait longest first."""
        return self.filter(has_unpublished_changes=True).order_by("updated_at", "pk")

    def without_position(self):
        """Shown, and at no distance from anybody, though it is somewhere; or placed by its postcode or town alone,
        since the geocoder could not find its address. Oldest first.
        """
        failed = Q(geocoding__outcome__in=["unknown", "far"]) & ~Q(
            position_precision__in=["rooftop", "street"]
        )
        waiting = self.shown().filter(Q(latitude__isnull=True) | failed, setting="in-clinic")
        return waiting.order_by("created_at", "pk")

    def to_verify(self, at: datetime):
        """Whom to call next: with an open report first, then listed before paused, then by ``staleness``.

        Left out are those confirmed recently, in somebody's hands, not due yet, or not to be called. Recently means
        within STALE_AFTER_DAYS, or less where a key fact goes out of date sooner (clinics.decay).
        """
        decays = HalfLife.decays()
        is_reported = Q(pk__in=apps.get_model("clinics.Report").objects.open().about_clinics())
        free = Q(verification__claimed_by__isnull=True) | Q(verification__claimed_until__lte=at)
        due = Q(verification__next_attempt_on__isnull=True) | Q(verification__next_attempt_on__lte=at.date())
        return (
            self.filter(is_reported | (Q(live=True) & _is_stale(at.date(), decays)), free, due)
            .filter(verification__do_not_call_since__isnull=True)
            .exclude(status="delisted")
            .annotate(
                is_reported=Case(When(is_reported, then=True), default=False),
                staleness=_staleness(at.date(), decays),
            )
            .order_by("-is_reported", "-listed", "-staleness", F("verified_on").asc(nulls_first=True), "pk")
        )

    def claimed_by(self, user, at: datetime):
        """Those that *user* holds now, the one whose lock ends first at the head."""
        held = self.filter(verification__claimed_by=user, verification__claimed_until__gt=at)
        return held.order_by("verification__claimed_until", "pk")
