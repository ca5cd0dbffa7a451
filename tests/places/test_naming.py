import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.countries import COVERED, country_name, country_of, within
from places.naming import fold, slug
from places.regions import region_codes


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Leeds", "leeds"),
        ("St. Alban's", "saint albans"),
        ("St Albans", "saint albans"),
        ("Saint Albans", "saint albans"),
        ("Sault Ste. Marie", "sault sainte marie"),
        ("Mt Gambier", "mount gambier"),
        ("Ft. Worth", "fort worth"),
        ("Newcastle-upon-Tyne", "newcastle upon tyne"),
        ("München", "munchen"),
        ("Straße", "strasse"),
        ("Île-à-la-Crosse", "ile a la crosse"),
        ("Dún Laoghaire", "dun laoghaire"),
        ("Þingeyri", "thingeyri"),
        ("Łódź", "lodz"),
        ("King’s Lynn", "kings lynn"),
        ("O'Fallon", "ofallon"),
        ("Brighton & Hove", "brighton and hove"),
        ("Washington, D.C.", "washington dc"),
        ("U.S.A.", "usa"),
        ("  two   words ", "two words"),
        ("ＬＥＥＤＳ", "leeds"),
        ("Лондон", "лондон"),
        ("", ""),
        ("-- !", ""),
    ],
)
def test_fold(name, folded):
    assert fold(name) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


@given(st.text("abcéÉßøS.t' -", max_size=20))
def test_case_does_not_matter(name):
    assert fold(name) == fold(name.upper()) or "ß" in name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Wagga Wagga", "wagga-wagga"),
        ("St Albans", "st-albans"),
        ("Großenhain", "grossenhain"),
        ("LS1 4", "ls1-4"),
        ("Лондон", ""),
    ],
)
def test_slug(name, expected):
    assert slug(name) == expected


def test_regions_by_name_code_and_alias():
    codes = region_codes("US")
    assert {codes["pennsylvania"], codes["pa"], codes["penn"]} == {"PA"}
    assert region_codes("DE")["bayern"] == "BY"
    assert region_codes("FR") == {}


def test_countries():
    assert [country_of(name) for name in ("uk", "usa", "deutschland", "france", "nowhere", "")] == [
        "GB",
        "US",
        "DE",
        "FR",
        None,
        None,
    ]
    assert within(None) == COVERED
    assert within("GB") == ("GB", "JE", "GG", "IM")
    assert within("FR") == ("FR",)
    assert (country_name("NZ"), country_name("ZZ"), country_name(None)) == ("New Zealand", "", "")
