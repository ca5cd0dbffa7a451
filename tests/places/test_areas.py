"""Coarse areas, on the real gazetteer."""

import pytest

from places.areas import Area, area_centre, area_name, area_of, has_own_page
from places.distance import Point
from places.models import Place
from places.vicinity import Vicinity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "slug", "code"),
    [
        ("GB", "ls1-4", "LS1"),
        ("GB", "ze1", "ZE1"),
        ("GB", "lerwick-sct", "ZE1"),
        ("US", "10001", "100"),
        ("CA", "m5v", "M5V"),
        ("IE", "d02", "D02"),
        ("DE", "10115", "10"),
        ("AU", "2650", "26"),
        ("NZ", "6011", "60"),
    ],
)
def test_the_area_of_a_place(country, slug, code):
    assert area_of(Place.objects.at(country, slug)) == Area(country, code)


def test_every_town_and_code_of_a_covered_country_has_an_area_no_finer_than_a_district():
    for place in Place.objects.filter(country__in=["GB", "US"]).order_by("?")[:50]:
        area = area_of(place)
        assert area is not None
        assert " " not in area.code
        assert len(area.code) <= (4 if place.country == "GB" else 3)


def test_a_position_has_the_area_of_its_town():
    assert area_of(Vicinity.around("60.15,-1.15")) == Area("GB", "ZE1")
    assert area_of(Vicinity.around("0.00,-30.00")) is None


def test_a_town_elsewhere_has_none():
    assert area_of(Place.objects.filter(country="FR").first()) is None


def test_an_area_is_called_after_a_town():
    assert area_name(Area("GB", "ZE1")) == "Lerwick, Scotland"
    assert area_name(Area("US", "995")) == "Anchorage, Alaska"
    assert area_name(Area("US", "000")) == ""


def test_the_middle_of_an_area_is_no_finer_than_a_kilometre():
    middle = area_centre(Area("US", "995"))
    assert middle == (round(middle.latitude, 2), round(middle.longitude, 2))
    assert middle.km_to(Point(61.2, -149.9)) < 400  # Anchorage
    assert area_centre(Area("US", "000")) is None


def test_a_town_is_looked_up_once(django_assert_num_queries):
    town = Place.objects.at("GB", "lerwick-sct")
    area_of(town)
    with django_assert_num_queries(0):
        area_of(town)


@pytest.mark.parametrize(("country", "expected"), [("GB", True), ("US", False), ("CA", True), ("DE", False)])
def test_which_areas_can_be_searched_from(country, expected):
    assert has_own_page(country) is expected
