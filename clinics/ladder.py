"""When nothing fits: which single thing to leave out, and what that would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q

from clinics.facets import MOST_FACETED, OPTIONS, Facets
from clinics.models import Clinic
from clinics.search import ClinicSearch


@dataclass(frozen=True)
class Rung:
    """The search with one filter left out, within the same radius."""

    left_out: str  # what was asked for and is not any more: "Publicly funded"; empty: everything
    search: ClinicSearch
    count: int
    is_at_least: bool  # more clinics lie within the radius than were looked at
    instead: tuple[tuple[str, int], ...] = ()  # (option of that filter, how many have it), where one has

    @property
    def url(self) -> str:
        return self.search.get_absolute_url()


def ladder(search: ClinicSearch, within: int, facets: Facets) -> list[Rung]:
    """The rungs that find something, the most first; where none does, the one that leaves out everything.

    *within* is in the search's unit, and *facets* are those of the same radius. One query, which looks at no more
    than the nearest MOST_FACETED clinics.
    """
    asked = replace(search, within=within)
    relaxed = [*_relaxed(asked), ("", "", replace(asked, routes=(), payments=(), wishes=()))]
    near = Clinic.objects.listed().near(search.point, within_km=within * search.unit.km)
    counts = {
        f"rung_{number}": Count("pk", filter=Q(*rung.conditions().values()))
        for number, (_, _, rung) in enumerate(relaxed)
    }
    figures = near[: MOST_FACETED + 1].aggregate(**counts)
    rungs = [
        Rung(words, rung, figures[f"rung_{number}"], facets.is_at_least, _instead(asked, field, facets))
        for number, (field, words, rung) in enumerate(relaxed)
    ]
    *single, everything = rungs
    found = sorted((rung for rung in single if rung.count), key=lambda rung: -rung.count)
    return found or ([everything] if everything.count and len(single) > 1 else [])


def _relaxed(search: ClinicSearch) -> Iterator[tuple[str, str, ClinicSearch]]:
    """(filter, words for what is left out, the search without it). Options of "or" go together, wishes singly."""
    for field in ("routes", "payments"):
        if chosen := getattr(search, field):
            nothing: dict[str, Any] = {field: ()}
            yield field, " or ".join(option.label for option in chosen), replace(search, **nothing)
    for wish in search.wishes:
        rest = tuple(other for other in search.wishes if other != wish)
        yield "wishes", wish.label, replace(search, wishes=rest)


def _instead(search: ClinicSearch, field: str, facets: Facets) -> tuple[tuple[str, int], ...]:
    """What the clinics have that the filter kept out. A wish has nothing to be exchanged for."""
    if field not in ("routes", "payments"):
        return ()
    others = [option for option in OPTIONS[field] if option not in getattr(search, field)]
    return tuple(
        (option.label, facets.count(field, option)) for option in others if facets.count(field, option)
    )
