"""Built-up areas, as far as full postcodes show them: where they lie close together, people live close together."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from places.base_map.mercator import km_across, mercator

CELL = 2.0**-17  # of the world's width: 306 m at the equator, 190 m in Leeds
_BUILT_UP = 12.0  # postcodes to the square km
_REACH = 2  # cells to either side over which they are evened out, twice
_BLOCK = 512  # cells worked on at once, to a side
_MARGIN = 4 * _REACH  # cells of the neighbours that a block looks at


def built_up(positions: Iterable[tuple[float, float]]) -> list[BaseGeometry]:
    """Outlines of the areas with many postcodes; *positions* are (latitude, longitude) in degrees."""
    points = mercator([(longitude, latitude) for latitude, longitude in positions])
    cells = (points / CELL).astype(int)
    parts: list[BaseGeometry] = []
    for block in numpy.unique(cells // _BLOCK, axis=0):
        low = block * _BLOCK - _MARGIN
        inside = cells - low
        here = inside[((inside >= 0) & (inside < _BLOCK + 2 * _MARGIN)).all(axis=1)]
        parts += _outlines(here, low, block)
    return list(shapely.get_parts(shapely.union_all(parts)))


def _outlines(cells: NDArray, low: NDArray, block: NDArray) -> Iterator[BaseGeometry]:
    """Outlines within one block, from the cells of its postcodes counted from *low*."""
    counts = numpy.zeros((_BLOCK + 2 * _MARGIN,) * 2)
    numpy.add.at(counts, (cells[:, 1], cells[:, 0]), 1)
    for axis in (0, 1, 0, 1):
        counts = _evened_out(counts, axis)
    columns, rows = (CELL * (start + numpy.arange(len(counts)) + 0.5) for start in low)
    density = counts / (CELL * km_across(rows))[:, None] ** 2
    contours = contour_generator(columns, rows, density, fill_type=FillType.OuterOffset)
    west, north = CELL * (block * _BLOCK + 0.5)
    for points, starts in zip(*contours.filled(_BUILT_UP, float("inf")), strict=True):
        rings = [points[start:end] for start, end in pairwise(starts)]
        yield shapely.clip_by_rect(
            Polygon(rings[0], rings[1:]), west, north, west + CELL * _BLOCK, north + CELL * _BLOCK
        )


def _evened_out(counts: NDArray, axis: int) -> NDArray:
    """Each cell's mean over its neighbours along *axis*."""
    steps = range(-_REACH, _REACH + 1)
    return numpy.sum([numpy.roll(counts, step, axis) for step in steps], axis=0) / len(steps)
