"""Finding places in the whole gazetteer, as people ask for them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from places.distance import Point
from places.finding import Outcome
from places.models import Place, Precision

pytestmark = pytest.mark.django_db

find = Place.objects.find


def labels(places):
    return [place.label for place in places]


# Text, label, and where it is, to a tenth of a degree.
FOUND = [
    ("LS1 4AP", "LS1 4", (53.8, -1.55)),
    ("ls14ap", "LS1 4", (53.8, -1.55)),
    ("ＬＳ１ ４ＡＰ", "LS1 4", (53.8, -1.55)),
    ("LSI 4AP", "LS1 4", (53.8, -1.55)),
    ("SW1A 1AA", "SW1A 1", (51.5, -0.14)),
    ("W12 7RJ", "W12 7", (51.51, -0.23)),
    ("BT1 5GS", "BT1", (54.6, -5.93)),
    ("ZE1 0AA", "ZE1 0", (60.15, -1.15)),
    ("JE2 3AB", "JE2", (49.19, -2.1)),
    ("M5V 2T6", "M5V Downtown Toronto, ON", (43.64, -79.4)),
    ("K1A 0B1", "K1A Government of Canada Ottawa and Gatineau offices, ON", (45.4, -75.7)),
    ("D02 X285", "D02 Dublin 2", (53.34, -6.25)),
    ("10001", "10001 New York, NY", (40.75, -74.0)),
    ("10001-1234", "10001 New York, NY", (40.75, -74.0)),
    ("90045", "90045 Los Angeles, CA", (33.96, -118.39)),
    ("00601", "00601 Adjuntas, PR", (18.16, -66.72)),
    ("2000", "2000 Sydney, NSW", (-33.87, 151.2)),
    ("2650", "2650 Wagga Wagga, NSW", (-35.2, 147.4)),
    ("80331", "80331 Munich", (48.13, 11.57)),
    ("D-10115", "10115 Berlin", (52.53, 13.38)),
    ("Leeds LS1 4AP", "LS1 4", (53.8, -1.55)),
    ("12 Park Row, Leeds, LS1 5HN", "LS1 5", (53.8, -1.55)),
    ("Sydney NSW 2000", "2000 Sydney, NSW", (-33.87, 151.2)),
    ("10115 Berlin", "10115 Berlin", (52.53, 13.38)),
    ("New York, NY 10115", "10115 New York, NY", (40.81, -73.96)),
    ("Leeds", "Leeds, England", (53.8, -1.55)),
    ("leeds", "Leeds, England", (53.8, -1.55)),
    ("Leeds, UK", "Leeds, England", (53.8, -1.55)),
    ("Leeds England", "Leeds, England", (53.8, -1.55)),
    ("London", "London, England", (51.51, -0.13)),
    ("London, Ontario", "London, Ontario", (42.98, -81.23)),
    ("London ON", "London, Ontario", (42.98, -81.23)),
    ("London, Canada", "London, Ontario", (42.98, -81.23)),
    ("Лондон", "London, England", (51.51, -0.13)),
    ("Newcastle upon Tyne", "Newcastle upon Tyne, England", (54.97, -1.61)),
    ("newcastle-upon-tyne", "Newcastle upon Tyne, England", (54.97, -1.61)),
    ("Newcastle, Staffordshire", "Newcastle under Lyme, England", (53.0, -2.23)),
    ("Newcastle, NSW", "Newcastle, New South Wales", (-32.93, 151.78)),
    ("Newcastle, Northern Ireland", "Newcastle, Northern Ireland", (54.22, -5.89)),
    ("Newcastle NI", "Newcastle, Northern Ireland", (54.22, -5.89)),
    ("York", "York, England", (53.96, -1.08)),
    ("York, PA", "York, Pennsylvania", (39.96, -76.73)),
    ("york pa", "York, Pennsylvania", (39.96, -76.73)),
    ("York, Pennsylvania, USA", "York, Pennsylvania", (39.96, -76.73)),
    ("Portland, Maine", "Portland, Maine", (43.66, -70.26)),
    ("Portland Maine", "Portland, Maine", (43.66, -70.26)),
    ("Paris, TX", "Paris, Texas", (33.66, -95.56)),
    ("St Albans", "St Albans, England", (51.75, -0.34)),
    ("St. Albans", "St Albans, England", (51.75, -0.34)),
    ("Saint Albans", "St Albans, England", (51.75, -0.34)),
    ("st albans, vic", "St Albans, Victoria", (-37.74, 144.8)),
    ("Wagga Wagga", "Wagga Wagga, New South Wales", (-35.13, 147.35)),
    ("München", "Munich, Bavaria", (48.14, 11.58)),
    ("Munchen", "Munich, Bavaria", (48.14, 11.58)),
    ("Muenchen", "Munich, Bavaria", (48.14, 11.58)),
    ("Munich", "Munich, Bavaria", (48.14, 11.58)),
    ("München, Bayern", "Munich, Bavaria", (48.14, 11.58)),
    ("Cologne", "Köln, North Rhine-Westphalia", (50.94, 6.96)),
    ("Göttingen", "Göttingen, Lower Saxony", (51.53, 9.93)),
    ("Goettingen", "Göttingen, Lower Saxony", (51.53, 9.93)),
    ("Hull", "Kingston upon Hull, England", (53.74, -0.33)),
    ("Londonderry", "Derry, Northern Ireland", (55.0, -7.31)),
    ("Stoke-on-Trent", "Stoke-on-Trent, England", (53.0, -2.18)),
    ("King's Lynn", "King's Lynn, England", (52.75, 0.4)),
    ("Kings Lynn", "King's Lynn, England", (52.75, 0.4)),
    ("Washington, D.C.", "Washington, District of Columbia", (38.9, -77.04)),
    ("NYC", "New York City, New York", (40.71, -74.01)),
    ("Montreal", "Montréal, Quebec", (45.51, -73.59)),
    ("Mt Gambier", "Mount Gambier, South Australia", (-37.83, 140.78)),
    ("San Juan", "San Juan, Puerto Rico", (18.47, -66.11)),
    ("Douglas, Isle of Man", "Douglas, Isle of Man", (54.15, -4.48)),
    ("Newport, Isle of Wight", "Newport, Isle of Wight, England", (50.7, -1.29)),
    ("Dublin", "Dublin, Leinster", (53.33, -6.25)),
    ("100 Mile House", "100 Mile House, British Columbia", (51.64, -121.3)),
]
PARTIAL = [
    ("LS1", "LS1"),
    ("LS1 4", "LS1 4"),
    ("SW1", "SW1"),
    ("W1", "W1"),
    ("EC1", "EC1"),
    ("EC4", "EC4"),
    ("WC2", "WC2"),
    ("M5V", "M5V Downtown Toronto, ON"),
    ("D02", "D02 Dublin 2"),
    ("Dublin 2", "D02 Dublin 2"),
    ("D6W", "D6W Dublin 6W"),
    ("BT48", "BT48"),
    ("GY1", "GY1"),
]

AMBIGUOUS = [
    ("1010", ["1010 Sydney, NSW", "1010 Auckland"]),
    ("10115", ["10115 New York, NY", "10115 Berlin"]),
    ("0800", ["0800 Darwin, NT", "0800 Helensville"]),
    ("N1C", ["N1C", "N1C Guelph South, ON"]),
    ("W12", ["W12", "W12 Newbridge"]),
    ("Springfield", ["Springfield, Missouri", "Springfield, Massachusetts", "Springfield, Illinois"]),
    ("Richmond", ["Richmond, Virginia", "Richmond, British Columbia"]),
    ("Cambridge", ["Cambridge, England", "Cambridge, Ontario", "Cambridge, Massachusetts"]),
    ("Whitchurch", ["Whitchurch, Wales", "Whitchurch, Shropshire, England"]),
]

UNKNOWN = [
    ("LS99 9ZZ", "GB", "LS99", "LS99"),
    ("LS1 0ZZ", "GB", None, "LS1"),
    ("XX1 1XX", "GB", None, "XX1"),
    ("GIR 0AA", "GB", None, ""),
    ("BFPO 57", "GB", None, ""),
    ("BF1 2AU", "GB", None, ""),
    ("M0M 9Z9", "CA", None, ""),
    ("A99 X285", "IE", None, ""),
    ("99999", None, None, ""),
    ("Manchestr", None, "Manchester, England", ""),
    ("Melborne", None, "Melbourne, Victoria", ""),
    ("Pittsburrgh, PA", None, "Pittsburgh, Pennsylvania", ""),
    ("../../etc/passwd", None, None, ""),
    ("York, Freedonia", None, "York, England", ""),
    ("Xyzzyqwk", None, None, ""),
]

MALFORMED = [
    ("", "LS1 4AP"),
    ("  ", "LS1 4AP"),
    ("1NV 4L1D", "LS1 4AP"),
    ("M5V 22T", "M5V 2T6"),
    ("12", "LS1 4AP"),
    ("123456789012", "10001"),
    ("12 Park Row", "LS1 4AP"),
    ("Leeds\x00", "LS1 4AP"),
    ("\x00", "LS1 4AP"),
    ("x" * 101, "LS1 4AP"),
    ("LS1 4AP " * 10_000, "LS1 4AP"),
    ("😀", "LS1 4AP"),
    ("Leeds 😀", "LS1 4AP"),
    ("\u200b\u200d", "LS1 4AP"),
    ("\ud800", "LS1 4AP"),
    ("Leeds\udcff", "LS1 4AP"),
    ("'; DROP TABLE places_place; --", "LS1 4AP"),
    ("' OR 1=1 --", "LS1 4AP"),
    ("%", "LS1 4AP"),
    ("Le%ds", "LS1 4AP"),
    ("L__ds", "LS1 4AP"),
    (".*", "LS1 4AP"),
    ("(?:a+)+$", "LS1 4AP"),
    ("<script>alert(1)</script>", "LS1 4AP"),
    ("{{ 7 * 7 }}", "LS1 4AP"),
    ("\\", "LS1 4AP"),
]

NOT_COVERED = [
    ("1012 AB", "NL", "Netherlands"),
    ("A-1010", "AT", "Austria"),
    ("CH-8001", "CH", "Switzerland"),
    ("01310-100", "BR", "Brazil"),
    ("489 39", None, ""),
    ("110001", None, ""),
    ("GX11 1AA", "GI", "Gibraltar"),
    ("Paris", "FR", "France"),
    ("Paris, France", "FR", "France"),
    ("Vienna", "AT", "Austria"),
    ("Wien", "AT", "Austria"),
    ("Tokyo", "JP", "Japan"),
]


@pytest.mark.parametrize(("text", "label", "position"), FOUND)
def test_found(text, label, position):
    finding = find(text)
    assert (finding.outcome, labels(finding.places)) == (Outcome.FOUND, [label])
    place = finding.place
    assert finding.country == place.country
    assert Point(place.latitude, place.longitude).km_to(Point(*position)) < 12


@pytest.mark.parametrize(("text", "label"), PARTIAL)
def test_partial(text, label):
    finding = find(text)
    assert (finding.outcome, labels(finding.places)) == (Outcome.PARTIAL, [label])
    assert finding.place.label == label


@pytest.mark.parametrize(("text", "country"), [("SE", None), ("ec", "GB"), ("W", None), ("Ls", None)])
def test_the_letters_of_a_postcode_alone_are_too_little(text, country):
    finding = find(text, country)
    assert (finding.outcome, finding.places, finding.country) == (Outcome.PARTIAL, (), "GB")


def test_a_town_goes_before_the_letters_of_a_postcode():
    assert labels(find("LA").places) == ["Los Angeles, California"]
    assert find("SE", "US").outcome != Outcome.PARTIAL


@pytest.mark.parametrize(("text", "first"), AMBIGUOUS)
def test_ambiguous(text, first):
    finding = find(text)
    assert (finding.outcome, finding.place) == (Outcome.AMBIGUOUS, None)
    assert labels(finding.places)[: len(first)] == first
    assert len(finding.places) <= 10
    assert len(set(labels(finding.places))) == len(finding.places), "the choices can be told apart"


def test_newcastle_asks_which():
    choices = labels(find("Newcastle").places)
    assert choices[:3] == [
        "Newcastle, New South Wales",
        "Newcastle upon Tyne, England",
        "Newcastle under Lyme, England",
    ]
    assert {"Newcastle, Northern Ireland", "Newcastle, Washington"} <= set(choices)


@pytest.mark.parametrize(("text", "country", "suggestion", "first_half"), UNKNOWN)
def test_unknown(text, country, suggestion, first_half):
    finding = find(text)
    assert (finding.outcome, finding.places) == (Outcome.UNKNOWN, ())
    assert (finding.country, finding.first_half) == (country, first_half)
    if suggestion or first_half == "":
        assert (finding.suggestion and finding.suggestion.label) == suggestion


def test_an_unknown_sector_of_a_known_outcode_suggests_the_outcode():
    missing = next(digit for digit in "0123456789" if not Place.objects.filter(code=f"HX7 {digit}").exists())
    finding = find(f"hx7{missing}ab")
    assert (finding.outcome, finding.text) == (Outcome.UNKNOWN, f"HX7 {missing}AB")
    assert finding.suggestion.label == finding.first_half == "HX7"


@pytest.mark.parametrize(("text", "example"), MALFORMED)
def test_malformed(text, example):
    finding = find(text)
    assert (finding.outcome, finding.places, finding.example) == (Outcome.MALFORMED, (), example)
    assert len(finding.text) <= 100


@pytest.mark.parametrize(("text", "country", "name"), NOT_COVERED)
def test_not_covered(text, country, name):
    finding = find(text)
    assert (finding.outcome, finding.country, finding.country_name) == (Outcome.NOT_COVERED, country, name)
    assert finding.places == ()
    assert "Ireland" in finding.covered_countries


@pytest.mark.parametrize(
    ("text", "country", "outcome", "label"),
    [
        ("10115", "DE", "found", "10115 Berlin"),
        ("10115", "US", "found", "10115 New York, NY"),
        ("1010", "NZ", "found", "1010 Auckland"),
        ("Newcastle", "GB", "found", "Newcastle upon Tyne, England"),
        ("Newcastle", "AU", "found", "Newcastle, New South Wales"),
        ("Paris", "US", "found", "Paris, Texas"),
        ("London", "CA", "found", "London, Ontario"),
        ("St Helier", "GB", "found", "Saint Helier, Jersey"),
        ("JE2 3AB", "GB", "found", "JE2"),
        ("800", "AU", "found", "0800 Darwin, NT"),
        ("1001", "US", "found", "01001 Agawam, MA"),
        ("San Juan", "PR", "found", "San Juan, Puerto Rico"),
        ("LS1 4AP", "gb", "found", "LS1 4"),
        ("LS1 4AP", "UK", "found", "LS1 4"),
        ("LS1 4AP", "United Kingdom", "found", "LS1 4"),
        ("LS1 4AP", "US", "malformed", None),
        ("Leeds", "NZ", "unknown", None),
        ("75008", "FR", "not_covered", None),
        ("Leeds", "ZZ", "not_covered", None),
        ("Leeds", "", "not_covered", None),
        ("Leeds", "\x00", "not_covered", None),
    ],
)
def test_a_country_narrows(text, country, outcome, label):
    finding = find(text, country=country)
    assert finding.outcome == outcome
    assert (finding.place and finding.place.label) == label


def test_malformed_gives_an_example_of_the_country_asked_for():
    assert find("LS1 4AP", country="CA").example == "M5V 2T6"


def test_a_dominant_town_is_found_and_the_others_offered():
    finding = find("London")
    assert labels(finding.others)[0] == "London, Ontario"
    finding = find("Paris")
    assert labels(finding.others)[:2] == ["Paris, Texas", "Paris, Ontario"]


def test_a_name_of_another_time_or_language_weighs_a_tenth():
    assert labels(find("Jork").places) == ["York, England", "Jork, Lower Saxony"]
    assert "Warner Robins, Georgia" not in labels(find("York").others)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("LS1 4AP", Precision.SECTOR),
        ("LS1", Precision.DISTRICT),
        ("BT1 5GS", Precision.DISTRICT),
        ("M5V 2T6", Precision.DISTRICT),
        ("D02 X285", Precision.DISTRICT),
        ("90045", Precision.POSTCODE),
        ("2650", Precision.POSTCODE),
        ("Leeds", Precision.TOWN),
    ],
)
def test_precision(text, precision):
    assert find(text).place.precision == precision


def test_a_full_postcode_is_kept_only_in_what_is_shown():
    finding = find("ls14ap")
    assert finding.text == "LS1 4AP"
    assert "4AP" not in repr(finding.place.__dict__)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("LS1 4AP", 1),
        ("LS99 9ZZ", 1),
        ("10115", 1),
        ("1012 AB", 0),
        ("😀", 0),
        ("Leeds", 1),
        ("Newcastle", 1),
        ("York, PA", 1),
        ("Manchestr", 2),
        ("Sydney NSW 2000", 2),
        ("1 2 3 4 5", 1),
    ],
)
def test_few_queries(text, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        find(text)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(
    st.text(st.characters(exclude_categories=()), max_size=110)
    | st.text("LS14AP M5V2T6, O0I1-é", max_size=12)
    | st.sampled_from(["Newcastle", "Paris", "LS1", "10115", "York"]).flatmap(
        lambda name: st.text("abcP ,.A-'", max_size=8).map(name.__add__)
    ),
    st.sampled_from([None, "GB", "US", "FR"]),
)
def test_every_text_has_one_outcome_of_the_right_form(text, country):
    finding = find(text, country=country)
    counts = {
        Outcome.FOUND: {1},
        Outcome.PARTIAL: {0, 1},
        Outcome.AMBIGUOUS: set(range(2, 11)),
        Outcome.UNKNOWN: {0},
        Outcome.MALFORMED: {0},
        Outcome.NOT_COVERED: {0},
    }
    assert len(finding.places) in counts[finding.outcome]
    assert all(place.is_covered for place in (*finding.places, *finding.others))
    assert bool(finding.example) == (finding.outcome == Outcome.MALFORMED)


@pytest.mark.parametrize(
    ("country", "slug", "first"),
    [("AU", "newcastle-nsw", "Newcastle upon Tyne, England"), ("GB", "leeds-eng", None)],
)
def test_namesakes_are_other_towns_of_the_name(country, slug, first, django_assert_num_queries):
    place = Place.objects.at(country, slug)
    with django_assert_num_queries(1):
        namesakes = Place.objects.namesakes(place)
    assert place not in namesakes
    assert len(namesakes) == len(set(namesakes)) <= 4
    assert all(namesake.is_covered for namesake in namesakes)
    if first:
        assert namesakes[0].label == first
