"""Open now, as PostgreSQL answers for every clinic at once and Python for one: they agree."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, transaction

from clinics.criteria import Wish
from clinics.models import Clinic, ClosedDates, OpeningHours, opening_borders
from clinics.open_now import is_open
from clinics.opening import open_state
from tests.factories import create_clinic

ZONES = [
    "Europe/London", "Europe/Dublin", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Phoenix",
    "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland", "Pacific/Honolulu",
]  # fmt: skip
# Around midnight, the ends of weeks, and both changes of the clock in both halves of the world.
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 16, tzinfo=UTC),
    datetime(2026, 11, 23, tzinfo=UTC),
]  # fmt: skip


def span(weekday: int, opens: str, closes: str) -> OpeningHours:
    return OpeningHours(weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


@pytest.mark.parametrize(
    ("spans", "borders"),
    [
        ([], []),
        ([span(0, "09:00", "17:00")], [540, 1020]),
        ([span(0, "13:00", "17:00"), span(0, "09:00", "12:00")], [540, 720, 780, 1020]),
        ([span(5, "22:00", "02:00")], [5 * 1440 + 1320, 6 * 1440 + 120]),
        ([span(6, "20:00", "03:00")], [0, 180, 6 * 1440 + 1200, 7 * 1440]),
        ([span(0, "09:00", "12:00"), span(0, "12:00", "17:00")], [540, 1020]),
        ([span(0, "09:00", "14:00"), span(0, "12:00", "13:00")], [540, 840]),
        ([span(day, "00:00", "00:00") for day in range(7)], [0, 7 * 1440]),
    ],
)
def test_borders(spans, borders):
    assert opening_borders(spans) == borders


def random_spans(dice: random.Random) -> list[OpeningHours]:
    days = {(dice.randrange(7), dice.randrange(0, 1440, 15)): dice.randrange(0, 1440, 15) for _ in range(9)}
    return [
        OpeningHours(weekday=day, opens=time(*divmod(opens, 60)), closes=time(*divmod(closes, 60)))
        for (day, opens), closes in days.items()
    ]


@pytest.mark.django_db
def test_agrees_with_the_clinics_page():
    dice = random.Random(4)
    hours = {}
    clinics = []
    for number in range(60):
        spans, zone = random_spans(dice), dice.choice(ZONES)
        hours[number] = spans, zone
        clinics.append(
            Clinic(
                name=str(number), slug=str(number), country="GB", timezone=zone,
                opening_borders=opening_borders(spans),
            )
        )  # fmt: skip
    Clinic.objects.bulk_create(clinics)
    moments = [change + timedelta(minutes=dice.randrange(-200, 200)) for change in CHANGES for _ in range(3)]
    for at in moments:
        asked = {int(name) for name in Clinic.objects.filter(is_open(at)).values_list("name", flat=True)}
        expected = {n for n, (spans, zone) in hours.items() if open_state(spans, zone, at=at).is_open}
        assert asked == expected, at
        assert 0 < len(asked) < len(clinics)


@pytest.mark.django_db
def test_what_is_not_known_is_not_open():
    create_clinic(timezone="Europe/London")
    clinic = create_clinic()
    clinic.opening_hours = [span(day, "00:00", "00:00") for day in range(7)]
    clinic.save()
    at = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/London"))
    assert not Clinic.objects.filter(is_open(at)).exists()
    Clinic.objects.filter(pk=clinic.pk).update(timezone="Europe/London")
    assert list(Clinic.objects.filter(is_open(at))) == [clinic]


@pytest.mark.django_db
def test_a_zone_that_postgresql_does_not_know_is_refused():
    with pytest.raises(DataError), transaction.atomic():
        create_clinic(timezone="Europe/Atlantis")


def test_samples_repeat_their_hours(world):
    clinics = list(Clinic.objects.prefetch_related("opening_hours"))
    assert any(clinic.opening_borders for clinic in clinics)
    for clinic in clinics:
        assert clinic.opening_borders == opening_borders(clinic.opening_hours.all()), clinic.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("timezone", "at", "is_found"),
    [
        ("Europe/London", "2026-12-24T12:00+00:00", True),
        ("Europe/London", "2026-12-25T12:00+00:00", False),
        ("Europe/London", "2026-12-26T23:59+00:00", False),
        ("Europe/London", "2026-12-27T00:00+00:00", True),
        ("Australia/Sydney", "2026-12-24T14:00+00:00", False),  # it is the 25th there
        ("America/New_York", "2026-12-25T03:00+00:00", True),  # and here still the 24th
    ],
)
def test_nobody_is_open_on_a_closed_date(timezone, at, is_found):
    clinic = create_clinic(timezone=timezone)
    clinic.opening_hours = [OpeningHours(weekday=day, opens=time(0), closes=time(0)) for day in range(7)]
    clinic.closed_dates = [ClosedDates(first_on=date(2026, 12, 25), last_on=date(2026, 12, 26))]
    clinic.save()
    asked = Wish.OPEN_NOW.condition(datetime.fromisoformat(at))
    assert Clinic.objects.filter(asked).exists() is is_found
    assert (
        open_state(
            clinic.opening_hours.all(),
            timezone,
            at=datetime.fromisoformat(at),
            closed=clinic.closed_dates.all(),
        ).is_open
        is is_found
    )


@pytest.mark.django_db
def test_closed_dates_agree_with_the_clinics_page_by_night_too():
    """Random hours, many of them past midnight, about random closed dates: one rule in SQL and in Python."""
    dice = random.Random(12)
    clinics = {}
    for number in range(60):
        spans, zone = random_spans(dice), dice.choice(ZONES)
        if number % 5 == 0:  # round the clock
            spans = [span(day, "00:00", "00:00") for day in range(7)]
        clinic = create_clinic(name=str(number), slug=str(number), timezone=zone)
        clinic.opening_hours = spans
        days = [date(2026, 11, 22) + timedelta(days=dice.randrange(6)) for _ in range(2)]
        clinic.closed_dates = [
            ClosedDates(first_on=day, last_on=day + timedelta(days=dice.randrange(2))) for day in days
        ]
        clinic.save()
        clinics[clinic.pk] = list(clinic.opening_hours.all()), zone, list(clinic.closed_dates.all())
    shut = 0
    for hours in range(-20, 130, 5):
        at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hours, minutes=dice.randrange(60))
        asked = set(Clinic.objects.filter(Wish.OPEN_NOW.condition(at)).values_list("pk", flat=True))
        states = {
            key: open_state(spans, zone, at=at, closed=closed)
            for key, (spans, zone, closed) in clinics.items()
        }
        assert asked == {key for key, state in states.items() if state.is_open}, at
        shut += len(set(Clinic.objects.filter(is_open(at)).values_list("pk", flat=True)) - asked)
    assert shut > 100


@pytest.mark.django_db
def test_a_night_that_began_before_a_closed_date_goes_on_into_it():
    clinic = create_clinic(timezone="Europe/London")
    clinic.opening_hours = [span(day, "20:00", "04:00") for day in range(7)]
    clinic.closed_dates = [ClosedDates(first_on=date(2026, 12, 25), last_on=date(2026, 12, 25))]
    clinic.save()
    for at, is_found in {
        "2026-12-25T02:00": True,
        "2026-12-25T21:00": False,
        "2026-12-26T02:00": False,
    }.items():
        moment = datetime.fromisoformat(f"{at}+00:00")
        assert Clinic.objects.filter(Wish.OPEN_NOW.condition(moment)).exists() is is_found, at
