"""How ``Place.objects.find()`` and ``suggest()`` look a text up: at most four queries, each by an index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models.functions import Length

from places import postcodes
from places.countries import COVERED, US_TERRITORIES, country_of, within
from places.finding import Finding, Outcome
from places.naming import fold
from places.regions import region_codes

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from places.models import Place, PlaceName, PlaceQuerySet

MOST_CHOICES = 10
DOMINANT = 2  # times the weight of any other place of the name: it is meant unless more is said
DOMINANT_ABROAD = 40  # the same for a place in a country that is not covered
_MOST_NAMESAKES = 200
_NAME_PUNCTUATION = set(" .,'’‘ʻ`´()/&-")
_LONGEST_TOWN = 4  # words at the end of an address
_TOWN_OF_ADDRESS = 1000  # people; a street may well be called like a hamlet
_LONGEST_REGION = 4  # words: Newfoundland and Labrador would be 3, and a country may follow


def find(places: PlaceQuerySet, text: str, country: str | None = None) -> Finding:
    """See ``PlaceQuerySet.find``."""
    shown = postcodes.tidy(text[: postcodes.MAX_LENGTH]).strip(".,;:!? ")
    if country is not None:
        country = _country(country)
        if country not in COVERED:
            return Finding(Outcome.NOT_COVERED, shown, country=country)
    area = postcodes.is_area(shown, country)
    if not _is_plain(text, shown):
        return _too_little(shown) if area else _malformed(shown, country)
    if readings := _readings(shown, country):
        return _find_code(places, readings, country)
    if country is None and (abroad := postcodes.foreign(shown)):
        return Finding(Outcome.NOT_COVERED, shown, country=abroad[0] if len(abroad) == 1 else None)
    finding = (
        _find_misread(places, shown, country)
        or _find_town(places, shown, country)
        or _find_address(places, shown, country)
    )
    return _too_little(shown) if area and not finding.places else finding


def _country(country: str) -> str:
    """The ISO code that a caller's *country* stands for, whether or not it is covered."""
    code = country_of(fold(country[:50])) or country.strip().upper()[:2]
    return "US" if code in US_TERRITORIES else code


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


def _too_little(shown: str) -> Finding:
    """The letters of a British postcode alone, such as SE, which no town that we list is called."""
    return Finding(Outcome.PARTIAL, shown, country="GB")


# --- Codes ----------------------------------------------------------------------------------------------------------


def _readings(text: str, country: str | None) -> tuple[postcodes.Reading, ...]:
    if country is None:
        return postcodes.read(text)
    return tuple(reading for each in within(country) for reading in postcodes.read(text, each))


def _find_code(
    places: PlaceQuerySet, readings: Sequence[postcodes.Reading], country: str | None, beside: str = ""
) -> Finding:
    """What the *readings* of a code stand for; *beside* is the rest of an address, folded, which may say where."""
    hits, wider = _known(places, readings)
    if len(hits) > 1 and beside:
        hits = [hit for hit in hits if _is_named_in(hit[1], beside)] or hits
    if len(hits) == 1:
        reading, place = hits[0]
        outcome = Outcome.FOUND if reading.is_whole else Outcome.PARTIAL
        return Finding(outcome, reading.shown, places=(place,), country=place.country)
    if hits:
        choices = tuple(place for _, place in hits)
        return Finding(Outcome.AMBIGUOUS, hits[0][0].shown, places=choices, country=country)
    first = readings[0]
    if wider is None and (likely := postcodes.misread(first.shown, country)):
        wider = next((place for _, place in _known(places, likely)[0]), None)
    return Finding(
        Outcome.UNKNOWN,
        first.shown,
        country=first.country if len(readings) == 1 else country,
        suggestion=wider,
        first_half=first.wider,
    )


def _known(
    places: PlaceQuerySet, readings: Sequence[postcodes.Reading]
) -> tuple[list[tuple[postcodes.Reading, Place]], Place | None]:
    """The *readings* that the gazetteer has, with their places, and the wider part of the first one."""
    codes = {code for reading in readings for code in (reading.code, reading.wider) if code}
    known = {(place.country, place.kind, place.code): place for place in places.filter(code__in=codes)}
    keys = [(reading, (reading.country, reading.kind, reading.code)) for reading in readings]
    hits = [(reading, known[key]) for reading, key in keys if key in known]
    return hits, known.get((readings[0].country, "outcode", readings[0].wider)) if readings else None


def _find_misread(places: PlaceQuerySet, shown: str, country: str | None) -> Finding | None:
    """A code with an S for a 5, say, where there is such a code: "MSV 2T6"."""
    readings = postcodes.misread(shown, country)
    finding = _find_code(places, readings, country) if readings else None
    return finding if finding and finding.places else None


def _find_address(places: PlaceQuerySet, shown: str, country: str | None) -> Finding:
    """A postcode among other words ("Sydney NSW 2000", "London E1"), or else nothing that we can read."""
    for words, beside, is_last in _parts(shown):
        readings = [reading for reading in _readings(words, country) if reading.is_whole]
        if words.isdecimal() and not is_last:  # the number of a house, unless it is said to be a postcode
            readings = [reading for reading in readings if _may_come_first(places, reading, beside)]
        if readings:
            return _find_code(places, readings, country, beside=beside)
    head, _, last = shown.rpartition(" ")
    if not re.search(r"\d", head) and (readings := list(_readings(last, country))):
        return _find_code(places, readings, country, beside=fold(head))
    malformed = _malformed(shown, country)
    return replace(malformed, suggestion=_town_of_address(places, shown, country))


def _parts(shown: str) -> Iterator[tuple[str, str, bool]]:
    """(one or two words, the folded rest, whether only a country follows) of an address, from its end."""
    words = shown.replace(",", " ").split()
    for size in (2, 1):
        for start in range(len(words) - size, -1, -1):
            before, after = words[:start], words[start + size :]
            if before or after:
                follows = fold(" ".join(after))
                is_last = not after or country_of(follows) is not None
                yield " ".join(words[start : start + size]), fold(" ".join([*before, *after])), is_last


def _may_come_first(places: PlaceQuerySet, reading: postcodes.Reading, beside: str) -> bool:
    """Whether a code of digits alone stands before its town: it does in Germany, or the town is named *beside* it."""
    known = _known(places, [reading])[0]
    return any(place.country == "DE" or _is_named_in(place, beside) for _, place in known)


def _is_named_in(place: Place, words: str) -> bool:
    """Whether the folded *words* of an address name the place, its region or its country."""
    return any(
        name and f" {name} " in f" {words} "
        for name in (
            fold(place.name),
            fold(place.region),
            place.region_code.lower(),
            fold(place.country_name),
            place.country.lower(),
        )
    )


def _town_of_address(places: PlaceQuerySet, shown: str, country: str | None) -> Place | None:
    """The town that an address without a postcode ends in: "12 High Street, Leeds"."""
    tails = _tails(shown)
    return _town_in(tails, _named(places, tails, country)) if tails else None


def _tails(shown: str) -> list[str]:
    """What of an address may be its town: its last words, folded, the most words first."""
    words = fold(shown).split()
    tails = (" ".join(words[start:]) for start in range(max(len(words) - _LONGEST_TOWN, 1), len(words)))
    # Street is a town in Somerset, and in most addresses.
    return [tail for tail in tails if tail != "street" and not re.search(r"\d", tail)]


def _town_in(tails: Iterable[str], named: Mapping[str, list[PlaceName]]) -> Place | None:
    likely = (name for tail in tails for name in named.get(tail, ()) if name.weight >= _TOWN_OF_ADDRESS)
    return next((name.place for name in likely if name.country in COVERED), None)


# --- Towns ----------------------------------------------------------------------------------------------------------


class _Question(NamedTuple):
    """One way to take a text apart: a folded name, and what is said about where that is."""

    name: str
    where: tuple[str, ...] = ()


def _questions(shown: str) -> list[_Question]:
    """The ways to read a text as a town, the likeliest first.

    "York, PA" is one name, or York in PA; "Portland Maine" is one name, or Portland in Maine.
    """
    parts = [folded for part in shown.split(",") if (folded := fold(part))]
    if len(parts) > 1:
        return [_Question(" ".join(parts)), _Question(parts[0], tuple(parts[1:]))]
    words = parts[0].split()
    splits = range(1, min(len(words), _LONGEST_REGION + 1))
    return [
        _Question(parts[0]),
        *(_Question(" ".join(words[:-count]), (" ".join(words[-count:]),)) for count in splits),
    ]


def _find_town(places: PlaceQuerySet, shown: str, country: str | None) -> Finding | None:
    """The town that the text names; None for a text with digits in it that names none."""
    questions = _questions(shown)
    tails = _tails(shown)
    named = _named(places, {question.name for question in questions}.union(tails), country)
    for question in questions:
        matches = [name for name in named.get(question.name, ()) if _lies_in(name.place, question.where)]
        if matches:
            return _settle(matches, shown)
    if re.search(r"\d", shown):
        return None
    namesakes = (name.place for question in questions for name in named.get(question.name, ()))
    suggestion = next((place for place in namesakes if place.is_covered), None) or _town_in(tails, named)
    asked = questions[1] if "," in shown and len(questions) > 1 else questions[0]
    return Finding(
        Outcome.UNKNOWN,
        shown,
        country=country,
        suggestion=suggestion or _nearest_spelling(places, asked, country),
    )


def _named(places: PlaceQuerySet, names: Iterable[str], country: str | None) -> dict[str, list[PlaceName]]:
    """The names of towns that fold to one of *names*, the weightiest first."""
    rows = _place_names(places).filter(folded__in=names).select_related("place")
    if country:
        rows = rows.filter(country__in=within(country))
    named: dict[str, list[PlaceName]] = {}
    for row in rows.order_by("-weight", "place_id")[:_MOST_NAMESAKES]:
        named.setdefault(row.folded, []).append(row)
    return named


def _place_names(places: PlaceQuerySet) -> QuerySet[PlaceName]:
    from places.models import PlaceName  # here, because that module needs this one

    return PlaceName.objects.using(places.db)


def _lies_in(place: Place, where: Iterable[str]) -> bool:
    """Whether each of the folded names *where* is the place's region, country or hint."""
    regions = region_codes(place.country)
    return all(
        name in (fold(place.region), fold(place.hint))
        or regions.get(name, "none") == place.region_code
        or place.country in within(country_of(name) or "")
        for name in where
    )


def _settle(matches: list[PlaceName], shown: str) -> Finding:
    """One of *matches* (weightiest first) where one is clearly meant, else the choice between them."""
    covered = [match for match in matches if match.country in COVERED]
    abroad = [match for match in matches if match.country not in COVERED]
    choices = tuple(match.place for match in covered)
    if abroad and (not covered or abroad[0].weight >= DOMINANT_ABROAD * covered[0].weight):
        return Finding(Outcome.NOT_COVERED, shown, others=choices[:MOST_CHOICES], country=abroad[0].country)
    first, others = choices[0], choices[1 : MOST_CHOICES + 1]
    if not others or covered[0].weight >= DOMINANT * max(covered[1].weight, 1):
        return Finding(Outcome.FOUND, shown, places=(first,), others=others, country=first.country)
    countries = {place.country for place in choices}
    return Finding(
        Outcome.AMBIGUOUS,
        shown,
        places=choices[:MOST_CHOICES],
        country=first.country if len(countries) == 1 else None,
    )


def _nearest_spelling(places: PlaceQuerySet, asked: _Question, country: str | None) -> Place | None:
    """The town whose own name is spelt most nearly like the one asked for, by trigrams; the largest of equals."""
    rows = (
        _place_names(places)
        .filter(is_preferred=True, folded__trigram_similar=asked.name, country__in=within(country))
        .annotate(similarity=TrigramSimilarity("folded", asked.name))
        .order_by("-similarity", "-weight", "place_id")
        .select_related("place")[:MOST_CHOICES]
    )
    return next((row.place for row in rows if _lies_in(row.place, asked.where)), None)


# --- Typing ---------------------------------------------------------------------------------------------------------


def suggest(places: PlaceQuerySet, text: str, country: str | None, limit: int) -> list[Place]:
    """See ``PlaceQuerySet.suggest``."""
    shown = postcodes.tidy(text[: postcodes.MAX_LENGTH])
    country = _country(country) if country is not None else None
    if not _is_plain(text, shown) or not set(within(country)) <= set(COVERED):
        return []
    found = _suggested_codes(places, shown, country, limit) if re.search(r"\d", shown) else []
    if len(found) < limit and re.search(r"[^\W\d_]", shown):
        found += _suggested_towns(places, shown, country, limit)
    return list(dict.fromkeys(found))[:limit]


def _suggested_codes(places: PlaceQuerySet, shown: str, country: str | None, limit: int) -> list[Place]:
    """The place of a code, then those whose codes go on from it: the shorter, wider ones first."""
    readings = _readings(shown, country)
    exact = [place for _, place in _known(places, readings)[0]] if readings else []
    longer = places.filter(code__startswith=" ".join(shown.upper().split()), country__in=within(country))
    return exact + list(longer.order_by(Length("code"), "code", "country")[:limit])


def _suggested_towns(places: PlaceQuerySet, shown: str, country: str | None, limit: int) -> list[Place]:
    """The towns of which a name begins with the text, or has the text before the comma and lies in what follows."""
    head, _, tail = (fold(part) for part in shown.partition(","))
    names = _place_names(places).filter(country__in=within(country)).order_by("-weight", "place_id")
    if not tail:
        ids = names.filter(folded__startswith=head).values_list("place_id", flat=True)[: 4 * limit]
        found = places.in_bulk(set(ids))
        return [found[place_id] for place_id in dict.fromkeys(ids)]
    rows = names.filter(folded=head).select_related("place")[:_MOST_NAMESAKES]
    return [row.place for row in rows if any(where.startswith(tail) for where in _where(row.place))]


def _where(place: Place) -> Iterator[str]:
    yield from (fold(place.region), place.region_code.lower(), fold(place.hint), fold(place.country_name))


# --- Choosing again -------------------------------------------------------------------------------------------------


def namesakes(places: PlaceQuerySet, place: Place, limit: int) -> list[Place]:
    """See ``PlaceQuerySet.namesakes``."""
    names = _place_names(places).filter(is_preferred=True)
    own = names.filter(place=place).values("folded")
    rows = names.filter(folded__in=own, country__in=COVERED).exclude(place=place)
    # A town may share both its name and the short form of it.
    found = [row.place for row in rows.order_by("-weight", "place_id").select_related("place")[: 2 * limit]]
    return list(dict.fromkeys(found))[:limit]
