"""Making entries of published rows, on rows of our own making."""

import pytest

from places.gazetteer.files import entry
from places.gazetteer.nearest import Towns, km_between
from places.gazetteer.towns import towns


def city(
    id, name, country="GB", region="ENG", at=(53.0, -1.0), people=1000, zone="Europe/London", alternates=()
):
    return {
        "geonameid": id,
        "name": name,
        "countrycode": country,
        "admin1code": region,
        "latitude": at[0],
        "longitude": at[1],
        "population": people,
        "timezone": zone,
        "alternatenames": list(alternates),
    }


def built(*cities, county_at=lambda position: ""):
    entries, names = towns(cities, county_at)
    return {entry.slug: entry for entry in entries}, names


def names_of(names, slug):
    return {name.name: name.is_preferred for name in names if name.slug == slug}


def test_codes_of_regions_become_those_of_iso_3166():
    entries, _ = built(
        city(1, "Toronto", "CA", "08"),
        city(2, "Sydney", "AU", "02"),
        city(3, "Berlin", "DE", "16"),
        city(4, "Auckland", "NZ", "E7"),
        city(5, "San Juan", "PR", "00"),
        city(6, "Boston", "US", "MA"),
    )
    assert {entry.slug: (entry.country, entry.region) for entry in entries.values()} == {
        "toronto-on": ("CA", "Ontario"),
        "sydney-nsw": ("AU", "New South Wales"),
        "berlin-be": ("DE", "Berlin"),
        "auckland-auk": ("NZ", "Auckland"),
        "san-juan-pr": ("US", "Puerto Rico"),
        "boston-ma": ("US", "Massachusetts"),
    }


def test_towns_abroad_are_kept_from_fifteen_thousand_people():
    entries, _ = built(
        city(1, "Paris", "FR", "11", people=2_000_000), city(2, "Petit", "FR", "11", people=14_999)
    )
    assert list(entries) == ["paris"]


def test_two_entries_of_one_town_become_one():
    entries, _ = built(
        city(1, "Ash", at=(53.0, -1.0), people=600),
        city(2, "Ash", at=(53.05, -1.05), people=900),
        city(3, "Elm", at=(53.0, -1.0), people=700),
        city(4, "Elm", at=(54.0, -1.0), people=700),
    )
    assert {entry.population for entry in entries.values()} == {900, 700}
    assert len(entries) == 2


def test_the_older_of_two_towns_of_a_name_keeps_the_plain_address():
    entries, _ = built(city(7, "Ash", at=(53, -1), people=600), city(3, "Ash", at=(51, 1), people=900))
    assert {slug: entry.population for slug, entry in entries.items()} == {"ash-eng": 900, "ash-eng-7": 600}


def test_namesakes_are_told_apart_by_county():
    entries, _ = built(
        city(1, "Ash", at=(53, -1), people=600),
        city(2, "Ash", at=(51, 1), people=900),
        county_at=lambda position: "Kent" if position[0] < 52 else "Derbyshire",
    )
    assert {entry.hint for entry in entries.values()} == {"Kent", "Derbyshire"}


def test_namesakes_are_told_apart_by_larger_towns_where_there_is_no_county():
    entries, _ = built(
        city(1, "Springfield", "US", "OH", at=(40, -83), people=600),
        city(2, "Springfield", "US", "OH", at=(41, -81), people=900),
        city(3, "Dayton", "US", "OH", at=(39.9, -83.1), people=140_000),
        city(4, "Akron", "US", "OH", at=(41.1, -81.2), people=190_000),
    )
    assert entries["springfield-oh"].hint == "near Dayton"
    assert entries["springfield-oh-2"].hint == "near Akron"
    assert entries["dayton-oh"].hint == ""


@pytest.mark.parametrize(
    ("name", "country", "preferred"),
    [
        ("Newcastle upon Tyne", "GB", {"Newcastle upon Tyne", "Newcastle"}),
        ("Stoke-on-Trent", "GB", {"Stoke-on-Trent", "Stoke"}),
        ("Weston-super-Mare", "GB", {"Weston-super-Mare", "Weston"}),
        ("Frankfurt am Main", "DE", {"Frankfurt am Main", "Frankfurt"}),
        ("Halle (Saale)", "DE", {"Halle (Saale)", "Halle"}),
        ("Kingston upon Hull", "GB", {"Kingston upon Hull", "Hull"}),
        ("Leeds", "GB", {"Leeds"}),
        ("Bath", "GB", {"Bath"}),
    ],
)
def test_short_names(name, country, preferred):
    _, names = built(city(1, name, country))
    assert {name.name for name in names if name.is_preferred} == preferred


def test_names_worth_keeping():
    _, names = built(
        city(
            1,
            "Leeds",
            people=536_280,
            alternates=["Leeds", "LBA", "Loidis", "lidsa", "Лидс", "li ci", "Leeds (England)", "LS1"],
        ),
        county_at=lambda position: "Yorkshire",
    )
    assert names_of(names, "leeds-eng") == {
        "Leeds": True,
        "Leeds, Yorkshire": False,
        "Loidis": False,
        "Лидс": False,
    }


def test_what_a_small_town_was_called_stays_the_name_of_the_town_called_so_now():
    _, names = built(
        city(1, "Savage", "US", "MN", people=30_000, alternates=["Hamilton", "Glendale"]),
        city(2, "Hamilton", "CA", "08", people=570_000),
    )
    assert names_of(names, "savage-mn") == {"Savage": True, "Glendale": False}


def test_german_names_can_be_typed_without_umlauts():
    _, names = built(city(1, "Göttingen", "DE", "06"))
    assert {name.folded for name in names} == {"gottingen", "goettingen"}


def town(name, at, people):
    return entry("town", "GB", "", name, name.lower(), at, population=people, source="made up")


@pytest.fixture
def grid():
    return Towns(
        [
            town("Leeds", (53.797, -1.548), 536_280),
            town("Ilkley", (53.925, -1.823), 14_809),
            town("Adel", (53.851, -1.588), 5_000),
        ]
    )


def test_a_village_yields_to_the_city_and_a_town_stands_its_ground(grid):
    assert grid.main((53.80, -1.55), "GB").name == "Leeds"
    assert grid.main((53.84, -1.59), "GB").name == "Leeds"
    assert grid.main((53.92, -1.83), "GB").name == "Ilkley"


def test_nearest_town(grid):
    assert grid.nearest((53.85, -1.6), "GB").name == "Adel"
    assert grid.nearest((53.85, -1.6), "GB", 10_000).name == "Leeds"
    assert grid.nearest((53.85, -1.6), "GB", 10_000, but="Leeds").name == "Ilkley"
    assert grid.nearest((58.0, -4.0), "GB").name == "Ilkley"
    assert grid.nearest((53.85, -1.6), "FR") is None
    assert grid.main((10, 10), "GB") is None


def test_km_between():
    assert km_between((51.5, -0.1), (52.5, -0.1)) == pytest.approx(111.2, abs=0.1)
    assert km_between((60, 10), (60, 11)) == pytest.approx(55.6, abs=0.1)
