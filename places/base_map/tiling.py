"""Cuts the base map into tiles: JSON with whole numbers, gzipped, at three zoom levels.

A tile holds, by layer, lines as flat lists of numbers: the first point's x and y, then the steps from point to
point, where the tile is SIZE wide. Rings of ``land``, ``lakes`` and ``built`` are filled by the even-odd rule.
``places`` are [x, y, name, people], the largest first.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

SIZE = 4096  # units across a tile
BUFFER = 64  # units that shapes go on beyond its edge, so that no outline is drawn along it
WORLD = (0, 0, 0)

Address = tuple[int, int, int]  # zoom, x, y


class Level(NamedTuple):
    """How closely the map is drawn at a zoom level, in units of its tiles."""

    zoom: int
    tolerance: float  # how far a simplified line may lie from the line
    smallest: float  # width of the smallest island or lake kept
    most_places: int


# The browser draws the zooms from each level's own up to the next one's from that level.
LEVELS = (Level(2, 3, 10, 40), Level(5, 3, 10, 80), Level(8, 1.5, 3, 400))


class Layer(NamedTuple):
    """Shapes of one kind, in Web Mercator."""

    name: str
    shapes: list[BaseGeometry]
    first_zoom: int = 0  # the levels from this one on have them


class Town(NamedTuple):
    """A name on the map."""

    x: float
    y: float
    name: str
    people: int


def cut(
    layers: Iterable[Layer], towns: Iterable[Town], level: Level, wanted: set[Address]
) -> dict[Address, dict]:
    """The *wanted* tiles of a level."""
    tiles: dict[Address, dict] = {address: {"tile": address} for address in wanted}
    ancestors = {_ancestor(address, zoom) for address in wanted for zoom in range(level.zoom + 1)}
    for layer in layers:
        if layer.first_zoom > level.zoom:
            continue
        for shape in layer.shapes:
            for address, piece in _pieces(_simplified(shape, level), WORLD, level.zoom, ancestors):
                lines = list(_lines(piece, address))
                if lines:
                    tiles[address].setdefault(layer.name, []).extend(lines)
    for address, names in _named(towns, level).items():
        if address in tiles:
            tiles[address]["places"] = names
    return tiles


def packed(tile: dict) -> bytes:
    """A tile as it is kept and sent; the same bytes for the same tile."""
    text = json.dumps(tile, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def around(towns: Iterable[Town], zoom: int) -> set[Address]:
    """The tiles that hold one of *towns*, and their neighbours."""
    cells = {(int(town.x * 2**zoom), int(town.y * 2**zoom)) for town in towns}
    last = 2**zoom - 1
    return {
        (zoom, (x + east) % (last + 1), y + south)
        for x, y in cells
        for east in (-1, 0, 1)
        for south in (-1, 0, 1)
        if 0 <= y + south <= last
    }


def _ancestor(address: Address, zoom: int) -> Address:
    z, x, y = address
    return zoom, x >> (z - zoom), y >> (z - zoom)


def _simplified(shape: BaseGeometry, level: Level) -> BaseGeometry:
    unit = 1 / (SIZE * 2**level.zoom)
    west, north, east, south = shape.bounds
    if max(east - west, south - north) < level.smallest * unit:
        return shapely.GeometryCollection()
    simple = shape.simplify(level.tolerance * unit, preserve_topology=False)
    return simple if simple.is_valid else simple.buffer(0)


def _pieces(
    shape: BaseGeometry, address: Address, zoom: int, ancestors: set[Address]
) -> Iterator[tuple[Address, BaseGeometry]]:
    """The parts of *shape* in each tile at *zoom* under *address*, quartering as it goes."""
    if shape.is_empty:
        return
    z, x, y = address
    if z == zoom:
        yield address, shape
        return
    for child in ((z + 1, 2 * x + east, 2 * y + south) for east in (0, 1) for south in (0, 1)):
        if child in ancestors:
            box = _box(child, zoom)
            west, north, east_, south_ = shape.bounds
            inside = west >= box[0] and north >= box[1] and east_ <= box[2] and south_ <= box[3]
            yield from _pieces(shape if inside else shapely.clip_by_rect(shape, *box), child, zoom, ancestors)


def _box(address: Address, zoom: int) -> tuple[float, float, float, float]:
    """The tile's square, wider by the buffer of a tile at *zoom*."""
    z, x, y = address
    buffer = BUFFER / (SIZE * 2**zoom)
    return x / 2**z - buffer, y / 2**z - buffer, (x + 1) / 2**z + buffer, (y + 1) / 2**z + buffer


def _lines(piece: BaseGeometry, address: Address) -> Iterator[list[int]]:
    for part in getattr(piece, "geoms", [piece]):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield from _flat(ring.coords, address, fewest=4)
        elif part.geom_type == "LineString":
            yield from _flat(part.coords, address, fewest=2)


def _flat(points: Iterable[tuple[float, ...]], address: Address, fewest: int) -> Iterator[list[int]]:
    z, x, y = address
    scale = 2**z
    steps: list[int] = []
    here = (0, 0)
    for point in points:
        to = round((point[0] * scale - x) * SIZE), round((point[1] * scale - y) * SIZE)
        if to != here or not steps:
            steps += (to[0] - here[0], to[1] - here[1])
            here = to
    if len(steps) >= 2 * fewest:
        yield steps


def _named(towns: Iterable[Town], level: Level) -> dict[Address, list]:
    """The largest towns of each tile."""
    tiles: dict[Address, list[Town]] = defaultdict(list)
    for town in towns:
        across, down = town.x * 2**level.zoom, town.y * 2**level.zoom
        tiles[level.zoom, int(across), int(down)].append(town)
    return {
        (z, x, y): [
            [round((town.x * 2**z - x) * SIZE), round((town.y * 2**z - y) * SIZE), town.name, town.people]
            for town in sorted(members, key=lambda town: (-town.people, town.name))[: level.most_places]
        ]
        for (z, x, y), members in tiles.items()
    }
