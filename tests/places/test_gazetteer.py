"""The data that comes with the project: how much there is, and that it is sound."""

from pathlib import Path
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count

from places.countries import COVERED, NAMES
from places.distance import Point
from places.loading import FILES
from places.models import Place, PlaceName
from places.naming import fold
from places.regions import REGIONS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "kind", "least"),
    [
        ("GB", "sector", 10_500),
        ("GB", "outcode", 2_900),
        ("US", "zip", 41_000),
        ("CA", "fsa", 1_600),
        ("AU", "postcode", 3_100),
        ("NZ", "postcode", 1_700),
        ("IE", "routing_key", 139),
        ("DE", "postcode", 10_000),
    ],
)
def test_counts_of_codes(country, kind, least):
    assert Place.objects.filter(country=country, kind=kind).count() >= least


def test_count_of_towns():
    towns = Place.objects.filter(kind="town")
    assert towns.count() >= 60_000
    assert towns.filter(country__in=COVERED).count() >= 49_000


def test_the_command_prints_the_counts_and_that_nothing_changed(capsys):
    call_command("load_places")
    printed = capsys.readouterr().out
    for line in (
        "United Kingdom: 10,846 postcode sectors, 2,953 postcode districts, 5,911 towns",
        "Ireland: 139 Eircode routing keys",
        "Nothing changed.",
    ):
        assert line in printed


def test_files_are_small():
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 8_000_000
    assert Path(settings.BASE_DIR, "fixtures", "places") == FILES


def test_names_are_folded_as_typed_text_is():
    names = PlaceName.objects.values_list("name", "folded").iterator()
    assert [name for name, folded in names if fold(name) != folded] == []


def test_towns_that_are_offered_together_can_be_told_apart():
    shared = Place.objects.filter(kind="town", country__in=COVERED).values(
        "country", "region", "name", "hint"
    )
    assert list(shared.annotate(times=Count("id")).filter(times__gt=1)) == []


def test_towns_weigh_what_their_people_do():
    leeds = Place.objects.at("gb", "leeds-eng")
    assert {(name.country, name.weight) for name in leeds.names.filter(is_preferred=True)} == {
        ("GB", leeds.population)
    }
    assert {name.weight for name in leeds.names.filter(is_preferred=False)} == {leeds.population // 10}


def test_every_covered_place_has_a_time_zone_that_exists():
    zones = set(Place.objects.filter(country__in=COVERED).values_list("timezone", flat=True).distinct())
    assert zones - {""} <= available_timezones()
    assert Place.objects.filter(country__in=COVERED, timezone="").count() <= 1  # Wake Island


def test_regions_are_those_of_the_tables():
    rows = (
        Place.objects.filter(country__in=REGIONS).values_list("country", "region_code", "region").distinct()
    )
    wrong = [row for row in rows if row[1] and REGIONS[row[0]].get(row[1]) != row[2]]
    assert wrong == []
    assert Place.objects.filter(country__in=REGIONS, region_code="").count() <= 2


def test_countries_have_names():
    assert set(Place.objects.values_list("country", flat=True).distinct()) <= set(NAMES)


def test_addresses_are_plain():
    assert not Place.objects.exclude(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$").exists()


@pytest.mark.parametrize("code", ["H0H", "LS1 4AP", "09001", "96960"])
def test_left_out(code):
    assert not Place.objects.filter(code=code).exists()


def test_no_place_is_at_the_origin():
    assert not Place.objects.filter(latitude=0, longitude=0).exists()


# From the Ordnance Survey's own map references and the towns' published positions.
@pytest.mark.parametrize(
    ("code", "name", "region_code", "position", "km"),
    [
        ("LS1 4", "Leeds", "ENG", (53.7955, -1.5512), 1),
        ("LS1", "Leeds", "ENG", (53.798, -1.549), 1),
        ("LS29 9", "Ilkley", "ENG", (53.925, -1.82), 3),
        ("SW1A 1", "London", "ENG", (51.5034, -0.1419), 1),
        ("SW1", "London", "ENG", (51.495, -0.14), 2),
        ("RH4", "Dorking", "ENG", (51.232, -0.334), 4),
        ("EH1 1", "Edinburgh", "SCT", (55.950, -3.189), 1),
        ("CF10 1", "Cardiff", "WLS", (51.480, -3.178), 2),
        ("ZE1 0", "Lerwick", "SCT", (60.155, -1.15), 3),
        ("TR21 0", "Hugh Town", "ENG", (49.915, -6.31), 2),
        ("BT1", "Belfast", "NIR", (54.60, -5.93), 3),
        ("M5V", "Downtown Toronto", "ON", (43.643, -79.394), 2),
        ("T4M", "Blackfalds", "AB", (52.38, -113.79), 3),
        ("96813", "Honolulu", "HI", (21.31, -157.86), 4),
        ("99701", "Fairbanks", "AK", (64.84, -147.7), 10),
        ("6011", "Mount Victoria", "WGN", (-41.296, 174.784), 3),
    ],
)
def test_known_positions(code, name, region_code, position, km):
    place = Place.objects.get(code=code, region_code=region_code)
    assert place.name == name
    assert Point(place.latitude, place.longitude).km_to(Point(*position)) < km


def test_sectors_lie_near_their_outcodes():
    outcodes = {place.code: place for place in Place.objects.filter(country="GB", kind="outcode")}
    far = []
    for sector in Place.objects.filter(kind="sector"):
        outcode = outcodes[sector.code.split()[0]]
        km = Point(sector.latitude, sector.longitude).km_to(Point(outcode.latitude, outcode.longitude))
        if km > 60:
            far.append((sector.code, km))
    assert far == []
