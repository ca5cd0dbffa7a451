"""Places by their address, and what they are called."""

import pytest
from django.db import IntegrityError, transaction

from places.models import Place, PlaceName

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "slug", "label"),
    [
        ("gb", "ls1-4", "LS1 4"),
        ("GB", "LS1", "LS1"),
        ("gb", "sw1", "SW1"),
        ("gb", "leeds-eng", "Leeds, England"),
        ("us", "10001", "10001 New York, NY"),
        ("us", "york-pa", "York, Pennsylvania"),
        ("ca", "m5v", "M5V Downtown Toronto, ON"),
        ("au", "2000", "2000 Sydney, NSW"),
        ("au", "wagga-wagga-nsw", "Wagga Wagga, New South Wales"),
        ("nz", "1010", "1010 Auckland"),
        ("ie", "d02", "D02 Dublin 2"),
        ("de", "munich-by", "Munich, Bavaria"),
        ("de", "10115", "10115 Berlin"),
        ("je", "saint-helier", "Saint Helier, Jersey"),
        ("us", "san-juan-pr", "San Juan, Puerto Rico"),
        ("gb", "whitchurch-eng", "Whitchurch, Shropshire, England"),
    ],
)
def test_at_its_address(country, slug, label):
    place = Place.objects.at(country, slug)
    assert place.label == str(place) == label


@pytest.mark.parametrize(
    ("country", "slug"),
    [
        ("gb", "ls1-4ap"),
        ("us", "ls1-4"),
        ("zz", "leeds-eng"),
        ("", ""),
        ("GB", "ls1 4"),
        ("gb", "ls1\x00"),
        ("g\ud800", "ls1"),
    ],
)
def test_no_place_at_an_address(country, slug):
    with pytest.raises(Place.DoesNotExist):
        Place.objects.at(country, slug)


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91},
        {"longitude": -181},
        {"country": "gb"},
        {"slug": "leeds-eng"},
        {"code": ""},
        {"kind": "town"},
        {"code": "LS1"},
    ],
)
def test_postgresql_refuses(wrong):
    right = {
        "kind": "outcode",
        "country": "GB",
        "code": "LS0",
        "name": "Leeds",
        "slug": "ls0",
        "latitude": 53.8,
        "longitude": -1.5,
        "precision": "district",
        "source": "test",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(**(right | wrong))


def test_a_name_saved_by_itself_follows_its_town():
    leeds = Place.objects.at("gb", "leeds-eng")
    name = PlaceName.objects.create(place=leeds, name="Qu. St. Leédshire")
    assert (name.folded, name.country, name.weight) == ("qu saint leedshire", "GB", leeds.population // 10)
    assert Place.objects.find("qu st leedshire").place == leeds
