"""When a clinic is open, by the clock on its own wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinics.models import ClosedDates, OpeningHours

WEEK = 7
FARTHEST_WEEKS = 8  # to look ahead, past closed dates, for when it opens again


@dataclass(frozen=True)
class OpenState:
    """Whether a clinic is open at a moment, and when that changes next (local wall clock)."""

    is_open: bool
    changes: datetime | None  # aware, in the clinic's zone; None: not in the coming weeks
    days_ahead: int = 0  # midnights on the clinic's wall between now and the change

    @property
    def day(self) -> str:
        """The day of the change as people there say it: "today", "tomorrow", "Monday", "next Monday", "4 January"."""
        if self.changes is None or self.days_ahead < 2:
            return "tomorrow" if self.days_ahead else "today"
        if self.days_ahead >= 2 * WEEK:
            return f"{self.changes.day} {self.changes:%B}"
        weekday = str(OpeningHours.Weekday(self.changes.weekday()).label)
        return f"next {weekday}" if self.days_ahead >= WEEK else weekday


def open_state(
    spans: Iterable[OpeningHours], timezone: str, *, at: datetime, closed: Iterable[ClosedDates] = ()
) -> OpenState | None:
    """The state at the aware moment *at*; None when there are no opening hours or no time zone to judge by.

    A span that would begin on one of the *closed* dates is not held; one that runs past midnight into them is.
    Wall-clock times are compared, so a change to or from summer time moves the opening with the clock on the wall.
    """
    spans = list(spans)
    if not spans or not timezone:
        return None
    zone = ZoneInfo(timezone)
    now = at.astimezone(zone).replace(tzinfo=None)
    midnight = datetime.combine(now.date(), time())
    closed = list(closed)
    last_closed = max((dates.last_on for dates in closed), default=now.date())
    weeks_ahead = min(max((last_closed - now.date()).days // WEEK, 0) + 1, FARTHEST_WEEKS)
    periods = []
    for span in spans:
        for week in range(-1, weeks_ahead + 1):  # from the last one's, for what runs past midnight
            day = midnight + timedelta(days=span.weekday - now.weekday() + WEEK * week)
            if any(dates.covers(day.date()) for dates in closed):
                continue
            opens = datetime.combine(day, span.opens)
            closes = datetime.combine(day, span.closes)
            periods.append((opens, closes if closes > opens else closes + timedelta(days=1)))
    closes = now
    for begins, ends in sorted(periods):  # periods that touch are one
        if begins <= closes < ends:
            closes = ends
    if closes - now > timedelta(days=WEEK):
        return OpenState(True, None)  # it never closes
    if closes > now:
        return _changing(closes, midnight, zone, is_open=True)
    opening = [opens for opens, _ in periods if opens > now]
    return _changing(min(opening), midnight, zone, is_open=False) if opening else OpenState(False, None)


def _changing(changes: datetime, midnight: datetime, zone: ZoneInfo, *, is_open: bool) -> OpenState:
    return OpenState(is_open, changes.replace(tzinfo=zone), (changes - midnight).days)


@dataclass(frozen=True)
class OpeningDay:
    """One day of a clinic's coming week."""

    day: date
    spans: list[OpeningHours]
    closed: ClosedDates | None  # why it is shut whatever the spans say

    @property
    def name(self) -> str:
        return str(OpeningHours.Weekday(self.day.weekday()).label)


def week_from(
    first: date, spans: Iterable[OpeningHours], closed: Iterable[ClosedDates] = ()
) -> list[OpeningDay]:
    """The seven days from *first* on, each with its spans in order."""
    spans = sorted(spans, key=lambda span: span.opens)
    closed = list(closed)
    return [
        OpeningDay(
            day,
            [span for span in spans if span.weekday == day.weekday()],
            next((dates for dates in closed if dates.covers(day)), None),
        )
        for day in (first + timedelta(days=ahead) for ahead in range(WEEK))
    ]
