"""When nothing fits: which single thing to leave out, and what that would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clinics.criteria import CRITERIA, Criterion
from clinics.facets import Facets, asked, count_matching
from clinics.search import ClinicSearch

MOST_INSTEAD = 5  # options named beside a rung


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
    clinics than those facets did.
    """
    whole = replace(search, within=within)
    relaxed = [*_relaxed(whole), (None, "", whole.without_filters())]
    tally = count_matching(search, within * search.unit.km, [asked(rung) for _, _, rung in relaxed])
    rungs = [
        Rung(words, rung, count, tally.is_at_least, _instead(whole, criterion, facets))
        for (criterion, words, rung), count in zip(relaxed, tally.counts, strict=True)
    ]
    *single, everything = rungs
    found = sorted((rung for rung in single if rung.count), key=lambda rung: -rung.count)
    return found or ([everything] if everything.count and len(single) > 1 else [])


def _relaxed(search: ClinicSearch) -> Iterator[tuple[Criterion | None, str, ClinicSearch]]:
    """(filter, words for what is left out, the search without it). Options of "or" go together, wishes singly."""
    for criterion in CRITERIA:
        chosen = search.chosen(criterion)
        if criterion.is_any and chosen:
            words = " or ".join(criterion.label(option) for option in chosen)
            yield criterion, words, search.choosing(criterion, ())
        elif not criterion.is_any:
            for option in chosen:
                rest = tuple(other for other in chosen if other != option)
                yield criterion, criterion.label(option), search.choosing(criterion, rest)


def _instead(
    search: ClinicSearch, criterion: Criterion | None, facets: Facets
) -> tuple[tuple[str, int], ...]:
    """What the clinics have that the filter kept out. What is asked for singly has nothing to be exchanged for."""
    if criterion is None or not criterion.is_any:
        return ()
    found = [
        (criterion.label(option), count)
        for option in criterion.options
        if option not in search.chosen(criterion) and (count := facets.count(criterion.field, option))
    ]
    return tuple(sorted(found, key=lambda pair: -pair[1])[:MOST_INSTEAD])
