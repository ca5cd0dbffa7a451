"""How ``Place.objects.find()`` looks a text up in the gazetteer: at most three queries, each by an index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F

from places import postcodes
from places.countries import COVERED, country_of, within
from places.finding import Finding, Outcome
from places.naming import fold

if TYPE_CHECKING:
    from places.models import Place, PlaceQuerySet

MOST_CHOICES = 10
DOMINANT = 2  # times the people of any other place of the name: it is meant unless more is said
DOMINANT_ABROAD = 20  # the same for a place in a country that is not covered
_MOST_NAMESAKES = 200
_NAME_PUNCTUATION = set(" .,'’‘`´()/&-\"")


def find(places: PlaceQuerySet, text: str, country: str | None = None) -> Finding:
    """See ``PlaceQuerySet.find``."""
    shown = postcodes.tidy(text[: postcodes.MAX_LENGTH]).strip(".,;:!? ")
    if country is not None:
        country = country_of(fold(country[:50])) or country.strip().upper()[:2]
        if country not in COVERED:
            return Finding(Outcome.NOT_COVERED, shown, country=country)
    if not _is_plain(text, shown):
        return _malformed(shown, country)
    if readings := _readings(shown, country):
        return _find_code(places, readings, country)
    if abroad := postcodes.foreign(shown) if country is None else ():
        return Finding(
            Outcome.NOT_COVERED, shown, country=abroad[0] if len(abroad) == 1 and abroad[0] else None
        )
    return _find_town(places, shown, country)


def _is_plain(text: str, shown: str) -> bool:
    """Whether *text* can be a name or a code at all: short, and of letters, digits and a name's punctuation."""
    return (
        len(text) <= postcodes.MAX_LENGTH
        and len(fold(shown)) > 1
        and not any(unicodedata.category(char) in ("Cc", "Cs") and not char.isspace() for char in text)
        and all(char in _NAME_PUNCTUATION or unicodedata.category(char)[0] in "LMN" for char in shown)
    )


def _malformed(shown: str, country: str | None) -> Finding:
    return Finding(Outcome.MALFORMED, shown, country=country, example=postcodes.example_for(shown, country))


# --- Codes ----------------------------------------------------------------------------------------------------------


def _readings(shown: str, country: str | None) -> tuple[postcodes.Reading, ...]:
    if country is None:
        return postcodes.read(shown)
    return tuple(reading for each in within(country) for reading in postcodes.read(shown, each))


def _find_code(places: PlaceQuerySet, readings: Sequence[postcodes.Reading], country: str | None) -> Finding:
    codes = {code for reading in readings for code in (reading.code, reading.wider) if code}
    known = {(place.country, place.kind, place.code): place for place in places.filter(code__in=codes)}
    hits = [
        (reading, known[key])
        for reading in readings
        if (key := (reading.country, reading.kind, reading.code)) in known
    ]
    if len(hits) == 1:
        reading, place = hits[0]
        outcome = Outcome.FOUND if reading.is_whole else Outcome.PARTIAL
        return Finding(outcome, reading.shown, places=(place,), country=place.country)
    if hits:
        found = tuple(place for _, place in hits)
        return Finding(Outcome.AMBIGUOUS, hits[0][0].shown, places=found, country=country)
    first = readings[0]
    return Finding(
        Outcome.UNKNOWN,
        first.shown,
        country=first.country if len(readings) == 1 else country,
        suggestion=known.get((first.country, "outcode", first.wider)),
        first_half=first.wider,
    )


# --- Towns ----------------------------------------------------------------------------------------------------------


class _Question(NamedTuple):
    """One way to take a text apart: a folded name, and what it says about where that is."""

    name: str
    where: tuple[str, ...] = ()


def _questions(shown: str) -> list[_Question]:
    """The ways to read a text as a town, the likeliest first.

    "York, PA" is one name, or York in PA; "Portland Maine" is one name, or Portland in Maine.
    """
    parts = [folded for part in shown.split(",") if (folded := fold(part))]
    questions = [_Question(" ".join(parts))]
    if len(parts) > 1:
        questions.append(_Question(parts[0], tuple(parts[1:])))
    elif parts:
        words = parts[0].split()
        questions += [
            _Question(" ".join(words[:-count]), (" ".join(words[-count:]),))
            for count in range(1, min(len(words), 5))
        ]
    return questions


def _find_town(places: PlaceQuerySet, shown: str, country: str | None) -> Finding:
    questions = _questions(shown)
    named = _named(places, {question.name for question in questions}, country)
    for question in questions:
        matches = [place for place in named.get(question.name, ()) if _lies_in(place, question.where)]
        if matches:
            return _settle(matches, shown)
    if re.search(r"\d", shown):
        return _malformed(shown, country)
    namesakes = next((named[question.name] for question in questions if question.name in named), ())
    nearest = next((place for place in namesakes if place.is_covered), None)
    return Finding(
        Outcome.UNKNOWN,
        shown,
        country=country,
        suggestion=nearest
        or _nearest_spelling(places, questions["," in shown and len(questions) > 1].name, country),
    )


def _named(places: PlaceQuerySet, names: Iterable[str], country: str | None) -> dict[str, list[Place]]:
    """The towns of each of the folded *names*, the largest first."""
    from places.models import PlaceName

    rows = PlaceName.objects.using(places.db).filter(folded__in=names).select_related("place")
    if country:
        rows = rows.filter(place__country__in=within(country))
    named: dict[str, list[Place]] = {}
    for row in rows.order_by(F("place__population").desc(nulls_last=True), "place_id")[:_MOST_NAMESAKES]:
        named.setdefault(row.folded, []).append(row.place)
    return named


def _lies_in(place: Place, where: Iterable[str]) -> bool:
    """Whether each of the folded names *where* is the place's country, region or hint."""
    own = {fold(place.region), place.region_code.lower(), fold(place.hint)}
    return all(name in own or place.country in within(country_of(name) or "") for name in where)


def _settle(matches: list[Place], shown: str) -> Finding:
    """One of *matches* (largest first) where one is clearly meant, else the choice between them."""
    covered = [place for place in matches if place.is_covered]
    abroad = [place for place in matches if not place.is_covered]
    if abroad and (not covered or _people(abroad[0]) >= DOMINANT_ABROAD * _people(covered[0])):
        others = tuple(covered[:MOST_CHOICES])
        return Finding(Outcome.NOT_COVERED, shown, others=others, country=abroad[0].country)
    first, others = covered[0], covered[1 : MOST_CHOICES + 1]
    if not others or _people(first) >= DOMINANT * max(_people(others[0]), 1):
        return Finding(Outcome.FOUND, shown, places=(first,), others=tuple(others), country=first.country)
    countries = {place.country for place in covered}
    return Finding(
        Outcome.AMBIGUOUS,
        shown,
        places=tuple(covered[:MOST_CHOICES]),
        country=first.country if len(countries) == 1 else None,
    )


def _people(place: Place) -> int:
    return place.population or 0


def _nearest_spelling(places: PlaceQuerySet, name: str, country: str | None) -> Place | None:
    """The town whose own name is spelt most nearly like the text, by trigrams; the largest of equals."""
    from places.models import PlaceName

    row = (
        PlaceName.objects.using(places.db)
        .filter(is_preferred=True, folded__trigram_similar=name, place__country__in=within(country))
        .annotate(similarity=TrigramSimilarity("folded", name))
        .order_by("-similarity", F("place__population").desc(nulls_last=True), "place_id")
        .select_related("place")
        .first()
    )
    return row.place if row else None


# --- Typing ---------------------------------------------------------------------------------------------------------


def suggest(places: PlaceQuerySet, text: str, country: str | None, limit: int) -> list[Place]:
    """See ``PlaceQuerySet.suggest``."""
    return []
