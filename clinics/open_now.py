"""Which clinics are open at a moment: asked of PostgreSQL, for any number of clinics in any time zones at once."""

from datetime import datetime

from django.db.models import (
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    QuerySet,
    SmallIntegerField,
    Value,
)
from django.db.models.functions import Mod, NullIf
from django.db.models.lookups import Exact

from clinics.models import ClosedDates

_THURSDAY = 3 * 24 * 60  # minutes from Monday 00:00 to the weekday on which the Unix epoch began


class MinuteOfWeek(Func):
    """Minutes since Monday 00:00 by the clock of a time zone, at a moment; NULL where the zone is not known.

    The wall clock is what opening hours are written in, so summer time needs no thought.
    """

    arg_joiner = " AT TIME ZONE "
    template = (
        f"((date_part('epoch', %(expressions)s)::bigint / 60 + {_THURSDAY}) %%%% (7 * 24 * 60))::smallint"
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


def closed_today(at: datetime) -> QuerySet:
    """The keys of the clinics that keep a closed date at the aware moment *at*, by the day on their own walls.

    A night that began on the day before is taken for closed too: better than to send somebody to a closed door.
    """
    there = Func(
        Value(at, output_field=DateTimeField()),
        NullIf(F("clinic__timezone"), Value("")),
        template="(%(expressions)s)::date",
        arg_joiner=" AT TIME ZONE ",
        output_field=DateField(),
    )
    today = ClosedDates.objects.annotate(day=there)
    return today.filter(first_on__lte=F("day"), last_on__gte=F("day")).values("clinic")
