"""Values of the directory in words."""

from decimal import Decimal

import pytest

from clinics.models import Clinic, Route, Treatment
from clinics.search import Unit
from clinics.templatetags import clinic_words


@pytest.mark.parametrize(
    ("km", "unit", "words"),
    [
        (0, Unit.KM, "under 0.1 km"),
        (0.1, Unit.KM, "0.1 km"),
        (1.609344, Unit.MILES, "1.0 miles"),
        (9.94, Unit.KM, "9.9 km"),
        (9.96, Unit.KM, "10 km"),
        (321.8688, Unit.MILES, "200 miles"),
        (16_182.4, Unit.KM, "16,182 km"),
    ],
)
def test_distance(km, unit, words):
    assert clinic_words.distance(km, unit) == words


@pytest.mark.parametrize(
    ("town", "region", "words"),
    [
        ("Leeds", "West Yorkshire", "Leeds, West Yorkshire"),
        ("Berlin", "Berlin", "Berlin"),
        ("Leeds", "", "Leeds"),
        ("", "Cork", "Cork"),
        ("", "", ""),
    ],
)
def test_town_and_region(town, region, words):
    assert clinic_words.town_and_region(Clinic(town=town, region=region)) == words


def test_what_is_offered_reads_as_one_list():
    clinic = Clinic(treatments=[Treatment(route=Route.IV), Treatment(route=Route.ESKETAMINE)])
    assert clinic_words.offered(clinic) == ["Intravenous infusion", "esketamine nasal spray"]
    assert clinic_words.offered(Clinic()) == []


@pytest.mark.parametrize(
    ("price_from", "price_to", "currency", "words"),
    [
        (None, None, "", "Price not known"),
        ("0", None, "GBP", "£0 a session"),
        ("225.00", None, "GBP", "£225 a session"),
        ("225", "225", "GBP", "£225 a session"),
        ("31.60", "1200", "AUD", "A$31.60 to A$1,200 a session"),
        ("90", None, "CHF", "CHF 90 a session"),
    ],
)
def test_price(price_from, price_to, currency, words):
    treatment = Treatment(
        price_from=price_from and Decimal(price_from),
        price_to=price_to and Decimal(price_to),
        currency=currency,
        price_unit="session",
    )
    assert clinic_words.price(treatment) == words


def test_price_from_of_a_clinic_without_prices():
    assert clinic_words.price_from(None) == "Price not known"


@pytest.mark.parametrize(
    ("youngest", "oldest", "words"),
    [(None, None, "Not known"), (18, None, "18 and over"), (None, 65, "Up to 65"), (16, 64, "16 to 64")],
)
def test_ages(youngest, oldest, words):
    assert clinic_words.ages(Clinic(youngest_age=youngest, oldest_age=oldest)) == words


@pytest.mark.parametrize(
    ("code", "name"), [("pl", "Polish"), ("en-gb", "British English"), ("gu", "Gujarati"), ("xx", "xx")]
)
def test_language_name(code, name):
    assert clinic_words.language_name(code) == name


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {
                "street": "1 Mill Lane",
                "town": "Leeds",
                "region": "West Yorkshire",
                "postcode": "LS1 4AP",
                "country": "GB",
            },
            "1 Mill Lane, Leeds, West Yorkshire LS1\N{NO-BREAK SPACE}4AP, United Kingdom",
        ),
        (
            {"town": "Berlin", "region": "Berlin", "postcode": "10115", "country": "DE"},
            "10115 Berlin, Germany",
        ),
        ({"town": "York", "country": "GB"}, "York, United Kingdom"),
        ({"country": "US"}, "United States"),
    ],
)
def test_address_line_says_what_is_known(fields, line):
    assert clinic_words.address_line(Clinic(**fields)) == line


@pytest.mark.parametrize(
    ("country", "phone", "words", "link"),
    [
        ("GB", "+44 113 496 0113", "0113 496 0113", "tel:+44-113-496-0113"),
        ("US", "+1 212-555-0123 ext. 303", "(212) 555-0123 ext. 303", "tel:+1-212-555-0123;ext=303"),
        ("US", "call us", "call us", "tel:call%20us"),
    ],
)
def test_a_phone_is_shown_as_it_is_dialled_and_linked_for_everywhere(country, phone, words, link):
    clinic = Clinic(country=country, phone=phone)
    assert (clinic_words.phone_words(clinic), clinic_words.phone_link(clinic)) == (words, link)


@pytest.mark.parametrize(
    ("reader", "words"), [("", "0113 496 0113"), ("GB", "0113 496 0113"), ("IE", "+44 113 496 0113")]
)
def test_a_phone_abroad_keeps_its_country_code(reader, words):
    assert clinic_words.phone_words(Clinic(country="GB", phone="+44 113 496 0113"), reader) == words
