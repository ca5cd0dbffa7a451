"""What people type into the box, as they type it, and where it leads: through HTTP, on the real gazetteer."""

from urllib.parse import urlsplit

import pytest

from places import postcodes
from places.models import Place, PlaceName

pytestmark = pytest.mark.django_db

# Where it leads, and the ways in which people write it.
FOUND = {
    # United Kingdom
    "LS1 4": ["LS1 4AP", "ls1 4ap", "LS14AP", "ls14ap", " LS1 4AP ", "LS1  4AP", "LS1-4AP", "LS1 4AP.",
              "LSI 4AP", "ＬＳ１４ＡＰ", "LS1\u00a04AP", "\tLS1 4AP\n", "\ufeffLS1 4AP", "Leeds LS1 4AP", "LS1 4",
              "L S 1 4 A P", "ls 1 4", "LSl 4AP", "LS1 4AP, UK", "UK LS1 4AP", "12 Park Row, Leeds LS1 4AP, England"],
    "LS1": ["LS1", "ls1", " ls1 ", "ls 1", "Leeds LS1"],
    "LS14": ["ls 14"],
    "E1": ["London E1", "E1"],
    "SW1A 1": ["SW1A 1AA", "sw1a1aa", "SW1A1AA", "SWIA IAA", "London SW1A 1AA", "SW1A 1AA London", "SWlA 1AA"],
    "EC1A 1": ["EC1A 1BB", "ec1a1bb"],
    "M1 1": ["M1 1AE", "m11ae"],
    "BT1": ["BT1 5GS", "bt15gs", "BT1"],
    "CF10 1": ["CF10 1EP", "cf101ep"],
    "EH1 1": ["EH1 1YZ", "Edinburgh EH1 1YZ", "eh1 1yz, Edinburgh"],
    "IV27 4": ["IV27 4NB"],
    # United States
    "10001 New York, NY": ["10001", "10001-1234", "100011234", "NY 10001", "New York 10001", "New York, NY 10001", "10001 New York, NY"],
    "90210 Beverly Hills, CA": ["90210", " 90210 ", "90210 Beverly Hills, CA", "Beverly Hills 90210", "90210, USA"],
    "02108 Boston, MA": ["02108", "02108-0000", "Boston MA 02108"],
    "99723 Barrow, AK": ["99723"],
    "96813 Honolulu, HI": ["96813"],
    # Canada
    "M5V Downtown Toronto, ON": ["M5V 2T6", "m5v2t6", "M5V-2T6", "M5V", "m5v 2t6 ", "Toronto M5V 2T6",
                             "MSV 2T6", "Toronto, ON M5V 2T6, Canada", "Toronto M5V"],
    "K1A Government of Canada Ottawa and Gatineau offices, ON": ["k1a0b1", "K1A OB1"],
    # Australia
    "2000 Sydney, NSW": ["2000", "Sydney 2000", "Sydney NSW 2000", "NSW 2000", "nsw2000", "2000 Sydney, NSW", "Sydney, NSW 2000, Australia"],
    "3000 Melbourne, VIC": ["Melbourne VIC 3000", "VIC 3000"],
    "4000 Brisbane, QLD": ["QLD 4000"],
    "2600 Canberra, ACT": ["ACT 2600"],
    "7000 Hobart, TAS": ["TAS 7000"],
    "0800 Darwin, NT": ["Darwin NT 0800", "NT 0800"],
    # New Zealand
    "6011 Mount Victoria": ["Wellington 6011"],
    "1010 Auckland": ["Auckland 1010", "NZ 1010"],
    # Ireland
    "D02 Dublin 2": ["D02 X285", "d02x285", "D02", "Dublin 2", "dublin 2", "D2", "DO2 X285", "dublin2", "Baile Átha Cliath 2"],
    # Germany
    "10115 Berlin": ["D-10115", "10115 Berlin", "DE-10115", "Berlin 10115", "d 10115", "D10115", "DE 10115"],
    "80331 Munich": ["80331", "80331 München"],
    # Towns: case, accents, apostrophes, hyphens, short forms, other names, other scripts
    "Leeds, England": ["Leeds", "leeds", "LEEDS", "  leeds  ", "Leeds, UK", "Leeds, England", "leeds england"],
    "London, England": ["London", "london uk", "Londres", "Лондон", "London, United Kingdom"],
    "London, Ontario": ["London, Ontario", "London ON", "london, on", "London, Canada"],
    "York, England": ["York", "york, england"],
    "York, Pennsylvania": ["York, PA", "york pa", "York, Pennsylvania, USA"],
    "St Albans, England": ["St Albans", "St. Albans", "Saint Albans", "st albans", "ST ALBANS"],
    "King's Lynn, England": ["King's Lynn", "Kings Lynn", "King’s Lynn", "kings lynn"],
    "Stoke-on-Trent, England": ["Stoke-on-Trent", "Stoke on Trent", "stoke on trent"],
    "Newcastle upon Tyne, England": ["Newcastle upon Tyne", "Newcastle-upon-Tyne"],
    "Munich, Bavaria": ["Munich", "München", "Munchen", "Muenchen", "MÜNCHEN"],
    "Köln, North Rhine-Westphalia": ["Köln", "Koeln", "Koln", "Cologne"],
    "Montréal, Quebec": ["Montréal", "Montreal", "montreal qc"],
    "Dublin, Leinster": ["Dublin", "Baile Átha Cliath", "Dublin, Ireland"],
    "Wagga Wagga, New South Wales": ["Wagga Wagga", "wagga wagga nsw"],
    "New York City, New York": ["New York", "NYC", "new york city"],
    "Los Angeles, California": ["Los Angeles", "los angeles ca", "Los Angeles, CA"],
    "Washington, District of Columbia": ["Washington, D.C.", "Washington DC"],
    "Paris, Texas": ["Paris, TX", "paris texas"],
}  # fmt: skip
FIRST_OFFERED = {
    "Newcastle": "Newcastle, New South Wales", "newcastle": "Newcastle, New South Wales",
    "Springfield": "Springfield, Missouri", "Cambridge": "Cambridge, England", "Richmond": "Richmond, Virginia",
    "1010": "1010 Sydney, NSW", "10115": "10115 New York, NY", "0800": "0800 Darwin, NT", "W12": "W12", "6011": "6011 Cottesloe, WA",
}  # fmt: skip
NOT_FOUND = {
    "unknown": ["LS99 9ZZ", "L51 4AP", "ZZ1 1ZZ", "99999", "M0M 9Z9", "A99 X285", "Zzyzxqville", "Manchestr", "Melborne",
                "../../etc/passwd", "undefined", "NULL"],
    "not_covered": ["Paris", "Paris, France", "Tokyo", "Wien", "1012 AB", "CH-8001", "01310-100", "A-1010", "VLT 1234"],
    "partial": ["SE", "ec", " W ", "Ls"],
    "malformed": ["%%%", "12", "1NV 4L1D", "' OR 1=1 --", "<script>alert(1)</script>", "😀", "x" * 101, ".*", "\\",
                  "{{7*7}}", "12 Park Row", "123456789012", "12 High Street, Leeds", "1010 Main Street, Springfield", "5 E1"],
}  # fmt: skip
NOTHING = ["", " ", "\t\n", "\u00a0"]

STATUS = {"unknown": 404, "not_covered": 404, "partial": 422, "malformed": 422}


def ask(client, text: str):
    return client.post("/clinics/", {"where": text})


def test_there_are_enough_of_them():
    tables = [*FOUND.values(), FIRST_OFFERED, *NOT_FOUND.values(), NOTHING]
    assert sum(len(table) for table in tables) >= 150


@pytest.mark.parametrize(("label", "texts"), FOUND.items())
def test_found(client, label, texts):
    for text in texts:
        response = ask(client, text)
        assert response.status_code == 303, text
        *_, country, slug, _ = urlsplit(response["Location"]).path.split("/")
        assert Place.objects.at(country, slug).label == label, text


@pytest.mark.parametrize(("text", "first"), FIRST_OFFERED.items())
def test_several_are_offered(client, text, first):
    response = ask(client, text)
    assert (response.status_code, response.context_data["finding"].outcome) == (200, "ambiguous")
    assert response.context_data["choices"][0][0].label == first
    assert f">{first}</a>" in response.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize(("outcome", "texts"), NOT_FOUND.items())
def test_not_found_each_in_its_own_way(client, outcome, texts):
    for text in texts:
        response = ask(client, text)
        found = response.context_data["finding"].outcome
        assert (response.status_code, found) == (STATUS[outcome], outcome), text


@pytest.mark.parametrize(
    ("text", "meant"),
    {
        "12 High Street, Leeds": "Leeds, England",
        "High Street Leeds": "Leeds, England",
        "clinics in Leeds": "Leeds, England",
        "L51 4AP": "LS1 4",
        "N1P 3QL": "N1P",
        "Manchestr": "Manchester, England",
    }.items(),
)
def test_what_was_probably_meant_is_offered(client, text, meant):
    response = ask(client, text)
    assert f">{meant}</a>?" in response.content.decode(), response.context_data["finding"].outcome
    assert f'value="{text}"' in response.content.decode()


def test_places_of_the_name_that_are_covered_are_offered_too(client):
    assert ">Paris, Texas</a>" in ask(client, "Paris").content.decode()


def test_no_name_of_a_town_is_taken_for_a_postcode():
    """Letters read as digits, for "SWIA IAA", must not reach into names."""
    without_digits = PlaceName.objects.exclude(folded__regex=r"\d").values_list("folded", flat=True)
    assert not [name for name in set(without_digits) if postcodes.read(name)]


def test_nothing_typed(client):
    for text in NOTHING:
        response = ask(client, text)
        assert (response.status_code, response.context_data["nothing_typed"]) == (422, True)
