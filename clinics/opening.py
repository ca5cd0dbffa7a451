"""When a clinic is open, by the clock on its own wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from clinics.models import OpeningHours

WEEK = 7


@dataclass(frozen=True)
class OpenState:
    """Whether a clinic is open at a moment, and when that changes next (local wall clock)."""

    is_open: bool
    changes: datetime | None  # aware, in the clinic's zone; None: not in the coming week
    days_ahead: int = 0  # midnights on the clinic's wall between now and the change

    @property
    def day(self) -> str:
        """The day of the change as people there say it: "today", "tomorrow", "Monday", "next Monday"."""
        if self.changes is None or self.days_ahead < 2:
            return "tomorrow" if self.days_ahead else "today"
        weekday = str(OpeningHours.Weekday(self.changes.weekday()).label)
        return f"next {weekday}" if self.days_ahead >= WEEK else weekday


def open_state(spans: Iterable[OpeningHours], timezone: str, *, at: datetime) -> OpenState | None:
    """The state at the aware moment *at*; None when there are no opening hours or no time zone to judge by.

    Wall-clock times are compared, so a change to or from summer time moves the opening with the clock on the wall.
    """
    spans = list(spans)
    if not spans or not timezone:
        return None
    zone = ZoneInfo(timezone)
    now = at.astimezone(zone).replace(tzinfo=None)
    midnight = datetime.combine(now.date(), time())
    periods = []
    for span in spans:
        for days in (-WEEK, 0, WEEK):  # the last week's, for what runs past midnight; the next one's
            day = midnight + timedelta(days=span.weekday - now.weekday() + days)
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


def week_table(spans: Iterable[OpeningHours], *, first_weekday: int) -> list[tuple[str, list[OpeningHours]]]:
    """(name of the day, its spans in order) for the seven days from *first_weekday* (0 is Monday) on."""
    by_day = {
        weekday: list(day)
        for weekday, day in groupby(
            sorted(spans, key=lambda span: (span.weekday, span.opens)), key=lambda span: span.weekday
        )
    }
    days = [(first_weekday + offset) % WEEK for offset in range(WEEK)]
    return [(str(OpeningHours.Weekday(day).label), by_day.get(day, [])) for day in days]
