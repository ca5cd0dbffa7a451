"""The base map as a whole: its layers, its towns, and the PMTiles archive they are kept in."""

import csv
import lzma
from collections.abc import Iterable
from pathlib import Path

import numpy
import shapely
from django.conf import settings
from numpy.typing import NDArray
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely import LineString, Polygon

from places.base_map import sources
from places.base_map.built_up import built_up
from places.base_map.mercator import mercator
from places.base_map.tiling import LEVELS, Address, Layer, Level, Town, around, cut, packed
from places.countries import COVERED
from places.gazetteer import canada, code_point_open

__all__ = ["LEVELS", "layers", "packed_tiles", "towns", "write"]

_LONG = 1 / 1500  # of the world's width: rivers this long are drawn from zoom 5 on


def layers() -> list[Layer]:
    """What is drawn, in the packages' full detail."""
    land: list[Polygon] = []
    lakes: list[Polygon] = []
    for level, ring in sources.shores():
        (lakes if level in (2, 3) else land).append(Polygon(ring))
    rivers = _shapes(sources.rivers())
    units, _ = code_point_open.read_units()
    return [
        Layer("land", [*land, *_past_the_date_line(land)]),
        Layer("built", built_up(code_point_open.positions(units)), first_zoom=5),
        Layer("built", built_up(canada.positions()), first_zoom=5),
        Layer("lakes", lakes),
        Layer("rivers", [river for river in rivers if _width(river) > _LONG], first_zoom=5),
        Layer("rivers", [river for river in rivers if _width(river) <= _LONG], first_zoom=8),
        Layer("regions", _shapes(sources.regions()), first_zoom=5),
        Layer("regions", _shapes(sources.distinct(sources.us_counties())), first_zoom=8),
        Layer("countries", _shapes(sources.countries())),
    ]


def towns() -> dict[bool, list[Town]]:
    """The gazetteer's towns: those of the countries covered under True, the others under False."""
    with lzma.open(settings.BASE_DIR / "fixtures/places/towns.csv.xz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: dict[bool, list[Town]] = {True: [], False: []}
    places = mercator([(row["longitude"], row["latitude"]) for row in rows]).tolist()
    for row, (x, y) in zip(rows, places, strict=True):
        found[row["country"] in COVERED].append(Town(x, y, row["name"], int(row["population"] or 0)))
    return found


def packed_tiles(layers: list[Layer], towns: dict[bool, list[Town]], level: Level) -> dict[Address, bytes]:
    """The tiles of a level: everywhere at the first, where there are towns that the directory covers at the others."""
    if level is LEVELS[0]:
        wanted = {(level.zoom, x, y) for x in range(2**level.zoom) for y in range(2**level.zoom)}
    else:
        wanted = around(towns[True], level.zoom)
    everything = towns[True] + towns[False]
    return {address: packed(tile) for address, tile in cut(layers, everything, level, wanted).items()}


def write(path: Path, tiles: dict[Address, bytes]) -> None:
    """Write the archive; the same bytes for the same tiles."""
    by_id = {zxy_to_tileid(*address): data for address, data in tiles.items()}
    header = {
        "tile_type": TileType.UNKNOWN,  # JSON, which the format has no name for
        "tile_compression": Compression.GZIP,
        "min_lon_e7": -180 * 10**7,
        "min_lat_e7": -85 * 10**7,
        "max_lon_e7": 180 * 10**7,
        "max_lat_e7": 85 * 10**7,
        "center_zoom": LEVELS[0].zoom,
        "center_lon_e7": 0,
        "center_lat_e7": 0,
    }
    with path.open("wb") as file:
        writer = Writer(file)
        for tile_id in sorted(by_id):
            writer.write_tile(tile_id, by_id[tile_id])
        writer.finalize(header, {"name": "Base map of Ketamine Info"})


def _shapes(lines: Iterable[NDArray]) -> list[LineString]:
    return [LineString(line) for line in lines if len(line) > 1]


def _width(line: LineString) -> float:
    west, north, east, south = line.bounds
    return max(east - west, south - north)


def _past_the_date_line(shapes: list[Polygon]) -> list[Polygon]:
    """Copies, at the other edge of the map, of the shapes that go on past one edge."""
    copies = []
    for shape in shapes:
        west, _, east, _ = shape.bounds
        if east > 1:
            copies.append(shapely.transform(shape, lambda points: numpy.subtract(points, (1, 0))))
        if west < 0:
            copies.append(shapely.transform(shape, lambda points: numpy.add(points, (1, 0))))
    return copies
