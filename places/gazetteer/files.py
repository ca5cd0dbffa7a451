"""The gazetteer's files: xz-compressed CSV with the columns of the tables they are copied into."""

import csv
import lzma
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from places.regions import REGIONS

LEAST_DICTIONARY = 4096  # bytes, of LZMA2
_PRECISIONS = {"sector": "sector", "zip": "postcode", "postcode": "postcode", "town": "town"}


class Entry(NamedTuple):
    """A place, in the columns of places.models.Place."""

    kind: str
    country: str
    code: str
    name: str
    slug: str
    region: str
    region_code: str
    hint: str
    latitude: float
    longitude: float
    precision: str
    population: int | None
    timezone: str
    source: str


class Name(NamedTuple):
    """A name of a town, told by its country and slug."""

    country: str
    slug: str
    name: str
    folded: str
    is_preferred: bool


def entry(
    kind: str,
    country: str,
    code: str,
    name: str,
    slug: str,
    position: tuple[float, float],
    *,
    source: str,
    region_code: str = "",
    hint: str = "",
    population: int | None = None,
    timezone: str = "",
) -> Entry:
    """A place with what follows from the rest: the region's name, the precision, four digits of a position (11 m)."""
    region = REGIONS.get(country, {}).get(region_code, "")
    precision = _PRECISIONS.get(kind, "district")
    latitude, longitude = round(position[0], 4), round(position[1], 4)
    return Entry(
        kind,
        country,
        code,
        name,
        slug,
        region,
        region_code,
        hint,
        latitude,
        longitude,
        precision,
        population,
        timezone,
        source,
    )


def write(path: Path, rows: Sequence[Entry] | Sequence[Name]) -> int:
    """Write *rows*, sorted, the same bytes for the same rows; the size in bytes."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0]._fields)
    writer.writerows(sorted(rows, key=lambda row: (row.country, row.slug, row.name)))
    plain = text.getvalue().encode()
    best = {
        "id": lzma.FILTER_LZMA2,
        "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": max(len(plain), LEAST_DICTIONARY),  # a larger one than the text is memory for nothing
    }
    packed = lzma.compress(plain, filters=[best])
    path.write_bytes(packed)
    return len(packed)
