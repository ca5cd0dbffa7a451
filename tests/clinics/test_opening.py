"""Open or closed, by the clock on the clinic's wall."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinics.models import ClosedDates, OpeningHours
from clinics.opening import open_state, week_from

LONDON = ZoneInfo("Europe/London")
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


def span(weekday: int, opens: str, closes: str) -> OpeningHours:
    return OpeningHours(weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


WEEK = [span(day, "09:00", "17:00") for day in range(5)]


@pytest.mark.parametrize(
    ("at", "is_open", "changes"),
    [
        ("2026-11-23 08:59", False, "2026-11-23 09:00"),  # a Monday
        ("2026-11-23 09:00", True, "2026-11-23 17:00"),
        ("2026-11-23 17:00", False, "2026-11-24 09:00"),
        ("2026-11-27 17:00", False, "2026-11-30 09:00"),  # Friday evening to Monday
        ("2026-11-29 12:00", False, "2026-11-30 09:00"),
    ],
)
def test_ordinary_week(at, is_open, changes):
    state = open_state(WEEK, "Europe/London", at=datetime.fromisoformat(at).replace(tzinfo=LONDON))
    assert (state.is_open, state.changes) == (
        is_open, datetime.fromisoformat(changes).replace(tzinfo=LONDON),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-28 21:00", False),
        ("2026-11-28 23:30", True),
        ("2026-11-29 01:59", True),
        ("2026-11-29 02:00", False),
    ],
)
def test_past_midnight(at, is_open):
    late = [span(SATURDAY, "22:00", "02:00")]
    assert (
        open_state(late, "Europe/London", at=datetime.fromisoformat(at).replace(tzinfo=LONDON)).is_open
        is is_open
    )


def test_past_midnight_from_sunday_into_monday():
    at = datetime(2026, 11, 23, 1, tzinfo=LONDON)
    state = open_state([span(SUNDAY, "20:00", "03:00")], "Europe/London", at=at)
    assert state.is_open
    assert state.changes == datetime(2026, 11, 23, 3, tzinfo=LONDON)


def test_lunch_break():
    spans = [span(MONDAY, "09:00", "12:00"), span(MONDAY, "13:00", "17:00")]
    state = open_state(spans, "Europe/London", at=datetime(2026, 11, 23, 12, 30, tzinfo=LONDON))
    assert (state.is_open, state.changes.hour) == (False, 13)


def test_the_clinics_clock_counts_not_ours():
    noon_in_london = datetime(2026, 11, 23, 12, tzinfo=LONDON)
    assert open_state(WEEK, "Europe/London", at=noon_in_london).is_open
    assert not open_state(WEEK, "America/Los_Angeles", at=noon_in_london).is_open


def test_follows_the_wall_clock_through_the_end_of_summer_time():
    saturday = datetime(2026, 10, 24, 12, tzinfo=LONDON)  # clocks go back on the 25th
    state = open_state(WEEK, "Europe/London", at=saturday)
    assert state.changes.isoformat() == "2026-10-26T09:00:00+00:00"


@pytest.mark.parametrize(("spans", "zone"), [([], "Europe/London"), (WEEK, "")])
def test_unknown_is_not_closed(spans, zone):
    assert open_state(spans, zone, at=datetime(2026, 11, 23, 12, tzinfo=LONDON)) is None


def test_week_begins_today():
    friday = date(2026, 11, 27)
    week = week_from(friday, [span(FRIDAY, "18:00", "20:00"), *WEEK])
    assert [day.name for day in week] == [
        "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
    ]  # fmt: skip
    assert [len(day.spans) for day in week] == [2, 0, 0, 1, 1, 1, 1]
    assert [span.opens.hour for span in week[0].spans] == [9, 18]


def closed(first: str, last: str) -> ClosedDates:
    return ClosedDates(first_on=date.fromisoformat(first), last_on=date.fromisoformat(last))


def test_week_says_which_days_are_closed_dates():
    week = week_from(date(2026, 12, 23), WEEK, [closed("2026-12-24", "2026-12-27")])
    assert [bool(day.closed) for day in week] == [False, True, True, True, True, False, False]


NIGHTS = [span(day, "20:00", "06:00") for day in range(7)]
ALWAYS = [span(day, "00:00", "00:00") for day in range(7)]


@pytest.mark.parametrize(
    ("spans", "dates", "at", "expected"),
    [
        (WEEK, ("2026-11-24", "2026-11-24"), "2026-11-24 10:00", (False, "2026-11-25 09:00", "tomorrow")),
        (WEEK, ("2026-11-24", "2026-11-24"), "2026-11-23 18:00", (False, "2026-11-25 09:00", "Wednesday")),
        (WEEK, ("2026-11-24", "2026-11-24"), "2026-11-23 10:00", (True, "2026-11-23 17:00", "today")),
        (WEEK, ("2026-12-24", "2027-01-03"), "2026-12-24 10:00", (False, "2027-01-04 09:00", "next Monday")),
        (WEEK, ("2026-12-19", "2027-01-03"), "2026-12-19 10:00", (False, "2027-01-04 09:00", "4 January")),
        # the night before runs into the closed day, and the closed night begins no more
        (NIGHTS, ("2026-11-24", "2026-11-24"), "2026-11-24 03:00", (True, "2026-11-24 06:00", "today")),
        (NIGHTS, ("2026-11-24", "2026-11-24"), "2026-11-24 21:00", (False, "2026-11-25 20:00", "tomorrow")),
        (ALWAYS, ("2026-11-24", "2026-11-24"), "2026-11-23 12:00", (True, "2026-11-24 00:00", "tomorrow")),
        # over the end of summer time, the night of 25 October
        (NIGHTS, ("2026-10-25", "2026-10-25"), "2026-10-25 05:00", (True, "2026-10-25 06:00", "today")),
    ],
)  # fmt: skip
def test_closed_dates(spans, dates, at, expected):
    at = datetime.fromisoformat(at).replace(tzinfo=LONDON)
    state = open_state(spans, "Europe/London", at=at, closed=[closed(*dates)])
    changes = state.changes.replace(tzinfo=None).isoformat(" ", "minutes")
    assert (state.is_open, changes, state.day) == expected


def test_closed_for_longer_than_anybody_looks_ahead():
    at = datetime(2026, 11, 23, 10, tzinfo=LONDON)
    state = open_state(WEEK, "Europe/London", at=at, closed=[closed("2026-11-01", "2027-11-01")])
    assert (state.is_open, state.changes) == (False, None)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-23T08:00+00:00", "today"),  # a Monday
        ("2026-11-23T18:00+00:00", "tomorrow"),
        ("2026-11-27T18:00+00:00", "Monday"),  # Friday evening
        ("2026-11-29T12:00+00:00", "tomorrow"),  # Sunday
        ("2026-11-29T23:59+00:00", "tomorrow"),
        ("2026-11-30T00:00+00:00", "today"),
        ("2026-11-29T23:59-05:00", "today"),  # it is Monday in London already
    ],
)
def test_the_day_it_opens_is_said_as_people_there_say_it(at, day):
    state = open_state(WEEK, "Europe/London", at=datetime.fromisoformat(at))
    assert (state.is_open, state.day) == (False, day)


def test_a_clinic_open_once_a_week_opens_next_week():
    at = datetime.fromisoformat("2026-11-23T18:00+00:00")
    assert open_state([span(MONDAY, "09:00", "17:00")], "Europe/London", at=at).day == "next Monday"


def test_round_the_clock_is_said_as_such():
    always = [span(day, "00:00", "00:00") for day in range(7)]
    state = open_state(always, "Europe/London", at=datetime(2026, 11, 25, 15, 30, tzinfo=LONDON))
    assert (state.is_open, state.changes) == (True, None)


def test_days_that_touch_are_one_period():
    weekdays = [span(day, "00:00", "00:00") for day in range(5)]
    state = open_state(weekdays, "Europe/London", at=datetime(2026, 11, 25, 15, 30, tzinfo=LONDON))
    assert state.changes == datetime(2026, 11, 28, 0, 0, tzinfo=LONDON)  # the night to Saturday
    assert state.day == "Saturday"
