"""Counting searches that find nothing, so that no row tells of one person (docs/adr/0095).

What is counted lies in the memory of one process until enough people have looked for the same thing from the same area
in the same week, and is lost when the process ends. Nobody counts twice for one thing in a week, nor for many things.
An address stands there as one of 65,536 numbers, under a key that is made up each week and written nowhere.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from clinics.models import UnmetNeed
from clinics.models.unmet_need import FEWEST, week_of
from clinics.search import ClinicSearch, Results
from clinics.submissions import network_of
from places.areas import Area, area_centre, area_name, area_of

NEEDS_EACH = 10  # a week, from one neighbourhood of addresses: nobody fills the table alone
MOST_NEEDS = 5_000  # held at once
MOST_SEEN = 200_000  # numbers held at once, over all needs

logger = logging.getLogger(__name__)


class Need(NamedTuple):
    """What was looked for from where. Empty words stand for any."""

    area: Area
    route: str
    payment: str


@dataclass
class _Pot:
    """The people who have looked for one thing this week."""

    seen: set[int] = field(default_factory=set)
    waiting: int = 0  # those of them that are not stored yet
    stored_at: int = 0  # how many have to wait, before all who do are stored


class Tally:
    """The counts of one process, of one week."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begin(date.min)

    def _begin(self, week: date) -> None:
        self._week = week
        self._key = secrets.token_bytes(16)
        self._pots: dict[Need, _Pot] = {}
        self._needs_of: Counter[int] = Counter()
        self._held = 0

    def add(self, need: Need, network: str, *, week: date, fewest: int) -> int:
        """Count that somebody of *network* looked for *need*. How many are to be stored now: 0, or *fewest* and more.

        How many have to wait is drawn by lot, between *fewest* and twice as many, each time: somebody who makes up all
        but one of them cannot tell whether there was another.
        """
        with self._lock:
            if week != self._week:
                self._begin(week)
            number = int.from_bytes(blake2b(network.encode(), key=self._key, digest_size=2).digest(), "big")
            pot = self._pots.get(need)
            if pot and number in pot.seen:
                return 0
            is_full = self._held >= MOST_SEEN or (pot is None and len(self._pots) >= MOST_NEEDS)
            if is_full or self._needs_of[number] >= NEEDS_EACH:
                return 0
            pot = pot or self._pots.setdefault(need, _Pot(stored_at=_lot(fewest)))
            pot.seen.add(number)
            self._needs_of[number] += 1
            self._held += 1
            pot.waiting += 1
            if pot.waiting < pot.stored_at:
                return 0
            due, pot.waiting, pot.stored_at = pot.waiting, 0, _lot(fewest)
            return due


def _lot(fewest: int) -> int:
    return fewest + secrets.randbelow(fewest)


_tally = Tally()


def need_of(search: ClinicSearch) -> Need | None:
    """What a search that found nothing asked for, where it is simple enough to be counted: other filters say too much
    of one person, and a short radius too little of an area."""
    chosen = sum(len(options) for options in search.filters().values())
    simple = (
        len(search.routes) <= 1
        and len(search.payments) <= 1
        and chosen == len(search.routes) + len(search.payments)
    )
    if not simple or (search.within or search.unit.usual) < search.unit.usual:
        return None
    area = area_of(search.place)
    if area is None:
        return None
    route = search.routes[0].slug if search.routes else ""
    payment = str(search.payments[0]) if search.payments else ""
    return Need(area, route, payment)


def count(request: HttpRequest, search: ClinicSearch, results: Results, *, today: date) -> None:
    """Count a page that found nothing. Never stands in the way of the page: what cannot be stored is lost."""
    if request.method != "GET" or results.count:
        return
    try:
        need = need_of(search)
        if need is None:
            return
        week, fewest = week_of(today), max(FEWEST, settings.UNMET_NEED_FEWEST)
        if due := _tally.add(need, network_of(request), week=week, fewest=fewest):
            country, area = need.area
            key = {"country": country, "area": area, "route": need.route, "payment": need.payment}
            name, centre = area_name(need.area), area_centre(need.area)
            UnmetNeed.add(due, name=name, centre=centre, week=week, **key)
    except DatabaseError:
        logger.warning("A count of searches that found nothing could not be stored.")
