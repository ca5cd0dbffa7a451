"""Two listings, and what speaks for their being of one clinic."""

from dataclasses import replace

import pytest

from clinics.duplicates.likeness import BLOCK_DEGREES, ENOUGH, Listing, blocks, reasons, score

HERON = Listing(
    pk=1,
    name="Heron Clinic, Inc.",
    street="12 North Park Street, Suite 3",
    town="Leeds",
    postcode="LS1 4AP",
    country="GB",
    phone="+44 113 496 0001",
    email="",
    website="https://www.heron.example/leeds",
    latitude=53.8,
    longitude=-1.55,
    position_precision="rooftop",
    setting="in-clinic",
    is_sample=False,
)
ALIKE = {
    "The Heron clinic": 0.9,
    "Heron Clinic, Outpatients": 0.7,
    "Curlew House": 0.05,
    "Heronn Clinics": 0.65,
}


def compared(**changes) -> list[str]:
    other = replace(HERON, pk=2, **changes)
    similarity = 1.0 if other.name == HERON.name else ALIKE[other.name]
    return [reason.said for reason in reasons(HERON, other, similarity=similarity)]


def points(**changes) -> int:
    other = replace(HERON, pk=2, **changes)
    similarity = 1.0 if other.name == HERON.name else ALIKE[other.name]
    return score(reasons(HERON, other, similarity=similarity))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "The same name"),
        ({"name": "The Heron clinic"}, "The same name"),
        ({"name": "Heron Clinic, Outpatients"}, "One name holds all words of the other"),
        ({"name": "Heronn Clinics"}, "Names much alike (65% alike)"),
        ({"name": "Curlew House"}, "Different names (5% alike)"),
        ({"street": "12 N. Park St"}, "The same street address"),
        ({"street": "Unit 4, 12 N Park St"}, "The same street address"),
        ({"street": "12 North Park Street Suite 5"}, "A different floor, suite or building"),
        ({"street": "12 North Prak Street"}, "Nearly the same street address"),
        ({"street": "14 North Park Street"}, "Different street addresses"),
        ({"postcode": "LS2 9AA"}, "Different postcodes"),
        ({"phone": "+44 113 496 0001 ext. 7"}, "The same phone number, another extension"),
        ({"phone": "+44 113 496 0002"}, "Different phone numbers"),
        ({"website": "http://heron.example"}, "The same website, heron.example"),
        ({"latitude": 53.8002}, "22 m apart"),
        ({"latitude": 53.9}, "11.1 km apart"),
        ({"setting": "remote"}, "One is remote, the other is not"),
    ],
)
def test_each_reason_is_said(changes, said):
    assert said in compared(**changes)


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"phone": ""}, "phone"),
        ({"street": ""}, "street"),
        ({"postcode": ""}, "postcode"),
        ({"latitude": None, "longitude": None}, "apart"),
        ({"website": ""}, "website"),
        ({"email": ""}, "e-mail"),
    ],
)
def test_what_is_not_known_says_nothing(changes, silent):
    assert not [said for said in compared(**changes) if silent in said]


def test_two_in_the_middle_of_one_town_are_not_therefore_near():
    assert not [said for said in compared(position_precision="town") if "apart" in said]


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({}, True),
        ({"phone": "", "website": "", "latitude": None, "longitude": None}, True),
        ({"name": "Heron Clinic, Outpatients", "phone": "+44 113 496 0002"}, True),
        ({"name": "Curlew House"}, True),  # the same door and the same number
        ({"name": "Curlew House", "phone": "+44 113 496 0002"}, False),  # neighbours in one house
        ({"street": "90 Wellington Street", "postcode": "LS2 9AA", "latitude": 53.9}, False),  # two branches
        ({"setting": "remote", "street": "", "postcode": "", "latitude": None, "longitude": None}, False),
    ],
)
def test_what_curators_are_shown(changes, possible):
    assert (points(**changes) >= ENOUGH) == possible


def test_a_score_is_the_sum_of_its_points_and_never_less_than_nothing():
    assert points() == 40 + 30 + 10 + 15 + 25 + 10
    assert points(name="Curlew House", street="1 Other Road", latitude=50.0, phone="+44 113 496 0002") == 0


def test_the_order_of_two_listings_does_not_matter():
    other = replace(HERON, pk=2, name="Curlew House", phone="", street="14 Park Street")
    assert reasons(HERON, other, similarity=0.1) == reasons(other, HERON, similarity=0.1)


def shared(**changes) -> set[str]:
    return set(blocks(HERON)) & set(blocks(replace(HERON, pk=2, **changes)))


ELSEWHERE = {"postcode": "YO1 7HH", "phone": "", "town": "York", "latitude": 53.96, "longitude": -1.08}


@pytest.mark.parametrize(
    "changes",
    [
        ELSEWHERE | {"phone": HERON.phone + " ext. 9"},
        ELSEWHERE | {"town": "Leeds"},
        ELSEWHERE | {"postcode": HERON.postcode, "name": "Curlew House"},
        ELSEWHERE | {"postcode": HERON.postcode, "street": ""},
        ELSEWHERE | {"latitude": 53.8, "longitude": -1.55, "name": "Curlew House"},
    ],
)
def test_one_thing_in_common_is_enough_to_be_compared(changes):
    assert shared(**changes)


def test_with_nothing_in_common_they_are_never_compared():
    assert not shared(**ELSEWHERE)
    assert not shared(is_sample=True)
    assert not shared(country="IE")


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(53.8, -1.55), (0.0, 0.0), (-37.8136, 144.9631), (70.1, 25.9)]
)
@pytest.mark.parametrize(("north", "east"), [(1, 0), (0, 1), (-1, -1), (1, -1)])
def test_listings_near_each_other_share_ground(latitude, longitude, north, east):
    here = replace(HERON, phone="", postcode="", name="", latitude=latitude, longitude=longitude)
    step = BLOCK_DEGREES / 2.2
    there = replace(here, pk=2, latitude=latitude + north * step, longitude=longitude + east * step)
    assert set(blocks(here)) & set(blocks(there))


def test_naughty_text_is_compared_like_any_other():
    for text in ("", "\u202e", "...", "𝓗eron", "Ünïcødé", "1" * 200, "<script>"):
        other = replace(HERON, pk=2, name=text, street=text, phone=text, town=text)
        assert score(reasons(HERON, other, similarity=0)) >= 0
        assert list(blocks(other))
