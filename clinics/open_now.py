"""Which clinics are open at a moment: asked of PostgreSQL, for any number of clinics in any time zones at once."""

from datetime import UTC, datetime, timedelta

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, ExtractHour, ExtractMinute, Mod, NullIf
from django.db.models.lookups import Exact

from clinics.models import ClosedDates, OpeningHours
from clinics.models.offer import MINUTES_A_DAY, MINUTES_A_WEEK

_THURSDAY = 3 * MINUTES_A_DAY  # minutes from Monday 00:00 to the weekday on which the Unix epoch began


class MinuteOfWeek(Func):
    """Minutes since Monday 00:00 by the clock of a time zone, at a moment; NULL where the zone is not known.

    The wall clock is what opening hours are written in, so summer time needs no thought.
    """

    arg_joiner = " AT TIME ZONE "
    template = (
        f"((date_part('epoch', %(expressions)s)::bigint / 60 + {_THURSDAY}) %%%% {MINUTES_A_WEEK})::smallint"
    )
    output_field = SmallIntegerField()

    def __init__(self, at: datetime, timezone: str):
        super().__init__(Value(at, output_field=DateTimeField()), NullIf(F(timezone), Value("")))


def is_open(at: datetime) -> Exact:
    """The condition that a clinic is open at the aware moment *at*; not so where its hours or zone are unknown."""
    passed = Func(
        MinuteOfWeek(at, "timezone"),
        F("opening_borders"),
        function="width_bucket",
        output_field=IntegerField(),
    )
    return Exact(Mod(passed, 2), 1)


def shut(at: datetime) -> QuerySet:
    """The keys of the clinics that closed dates keep shut at the aware moment *at*, by the days on their own walls.

    As on a clinic's page (``clinics.opening.open_state``): a span that would begin on a closed date is not held, and
    one that began on the day before goes on into it.
    """
    day = timedelta(days=1)
    shut_about_now = ClosedDates.objects.filter(  # of all zones; then by each clinic's own
        last_on__gte=at.astimezone(UTC).date() - 2 * day, first_on__lte=at.astimezone(UTC).date() + day
    )
    today = _today(at)
    near = shut_about_now.annotate(today=today).filter(
        last_on__gte=F("today") - day, first_on__lte=F("today")
    )
    # A scalar subquery, looked at for these few alone: EXISTS would be joined, over every span of every clinic.
    held = Subquery(_held(at).filter(clinic=OuterRef("clinic")).values("pk")[:1])
    return near.annotate(held=held).filter(held=None).values("clinic")


def _held(at: datetime) -> QuerySet:
    """The spans that are under way at *at*, and began on no closed date."""
    opens = _minute_of_day("opens")
    under_way = OpeningHours.objects.annotate(
        today=_today(at),
        minute=MinuteOfWeek(at, "clinic__timezone"),
        lasts=Mod(_minute_of_day("closes") - opens + (2 * MINUTES_A_DAY - 1), MINUTES_A_DAY) + 1,
        gone=Mod(F("minute") - F("weekday") * MINUTES_A_DAY - opens + MINUTES_A_WEEK, MINUTES_A_WEEK),
    ).filter(gone__lt=F("lasts"))
    before_midnight = Q(gone__gt=Mod(F("minute"), MINUTES_A_DAY))
    began = Case(When(before_midnight, then=F("today") - timedelta(days=1)), default=F("today"))
    closed = ClosedDates.objects.filter(
        clinic=OuterRef("clinic"), first_on__lte=OuterRef("began"), last_on__gte=OuterRef("began")
    )
    return under_way.annotate(began=Cast(began, DateField())).exclude(Exists(closed))


def _today(at: datetime) -> Func:
    """The day at *at* on the wall of the clinic that a row belongs to; NULL where its zone is not known."""
    return Func(
        Value(at, output_field=DateTimeField()),
        NullIf(F("clinic__timezone"), Value("")),
        template="(%(expressions)s)::date",
        arg_joiner=" AT TIME ZONE ",
        output_field=DateField(),
    )


def _minute_of_day(field: str) -> CombinedExpression:
    return ExtractHour(field) * 60 + ExtractMinute(field)
