"""The box about a point on the unit sphere: it holds the whole circle, and is no larger than that."""

from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from places.distance import EARTH_RADIUS_KM, ROUNDING, Point, box_about

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
NULL_ISLAND, POLE, LEEDS = Point(0, 0), Point(90, 0), Point(53.8, -1.55)


def from_there(point: Point, bearing: float, km: float) -> Point:
    """Where one gets from *point* on the sphere by a great circle that sets out at *bearing* (radians)."""
    north, reach = radians(point.latitude), km / EARTH_RADIUS_KM
    latitude = asin(max(-1.0, min(1.0, sin(north) * cos(reach) + cos(north) * sin(reach) * cos(bearing))))
    east = atan2(sin(bearing) * sin(reach) * cos(north), cos(reach) - sin(north) * sin(latitude))
    return Point(degrees(latitude), point.longitude + degrees(east))


@given(point=points, km=st.floats(0.1, 21_000), bearing=st.floats(0, 2 * pi), part=st.floats(0, 1))
@example(point=POLE, km=200, bearing=0, part=1)
@example(point=NULL_ISLAND, km=0.1, bearing=pi / 2, part=1)
@example(point=Point(-17, 180), km=320, bearing=pi / 2, part=1)
def test_holds_all_that_is_within_reach(point, km, bearing, part):
    least, greatest = box_about(point, km)
    found = from_there(point, bearing, part * km).unit_vector
    assert all(low <= each <= high for low, each, high in zip(least, found, greatest, strict=True))


@pytest.mark.parametrize("km", [1, 10, 320])
@pytest.mark.parametrize("point", [LEEDS, Point(-36.85, 174.76), Point(40.71, -74.01)])
def test_touches_the_circle_on_each_side(point, km):
    rim = [from_there(point, turn * pi / 720, km).unit_vector for turn in range(1440)]
    least, greatest = box_about(point, km)
    near_enough = 1e-5 * km / EARTH_RADIUS_KM + 2 * ROUNDING
    for axis, along in enumerate(zip(*rim, strict=True)):
        assert least[axis] == pytest.approx(min(along), abs=near_enough)
        assert greatest[axis] == pytest.approx(max(along), abs=near_enough)
