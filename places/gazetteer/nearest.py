"""Which town a position belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import cos, floor, hypot, radians

from places.distance import EARTH_RADIUS_KM
from places.gazetteer.files import Entry
from places.naming import fold

Position = tuple[float, float]  # degrees north, degrees east

_CELL = 0.5  # degrees
_MOST_RINGS = 40


def km_between(one: Position, other: Position) -> float:
    """The distance in km as on a flat map, good to a few percent within a few hundred km."""
    mean = radians((one[0] + other[0]) / 2)
    return EARTH_RADIUS_KM * hypot(radians(one[0] - other[0]), radians(one[1] - other[1]) * cos(mean))


class Towns:
    """Towns in a grid of half-degree cells, to be asked for by position."""

    def __init__(self, towns: Iterable[Entry]):
        self._cells: dict[tuple[str, int, int], list[Entry]] = defaultdict(list)
        self._called: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for town in towns:
            self._cells[(town.country, *_cell((town.latitude, town.longitude)))].append(town)
            self._called[town.country, fold(town.name)].append(town)

    def called(self, name: str, country: str) -> list[Entry]:
        """The towns of a name."""
        return self._called.get((country, fold(name)), [])

    def nearest(self, position: Position, country: str, least: int = 0, but: str = "") -> Entry | None:
        """The nearest town of *least* people or more that is not called *but*, if one is within several degrees."""
        found = None
        for ring in range(_MOST_RINGS):
            near = [
                (km_between(position, (town.latitude, town.longitude)), town.slug, town)
                for town in self._ring(position, country, ring)
                if (town.population or 0) >= least and town.name != but
            ]
            found, previous = min([*near, *([found] if found else [])], default=None), found
            if previous:
                break  # one ring further than the first that had any, since a cell's corner is further than its side
        return found[2] if found else None

    def main(self, position: Position, country: str) -> Entry | None:
        """The town people would say the position is in: the one with the most people for its distance cubed.

        A village yields to the city it is next to, and a town stands its ground some way off: LS16 is Leeds, LS29
        Ilkley, RH4 Dorking and not London.
        """
        pulls = [
            (
                (town.population or 1) / (1 + km_between(position, (town.latitude, town.longitude))) ** 3,
                town.slug,
                town,
            )
            for ring in (0, 1)
            for town in self._ring(position, country, ring)
        ]
        return max(pulls)[2] if pulls else self.nearest(position, country)

    def _ring(self, position: Position, country: str, ring: int) -> Iterator[Entry]:
        row, column = _cell(position)
        for up in range(-ring, ring + 1):
            step = 1 if abs(up) == ring else 2 * ring
            for right in range(-ring, ring + 1, step or 1):
                yield from self._cells.get((country, row + up, column + right), ())


def _cell(position: Position) -> tuple[int, int]:
    return floor(position[0] / _CELL), floor(position[1] / _CELL)
