"""Distances on the Earth: the one expression for PostgreSQL, and the exact figure that people are shown.

A position is kept as its unit vector in a ``cube`` column. The straight line (chord) between two unit vectors
grows with the great-circle distance, so ordering by chord is ordering by distance, at the poles and across the
date line too. A chord c stands for the distance 2 R asin(c / 2) on a sphere of mean radius R.
"""

from math import acos, asin, cos, pi, radians, sin
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from geopy.distance import geodesic

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 = (2a + b) / 3 of WGS 84 (IUGG; Moritz 2000)
ELLIPSOID = geodesic()  # WGS 84; kept, as each new one works out its series again
HALF_CIRCUMFERENCE_KM = EARTH_RADIUS_KM * pi
ROUNDING = 1e-7  # of a coordinate on the unit sphere, 0.6 m: more than acos loses where it is steepest
KM_PER_MILE = 1.609344  # exact, international yard and pound agreement of 1959


class Point(NamedTuple):
    """A position in degrees, WGS 84."""

    latitude: float
    longitude: float

    @property
    def unit_vector(self) -> tuple[float, float, float]:
        """The point on the unit sphere: (x, y, z), each -1 to 1."""
        latitude, longitude = radians(self.latitude), radians(self.longitude)
        return (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))

    def km_to(self, other: "Point") -> float:
        """The geodesic distance on the WGS 84 ellipsoid, in km (Karney 2013, by geographiclib)."""
        return ELLIPSOID.measure(self, other)


def chord_of(km: float) -> float:
    """The chord of the unit sphere that spans *km* of great circle; 2 (the diameter) beyond the antipode."""
    return 2 * sin(min(km, HALF_CIRCUMFERENCE_KM) / (2 * EARTH_RADIUS_KM))


def km_of(chord: float) -> float:
    """The great-circle distance in km that a chord of the unit sphere spans."""
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, chord / 2))


class CubeField(models.Field):
    """A PostgreSQL ``cube`` value; read as its text, since only PostgreSQL ever computes with it."""

    description = "A point or box of the cube extension"

    def db_type(self, connection) -> str:
        return "cube"


def _cube(vector: tuple[float, ...]) -> Func:
    return Func(
        Value(list(vector), output_field=ArrayField(models.FloatField())),
        function="cube",
        output_field=CubeField(),
    )


class Chord(Func):
    """The chord between a cube column and a point: ``position <-> point``, which a GiST index can order by."""

    template = "(%(expressions)s)"
    arg_joiner = " <-> "
    output_field = models.FloatField()

    def __init__(self, column: str, point: Point):
        super().__init__(F(column), _cube(point.unit_vector))


def box_about(point: Point, km: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The least and the greatest coordinates on the unit sphere of what lies within *km* of *point*.

    Seen from an axis the point is at the angle acos(coordinate), and what is near it at that angle give or take km / R.
    """
    reach = min(km, HALF_CIRCUMFERENCE_KM) / EARTH_RADIUS_KM
    angles = [acos(coordinate) for coordinate in point.unit_vector]
    least = tuple(cos(min(pi, angle + reach)) - ROUNDING for angle in angles)
    return least, tuple(cos(max(0.0, angle - reach)) + ROUNDING for angle in angles)


class InBox(Func):
    """Whether a cube column lies in the box about a point that holds every position within *km*."""

    template = "(%(expressions)s)"
    arg_joiner = " <@ "
    output_field = models.BooleanField()

    def __init__(self, column: str, point: Point, km: float):
        corners = (
            Value(list(corner), output_field=ArrayField(models.FloatField()))
            for corner in box_about(point, km)
        )
        super().__init__(F(column), Func(*corners, function="cube", output_field=CubeField()))
