"""How alike two listings are, and why, in words and points that a curator can check."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from math import cos, dist, floor, radians
from typing import NamedTuple
from urllib.parse import urlsplit

from places.distance import Point, km_of
from places.models import Precision
from places.naming import fold

ENOUGH = 50  # points of a pair that is shown to curators
NEAR_KM = 0.05
FAR_KM = 1.0
BLOCK_DEGREES = 0.004  # of latitude, about 450 m: listings within half of it share a block of ground
MISTYPED = 0.85  # of two streets with one house number, the share of letters in common
FEWEST_LETTERS_ALIKE = 12  # with which two names begin, for that to mean anything

LEGAL_FORMS = {
    "co", "corp", "corporation", "inc", "incorporated", "limited", "llc", "llp", "lp", "ltd", "pa", "pc", "plc", "pllc",
}  # fmt: skip
STREET_WORDS = {
    "avenue": "ave", "av": "ave", "boulevard": "blvd", "building": "bldg", "center": "ctr", "centre": "ctr",
    "circle": "cir", "court": "ct", "drive": "dr", "east": "e", "expressway": "expy", "highway": "hwy", "lane": "ln",
    "north": "n", "northeast": "ne", "northwest": "nw", "parkway": "pkwy", "place": "pl", "road": "rd", "route": "rte",
    "saint": "st", "sainte": "ste", "south": "s", "southeast": "se", "southwest": "sw", "square": "sq", "street": "st",
    "terrace": "ter", "west": "w",
}  # fmt: skip
UNIT = re.compile(r"\b(apt|bldg|flat|fl|floor|level|room|rm|ste|suite|unit|[0-9]+(st|nd|rd|th) (floor|fl))\b")
OF_A_BUILDING = (Precision.ROOFTOP, Precision.STREET)  # precise enough to tell one from the next


@dataclass(frozen=True)
class Listing:
    """What of a clinic is compared."""

    pk: int
    name: str
    street: str
    town: str
    postcode: str
    country: str
    phone: str
    email: str
    website: str
    latitude: float | None
    longitude: float | None
    position_precision: str
    setting: str
    is_sample: bool

    @cached_property
    def words(self) -> list[str]:
        """Of its name, without the form of its company."""
        return [word for word in fold(self.name).split() if word not in LEGAL_FORMS and word != "the"]

    @cached_property
    def organisation(self) -> str:
        """Its name up to the first comma, which in many lists sets a programme apart from who runs it."""
        return " ".join(word for word in fold(self.name.partition(",")[0]).split() if word not in LEGAL_FORMS)

    @cached_property
    def address(self) -> tuple[str, str]:
        """(house and street, floor or suite), in one way of writing each; "" where not known."""
        parts = [_short(part) for part in self.street.split(",")]
        house = next((part for part in parts if re.search(r"\d", part) and not UNIT.match(part)), "")
        house = house or next(iter(parts), "")
        units = [part for part in parts if part != house]
        if (unit := UNIT.search(house)) and unit.start() > 0:
            house, inside = house[: unit.start()].strip(), house[unit.start() :]
            units.insert(0, inside)
        return house, " ".join(units)

    @cached_property
    def number(self) -> tuple[str, str]:
        """(telephone number, extension)."""
        number, _, extension = self.phone.partition(" ext. ")
        return number, extension

    @cached_property
    def host(self) -> str:
        """Of its website, without www."""
        return (urlsplit(self.website).hostname or "").removeprefix("www.")

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)


def _short(text: str) -> str:
    return " ".join(STREET_WORDS.get(word, word) for word in fold(text).split())


def blocks(listing: Listing) -> Iterator[str]:
    """What another listing must share with it, at least once, to be compared with it."""
    area = f"{listing.is_sample:d} {listing.country}"
    if number := listing.number[0]:
        yield f"{area} phone {number}"
    if listing.words:
        yield f"{area} name {listing.town.casefold()} {' '.join(listing.words)}"
    if listing.postcode:
        if house := listing.address[0]:
            yield f"{area} door {listing.postcode} {house.split()[0]}"
        if listing.words:
            yield f"{area} word {listing.postcode} {listing.words[0]}"
    yield from (f"{area} ground {square}" for square in _squares(listing.point))


def _squares(point: Point | None) -> Iterator[str]:
    """The four squares about a point, of grids half a square apart: two points that near share one of them."""
    if point is None:
        return
    for down in (0, 0.5):
        row = floor(point.latitude / BLOCK_DEGREES + down)
        narrower = max(cos(radians(row * BLOCK_DEGREES)), 0.01)
        for across in (0, 0.5):
            yield f"{down} {across} {row} {floor(point.longitude * narrower / BLOCK_DEGREES + across)}"


class Reason(NamedTuple):
    """One thing that speaks for two listings being of one clinic, or against it."""

    said: str
    points: int


def reasons(one: Listing, other: Listing, *, similarity: float) -> list[Reason]:
    """Why they may be one clinic or not; *similarity* of their names by trigrams, 0 to 1."""
    found = [
        _of_names(one, other, similarity),
        *_of_addresses(one, other),
        _of_positions(one, other),
        _of_phones(one, other),
    ]
    if one.host and one.host == other.host:
        found.append(Reason(f"The same website, {one.host}", 10))
    if one.email and one.email.casefold() == other.email.casefold():
        found.append(Reason("The same e-mail address", 15))
    if one.setting != other.setting:
        found.append(Reason("One is remote, the other is not", -40))
    return [reason for reason in found if reason]


def score(found: list[Reason]) -> int:
    """The points of *found* together; 0 where more speaks against."""
    return max(sum(reason.points for reason in found), 0)


def _of_names(one: Listing, other: Listing, similarity: float) -> Reason:
    shorter, longer = sorted((one.words, other.words), key=len)
    alike = f"{similarity:.0%} alike"
    if shorter == longer:
        return Reason("The same name", 40)
    if len(shorter) > 1 and set(shorter) <= set(longer):
        return Reason("One name holds all words of the other", 30)
    if similarity >= 0.6:
        return Reason(f"Names much alike ({alike})", 30)
    if one.organisation == other.organisation or _letters_alike(one, other) >= FEWEST_LETTERS_ALIKE:
        return Reason(f"Names begin the same ({alike})", 20)
    if similarity >= 0.4:
        return Reason(f"Names somewhat alike ({alike})", 15)
    return Reason(f"Different names ({alike})", -25)


def _letters_alike(one: Listing, other: Listing) -> int:
    """In the whole words with which both names begin."""
    letters = 0
    for mine, theirs in zip(one.words, other.words, strict=False):
        if mine != theirs:
            break
        letters += len(mine)
    return letters


def _of_addresses(one: Listing, other: Listing) -> Iterator[Reason]:
    (house, unit), (other_house, other_unit) = one.address, other.address
    if house and house == other_house:
        yield Reason("The same street address", 30)
        if unit and other_unit and unit != other_unit:
            yield Reason("A different floor, suite or building", -10)
    elif house and other_house:
        mistyped = SequenceMatcher(None, house, other_house).ratio() >= MISTYPED
        if mistyped and house.split()[0] == other_house.split()[0]:
            yield Reason("Nearly the same street address", 20)
        else:
            yield Reason("Different street addresses", -45)
    if one.postcode and other.postcode:
        same = one.postcode == other.postcode
        yield Reason("The same postcode", 10) if same else Reason("Different postcodes", -10)


def _of_positions(one: Listing, other: Listing) -> Reason | None:
    if one.point is None or other.point is None:
        return None
    if one.position_precision not in OF_A_BUILDING or other.position_precision not in OF_A_BUILDING:
        return None  # two that stand in the middle of one town stand on one point
    km = km_of(dist(one.point.unit_vector, other.point.unit_vector))
    if km <= NEAR_KM:
        return Reason(f"{km * 1000:.0f} m apart", 15)
    return Reason(f"{km:.1f} km apart", -30) if km >= FAR_KM else Reason(f"{km * 1000:.0f} m apart", 5)


def _of_phones(one: Listing, other: Listing) -> Reason | None:
    (number, extension), (other_number, other_extension) = one.number, other.number
    if not number or not other_number:
        return None
    if number != other_number:
        return Reason("Different phone numbers", -10)
    if extension != other_extension:
        return Reason("The same phone number, another extension", 15)
    return Reason("The same phone number", 25)
