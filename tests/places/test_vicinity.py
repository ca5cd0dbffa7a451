"""A position that somebody gave: rounded, on the Earth, and by a town."""

import pytest

from places.distance import Point
from places.vicinity import Vicinity
from tests.factories import create_place


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("53.80,-1.55", "53.80,-1.55"),
        ("53.799671,-1.549213", "53.80,-1.55"),
        ("53.8,-1.6", "53.80,-1.60"),
        ("0,0", "0.00,0.00"),
        ("-0.001,-0.004", "0.00,0.00"),
        ("90,180", "90.00,180.00"),
        ("-90,-180", "-90.00,180.00"),
        ("-33.8688,-179.9999", "-33.87,180.00"),
    ],
)
def test_a_position_is_rounded_to_a_cell_that_stays_itself(text, slug):
    assert Vicinity.around(text).slug == slug
    assert Vicinity.around(slug).slug == slug


@pytest.mark.parametrize(
    "text",
    [
        "", ",", "53.80", "53.80,-1.55,0", "90.01,0", "-91,0", "0,180.01", "0,-999", "nan,0", "0,inf", "1e1,0", "+1,0",
        " 1,0", "1,0\n", "٥٣,١", "0x1,0", "1.,0", ".5,0", "--1,0", "9" * 400 + ",0", "53.8;-1.5",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"position"):
        Vicinity.around(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "town", "country"),
    [
        ("53.80,-1.55", "Leeds", "GB"),
        ("53.92,-1.82", "Ilkley", "GB"),  # a town stands its ground beside a city
        ("40.75,-73.99", "New York City", "US"),
        ("-33.87,151.21", "Sydney", "AU"),
        ("48.86,2.35", "Paris", "FR"),
        ("90.00,0.00", None, ""),
        ("-60.00,-140.00", None, ""),
    ],
)
def test_the_town_it_is_by(text, town, country, django_assert_max_num_queries):
    here = Vicinity.around(text)
    with django_assert_max_num_queries(2):
        assert (here.town and here.town.name, here.country) == (town, country)


@pytest.mark.django_db
def test_towns_are_found_across_the_date_line():
    town = create_place(name="Edge", point=Point(-72.0, 179.95), population=10)
    assert Vicinity.around("-72.00,-179.95").town == town
    assert Vicinity.around("-72.00,179.99").town == town
