"""Suggestions while somebody types, from the whole gazetteer."""

import pytest

from places.models import Place

pytestmark = pytest.mark.django_db


def suggested(text, country=None, **limit):
    return [place.label for place in Place.objects.suggest(text, country, **limit)]


@pytest.mark.parametrize(
    ("typed", "country", "first"),
    [
        ("lee", "GB", "Leeds, England"),
        ("Lon", None, "London, England"),
        ("st alb", None, "St Albans, England"),
        ("saint alb", None, "St Albans, England"),
        ("münch", None, "Munich, Bavaria"),
        ("munch", None, "Munich, Bavaria"),
        ("york, p", None, "York, Pennsylvania"),
        ("portland, mai", None, "Portland, Maine"),
        ("newcastle", "AU", "Newcastle, New South Wales"),
        ("LS1", None, "LS1"),
        ("ls1 4", None, "LS1 4"),
        ("LS1 4A", None, "LS1 4"),
        ("ls14ap", None, "LS1 4"),
        ("m5v 2", None, "M5V Downtown Toronto, ON"),
        ("d0", None, "D01 Dublin 1"),
        ("1000", "US", "10001 New York, NY"),
        ("10115", "DE", "10115 Berlin"),
        ("sw1", None, "SW1"),
    ],
)
def test_first_suggestion(typed, country, first):
    assert suggested(typed, country)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "L", "\x00", "%", "_", "😀", "\ud800", "x" * 101, "zzzzqq"])
def test_nothing_to_suggest(typed):
    assert suggested(typed) == []


def test_only_places_of_countries_that_are_covered():
    assert all(place.is_covered for place in Place.objects.suggest("par", limit=50))
    assert suggested("par", "FR") == []


def test_limit_and_no_repeats():
    assert len(suggested("new", limit=3)) == 3
    places = suggested("london", limit=40)
    assert len(places) == len(set(places))


def test_a_name_that_holds_a_pattern_is_taken_literally():
    assert suggested("Le_ds") == suggested("L%") == []


@pytest.mark.parametrize("typed", ["lee", "ls1", "sa", "york, p", "LS1 4AP", "100"])
def test_few_queries(typed, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        Place.objects.suggest(typed)
