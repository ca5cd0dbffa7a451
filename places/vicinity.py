"""About where somebody is: a cell of the Earth about 1 km wide, and the town it is by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from math import cos, dist, radians
from typing import TYPE_CHECKING

from django.db.models import Q

from places.distance import Point, km_of

if TYPE_CHECKING:
    from places.models import Place

DECIMALS = 2  # of a degree: a cell is 1.1 km from north to south, and less from west to east
_POSITION = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,17})?),(-?[0-9]{1,3}(?:\.[0-9]{1,17})?)")
_REACHES = (0.25, 2.0)  # degrees of latitude to look for a town in, the nearer first


@dataclass(frozen=True)
class Vicinity:
    """Stands where a ``Place`` stands in a search, for a person who gave a position instead of a name."""

    latitude: float  # degrees north, WGS 84, rounded
    longitude: float  # degrees east, more than -180, rounded
    on_map: bool = False  # the middle of a map that was moved there, rather than where the person is

    @classmethod
    def around(cls, text: str, *, on_map: bool = False) -> Vicinity:
        """The cell of a position written as degrees north and east, "53.80,-1.55"; ValueError for anything else."""
        match = _POSITION.fullmatch(text)
        if not match:
            raise ValueError("A position is two numbers of degrees, such as 53.80,-1.55.")
        latitude, longitude = (round(float(number), DECIMALS) + 0.0 for number in match.groups())
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise ValueError("There is no such position on the Earth.")
        return cls(latitude, 180.0 if longitude == -180 else longitude, on_map)

    @property
    def slug(self) -> str:
        """Its part of an address: "53.80,-1.55"."""
        return f"{self.latitude:.{DECIMALS}f},{self.longitude:.{DECIMALS}f}"

    @cached_property
    def town(self) -> Place | None:
        """The town people would say it is in or by; None at sea and far from any town. One or two queries.

        The one with the most people for its distance cubed: a village yields to the city it is next to.
        """
        here = Point(self.latitude, self.longitude).unit_vector

        def pull(town: Place) -> float:
            km = km_of(dist(here, Point(town.latitude, town.longitude).unit_vector))
            return (town.population or 1) / (1 + km) ** 3

        return next((max(towns, key=pull) for reach in _REACHES if (towns := self._towns(reach))), None)

    def _towns(self, reach: float) -> list[Place]:
        from places.models import Place  # here, because that module's querysets may lead to this one

        across = min(reach / max(cos(radians(self.latitude)), 0.01), 180)
        west, east = self.longitude - across, self.longitude + across
        near = Q(longitude__range=(west, east))
        if west < -180:
            near |= Q(longitude__gte=west + 360)
        if east > 180:
            near |= Q(longitude__lte=east - 360)
        latitudes = (self.latitude - reach, self.latitude + reach)
        return list(Place.objects.filter(near, kind=Place.Kind.TOWN, latitude__range=latitudes))

    @property
    def label(self) -> str:
        """What people call it: "where you are, near Leeds, England"."""
        here = "the middle of the map" if self.on_map else "where you are"
        return f"{here}, near {self.town.label}" if self.town else here

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code of the town's country; empty where there is no town."""
        return self.town.country if self.town else ""

    @property
    def country_name(self) -> str:
        return self.town.country_name if self.town else ""

    @property
    def region(self) -> str:
        return self.town.region if self.town else ""

    @property
    def region_code(self) -> str:
        return self.town.region_code if self.town else ""
