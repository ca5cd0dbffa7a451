"""The answer to "where is that?": exactly one of six outcomes, with what a page needs to say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from places.countries import COVERED, country_name

if TYPE_CHECKING:
    from places.models import Place


class Outcome(StrEnum):
    """What became of a text; the values are those of the API."""

    FOUND = "found"  # one place: a whole postcode, or a town
    PARTIAL = "partial"  # the first part of a postcode; its place, where there is one
    UNKNOWN = "unknown"  # right shape, but nothing of that name or code
    MALFORMED = "malformed"  # neither a postcode's shape nor a name
    AMBIGUOUS = "ambiguous"  # several places; choose
    NOT_COVERED = "not_covered"  # a place or a postcode of a country that the gazetteer does not cover


@dataclass(frozen=True)
class Finding:
    """What ``Place.objects.find()`` made of a text."""

    outcome: Outcome
    # What was typed, tidied for showing. Never to be stored or logged, so it is not in the repr either.
    text: str = field(repr=False)
    places: tuple[
        Place, ...
    ] = ()  # one for found, one or none for partial, the choices for ambiguous, best first
    others: tuple[Place, ...] = ()  # found or not covered: smaller places of the same name, to offer besides
    country: str | None = None  # ISO code where it was worked out or given; also of a country not covered
    # unknown: the wider part of the postcode, the code it was misread from, or a town spelt nearly so;
    # malformed: the town of what looks like a street address
    suggestion: Place | None = None
    first_half: str = ""  # unknown: the wider part to try ("LS99"), also where it is not in the gazetteer
    example: str = ""  # malformed: what a postcode of the likely country looks like

    @property
    def place(self) -> Place | None:
        """The one place of a finding that has one: found and partial."""
        if self.outcome in (Outcome.FOUND, Outcome.PARTIAL) and self.places:
            return self.places[0]
        return None

    @property
    def country_name(self) -> str:
        """The English name of ``country``; empty where it was not worked out."""
        return country_name(self.country)

    @property
    def covered_countries(self) -> tuple[str, ...]:
        """Names of the countries that are covered, for the page that has to say so."""
        return tuple(country_name(country) for country in COVERED)
