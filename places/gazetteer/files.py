"""The gazetteer's files: an xz-compressed CSV for each source, one entry a row."""

import csv
import lzma
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

# File by file: the source that its places name.
SOURCES = {
    "code_point_open.csv.xz": "Code-Point Open 2025.2",
    "geonames_postal.csv.xz": "GeoNames postal codes",
    "canada.csv.xz": "GeoNames postal codes, Canada",
    "towns.csv.xz": "GeoNames towns",
}


class Entry(NamedTuple):
    """A row: everything of a Place that does not follow from the rest of it, and its names besides its own."""

    kind: str
    country: str
    code: str
    name: str
    slug: str
    region_code: str
    hint: str
    latitude: float
    longitude: float
    population: int | None = None
    timezone: str = ""
    short_names: tuple[str, ...] = ()  # what people mainly call it instead: Newcastle for Newcastle upon Tyne
    names: tuple[str, ...] = ()  # other names, of other times and languages


def write(path: Path, entries: Iterable[Entry]) -> int:
    """Write *entries* in the order of their addresses, the same bytes for the same entries; the size in bytes."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Entry._fields)
    for entry in sorted(entries, key=lambda entry: (entry.country, entry.kind, entry.slug)):
        writer.writerow(
            entry._replace(
                latitude=f"{entry.latitude:.4f}",
                longitude=f"{entry.longitude:.4f}",
                short_names="|".join(entry.short_names),
                names="|".join(entry.names),
            )
        )
    packed = lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME)
    path.write_bytes(packed)
    return len(packed)


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file; raises ``lzma.LZMAError`` and ``ValueError`` where it is damaged."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != Entry._fields:
            raise ValueError(f"{path.name} does not begin with the columns of the gazetteer")
        for row in rows:
            *texts, latitude, longitude, population, timezone, short_names, names = row
            yield Entry(
                *texts,
                float(latitude),
                float(longitude),
                int(population) if population else None,
                timezone,
                tuple(short_names.split("|")) if short_names else (),
                tuple(names.split("|")) if names else (),
            )
