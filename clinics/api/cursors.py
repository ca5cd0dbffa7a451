"""Pages of a search that stay what they are while the directory changes.

A cursor names the last clinic of a page by its chord and key, so the next page begins right after it, whatever was
listed or delisted meanwhile. It is signed together with the search it belongs to: one that was made up, changed or
taken to another search is refused. It says nothing of who asked, nor of where from.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from django.core import signing
from django.db.models import Q
from ninja.errors import HttpError

from clinics.search import MOST_COUNTED, PAGE_SIZE, ClinicSearch


class Position(NamedTuple):
    """After which clinic a page begins."""

    chord: float
    key: int
    seen: int  # clinics on the pages before: a search is paged to MOST_COUNTED and no further


class Page(NamedTuple):
    """A page's clinics as (primary key, chord), nearest first, and where the next begins."""

    rows: list[tuple[int, float]]
    after: Position | None


def read(cursor: str | None, search: ClinicSearch) -> Position | None:
    """The position that a cursor of this search stands for; HttpError 422 for any other text."""
    if cursor is None:
        return None
    try:
        return Position(*_signer(search).unsign_object(cursor))
    except signing.BadSignature:
        raise HttpError(422, "`cursor` is not one that this search gave. Ask again without it.") from None


def write(position: Position, search: ClinicSearch) -> str:
    return _signer(search).sign_object(position)


def _signer(search: ClinicSearch) -> signing.Signer:
    asked = {name: values for name, values in search.query().items() if values}
    place = f"{search.place.country}/{search.place.slug}"
    return signing.Signer(salt=f"clinics.api {place} {json.dumps(asked, sort_keys=True)}")


def page(search: ClinicSearch, *, within_km: float, limit: int, after: Position | None) -> Page:
    """At most *limit* clinics after a position. Equal distances go by primary key, as on the site."""
    clinics = search.clinics.near(search.point, within_km=within_km).values_list("pk", "chord")
    seen = after.seen if after else 0
    limit = min(limit, MOST_COUNTED - seen)
    if after:
        clinics = clinics.filter(Q(chord__gt=after.chord) | Q(chord=after.chord, pk__gt=after.key))
    rows = list(clinics[: limit + 1])
    if len(rows) > limit and rows[limit][1] == rows[limit - 1][1]:  # one building: read all that tie
        rows = list(clinics[: MOST_COUNTED + PAGE_SIZE])
    rows.sort(key=lambda row: (row[1], row[0]))
    is_last = len(rows) <= limit or seen + limit >= MOST_COUNTED
    rows = rows[:limit]
    return Page(rows, None if is_last else Position(rows[-1][1], rows[-1][0], seen + len(rows)))
