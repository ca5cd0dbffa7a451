"""Postcode text, without a database. What is right was judged case by case; the properties hold for any text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from places.models import Place
from places.postcodes import EXAMPLES, MAX_LENGTH, example_for, foreign, read, tidy


def codes(text, country=None):
    return [f"{reading.country} {reading.code}" for reading in read(text, country)]


WHOLE = [
    # Great Britain, by its sector
    ("LS1 4AP", "GB LS1 4"),
    ("ls1 4ap", "GB LS1 4"),
    ("LS14AP", "GB LS1 4"),
    ("ls14ap", "GB LS1 4"),
    ("LS1-4AP", "GB LS1 4"),
    ("LS1  4AP", "GB LS1 4"),
    (" LS1 4AP ", "GB LS1 4"),
    ("\tLS1 4AP\r\n", "GB LS1 4"),
    ("LS1 4AP.", "GB LS1 4"),
    ("(LS1 4AP)", "GB LS1 4"),
    ("LS1\u00a04AP", "GB LS1 4"),
    ("LS1\u200b4AP", "GB LS1 4"),
    ("\ufeffLS1 4AP", "GB LS1 4"),
    ("LS1\u20134AP", "GB LS1 4"),
    ("ＬＳ１　４ＡＰ", "GB LS1 4"),
    ("ls１ ４ap", "GB LS1 4"),
    ("M1 1AE", "GB M1 1"),
    ("M11AE", "GB M1 1"),
    ("M11 1AE", "GB M11 1"),
    ("M111AE", "GB M11 1"),
    ("B33 8TH", "GB B33 8"),
    ("W12 7RJ", "GB W12 7"),
    ("N10 1AA", "GB N10 1"),
    ("CR2 6XH", "GB CR2 6"),
    ("DN55 1PT", "GB DN55 1"),
    ("W1A 1HQ", "GB W1A 1"),
    ("W1A0AX", "GB W1A 0"),
    ("EC1A 1BB", "GB EC1A 1"),
    ("EC1A1BB", "GB EC1A 1"),
    ("SW1A 2AA", "GB SW1A 2"),
    (" Sw1A 2aa ", "GB SW1A 2"),
    ("N1C 4AG", "GB N1C 4"),
    ("E20 2ST", "GB E20 2"),
    ("G2 3wt", "GB G2 3"),
    (" so11aa ", "GB SO1 1"),
    ("CO11BT", "GB CO1 1"),
    ("SE232NF", "GB SE23 2"),
    ("NR10 3EZ", "GB NR10 3"),
    ("RG45AY", "GB RG4 5"),
    ("L278XY", "GB L27 8"),
    ("BS98 1TL", "GB BS98 1"),
    ("BS0 1AA", "GB BS0 1"),
    ("AA9A 9AA", "GB AA9A 9"),
    ("A99AA", "GB A9 9"),
    ("XX10 1DD", "GB XX10 1"),
    # Northern Ireland, whose sectors may not be published
    ("BT1 5GS", "GB BT1"),
    ("bt358ge", "GB BT35"),
    # O for 0 and I for 1, and the reverse
    ("LS1 OAP", "GB LS1 0"),
    ("LSI 4AP", "GB LS1 4"),
    ("S01 OAA", "GB SO1 0"),
    ("S01A OAA", "GB SO1A 0"),
    ("SW10 OAA", "GB SW10 0"),
    ("SW0 OAA", "GB SW0 0"),
    ("WIA 1AA", "GB W1A 1"),
    ("WIA1AA", "GB W1A 1"),
    ("BI00JP", "GB B10 0"),
    ("0X1 1AA", "GB OX1 1"),
    ("1P1 1AA", "GB IP1 1"),
    ("SW1A 2A0", "GB SW1A 2"),
    # letters that only look Latin
    ("ЅW1A 1AA", "GB SW1A 1"),
    ("М1 1АЕ", "GB M1 1"),
    ("ΕC1A 1BB", "GB EC1A 1"),
    ("ВТ1 5GS", "GB BT1"),
    # the islands
    ("JE2 3AB", "JE JE2"),
    ("GY1 1AA", "GG GY1"),
    ("gy101sf", "GG GY10"),
    ("IM1 1AA", "IM IM1"),
    ("IM99 1AA", "IM IM99"),
    # no place of their own
    ("GIR 0AA", "GB GIR 0AA"),
    ("BFPO 57", "GB BFPO 57"),
    ("BF1 2AU", "GB BF1 2AU"),
    # Canada, by its forward sortation area
    ("M5V 2T6", "CA M5V"),
    ("m5v2t6", "CA M5V"),
    ("M5V-2T6", "CA M5V"),
    ("K1A 0B1", "CA K1A"),
    ("K1A OB1", "CA K1A"),
    ("KIA 0B1", "CA K1A"),
    ("T2S 2W7", "CA T2S"),
    ("t2s2h7", "CA T2S"),
    ("B3K 5X5", "CA B3K"),
    ("L4T 0A5", "CA L4T"),
    ("M5V 2T1", "CA M5V"),
    ("M5V 2TO", "CA M5V"),
    # Ireland, by its routing key
    ("D02 X285", "IE D02"),
    ("d02x285", "IE D02"),
    ("DO2 X285", "IE D02"),
    ("D6W F8N4", "IE D6W"),
    ("A65 F4E2", "IE A65"),
    ("W12 X2F5", "IE W12"),
]

PARTS = [
    ("LS1", "GB LS1"),
    ("ls1", "GB LS1"),
    ("LS1 4", "GB LS1 4"),
    ("LS1-4", "GB LS1 4"),
    ("LS1 4A", "GB LS1 4"),
    ("LS14", "GB LS14"),
    ("LS14 1", "GB LS14 1"),
    ("LS141", "GB LS14 1"),
    ("SW1", "GB SW1"),
    ("SW1A", "GB SW1A"),
    ("SW1A1", "GB SW1A 1"),
    ("W1", "GB W1"),
    ("W1A 1", "GB W1A 1"),
    ("EC1", "GB EC1"),
    ("EC2", "GB EC2"),
    ("WC1", "GB WC1"),
    ("BT1", "GB BT1"),
    ("BT1 5", "GB BT1"),
    ("JE2", "JE JE2"),
    ("JE2 3", "JE JE2"),
    ("T2S 2H", "CA T2S"),
    ("T2S2H", None),
    ("D02", "IE D02"),
    ("D02 X2", "IE D02"),
    ("D2", "IE D02"),
    ("D 2", "IE D02"),
    ("Dublin 2", "IE D02"),
    ("dublin 15", "IE D15"),
    ("Dublin 6W", "IE D6W"),
]

SEVERAL = [
    ("10001", ["US 10001", "DE 10001"]),
    ("10001-1234", ["US 10001"]),
    ("10001 1234", ["US 10001"]),
    ("100011234", ["US 10001"]),
    ("60606-", ["US 60606", "DE 60606"]),
    ("1OOO1", ["US 10001", "DE 10001"]),
    ("١٠٠٠١", ["US 10001", "DE 10001"]),
    ("2000", ["AU 2000", "NZ 2000"]),
    ("0800", ["AU 0800", "NZ 0800"]),
    ("２０００", ["AU 2000", "NZ 2000"]),
    ("M5V", ["GB M5V", "CA M5V"]),
    ("N1C", ["GB N1C", "CA N1C"]),
    ("W12", ["GB W12", "IE W12"]),
    ("M5V 2", ["GB M5V 2", "CA M5V"]),
    ("M5V 2T", ["GB M5V 2", "CA M5V"]),
    ("E1O", ["GB E10", "IE E10"]),
    ("D-10115", ["DE 10115"]),
    ("DE-10115", ["DE 10115"]),
    ("AU-2000", ["AU 2000"]),
]

IN_COUNTRY = [
    ("501", "US", "US 00501"),
    ("1001", "US", "US 01001"),
    ("1067", "DE", "DE 01067"),
    ("800", "AU", "AU 0800"),
    ("610", "NZ", "NZ 0610"),
    ("10115", "DE", "DE 10115"),
    ("10115", "US", "US 10115"),
    ("N1C", "CA", "CA N1C"),
    ("W12", "IE", "IE W12"),
    ("D2", "IE", "IE D02"),
    ("LS1 4AP", "US", None),
    ("D-10115", "US", None),
    ("501", "GB", None),
    ("20001", "AU", None),
    ("12345", "NZ", None),
    ("W2S 2H3", "CA", None),
    ("2000", "CA", None),
]

NONE = [
    "",
    " ",
    "-",
    "W",
    "Leeds",
    "Hull",
    "Bath",
    "SO OAA",
    "1NV 4L1D",
    "1A2aa",
    "AW5 TF12",
    "A6W U9U9",
    "LS1 4APX",
    "LS123 4AP",
    "LSA 4AP",
    "QQ",
    "XX1",
    "ZZ99",
    "12",
    "123",
    "1234567890",
    "12345-67",
    "M5V 22T",
    "1.5",
    "07700 900123",
    "12 Park Row",
    "LS1 4AP\x00LS1",
    "'; DROP TABLE places_place; --",
    "😀",
]

FOREIGN = [
    ("1012 AB", ("NL",)),
    ("3432FE", ("NL",)),
    ("9164 SD", ()),
    ("4829-489", ("PT",)),
    ("01310-100", ("BR",)),
    ("100-0001", ("JP",)),
    ("00-950", ("PL",)),
    ("489 39", ("SE", "CZ", "SK", "GR")),
    ("C1425ABC", ("AR",)),
    ("VLT 1117", ("MT",)),
    ("AD500", ("AD",)),
    ("GX11 1AA", ("GI",)),
    ("SIQQ 1ZZ", ("GS",)),
    ("FIQQ 1ZZ", ("FK",)),
    ("TDCU 1ZZ", ("SH",)),
    ("A-1010", ("AT",)),
    ("CH-8001", ("CH",)),
    ("F-75008", ("FR",)),
    ("LV-1010", ("LV",)),
    ("LT-01100", ("LT",)),
    ("LS1 4AP", ()),
    ("10001", ()),
    ("D-10115", ()),
]


@pytest.mark.parametrize(("text", "code"), WHOLE)
def test_whole_postcode(text, code):
    assert codes(text) == [code]
    assert read(text)[0].is_whole


@pytest.mark.parametrize(("text", "code"), PARTS)
def test_part_of_a_postcode(text, code):
    assert codes(text) == ([code] if code else [])
    assert not any(reading.is_whole for reading in read(text))


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_reading_of_several_countries(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize(("text", "country", "code"), IN_COUNTRY)
def test_reading_within_a_country(text, country, code):
    assert codes(text, country) == ([code] if code else [])


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_postcode_has_no_reading(text):
    assert read(text) == ()


@pytest.mark.parametrize(("text", "countries"), FOREIGN)
def test_shapes_of_countries_not_covered(text, countries):
    assert foreign(text) == countries
    assert not (countries and read(text))


def test_the_tables_are_as_long_as_they_should_be():
    assert len(WHOLE + PARTS + SEVERAL + IN_COUNTRY + NONE + FOREIGN) >= 200


def test_what_is_shown_is_the_usual_spelling():
    assert [
        read(text)[0].shown for text in ("ls14ap", "m5v2t6", "d02x285", "bt15gs", "je23ab", "S01OAA")
    ] == [
        "LS1 4AP",
        "M5V 2T6",
        "D02 X285",
        "BT1 5GS",
        "JE2 3AB",
        "SO1 0AA",
    ]


def test_an_unknown_sector_has_a_wider_code_to_try():
    assert read("LS99 9ZZ")[0].wider == "LS99"


def test_examples_can_be_read():
    assert all(read(example, country)[0].is_whole for country, example in EXAMPLES.items())


@pytest.mark.parametrize(
    ("text", "country", "example"),
    [
        ("hello 1", None, "LS1 4AP"),
        ("M5V 22T", None, "M5V 2T6"),
        ("A65 F4EU", None, "D02 X285"),
        ("123456", None, "10001"),
        ("hello", "AU", "2000"),
        ("hello", "FR", "LS1 4AP"),
    ],
)
def test_the_example_is_of_the_likely_country(text, country, example):
    assert example_for(text, country) == example


def test_kinds_are_those_of_places():
    texts = [text for text, _ in WHOLE + SEVERAL]
    assert {reading.kind for text in texts for reading in read(text)} <= set(Place.Kind.values)


def test_long_text_is_not_read():
    assert read("LS1 4AP" + " " * MAX_LENGTH) == ()
    assert foreign("1012 AB" + " " * MAX_LENGTH) == ()


anything = st.text(st.characters(exclude_categories=()), max_size=120)
code_like = st.text("ABCDEGIKLMNOPQSTWXYZ 0123456789-oilsо", max_size=10)
gb_letters = "ABDEFGHJLNPQRSTUWXYZ"


@given(anything | code_like)
def test_no_text_raises(text):
    read(text)
    foreign(text)
    example_for(text)


@given(anything)
def test_tidying_is_idempotent(text):
    assert tidy(tidy(text)) == tidy(text)


@given(code_like)
def test_reading_what_is_shown_gives_the_same(text):
    for reading in read(text):
        assert reading.code in [again.code for again in read(reading.shown, reading.country)]


@given(code_like)
def test_case_and_outer_space_do_not_matter(text):
    assume("l" not in text.lower())  # a small one looks like the digit 1, and a capital one does not
    assert codes(text) == codes(text.lower()) == codes(f"  {text.upper()}\n")


@given(
    st.from_regex(r"(LS|M|EC|SW|BT|JE|N)[1-9][0-9]?", fullmatch=True),
    st.from_regex(rf"[0-9][{gb_letters}]{{2}}", fullmatch=True),
    st.sampled_from(["", " ", "  ", "-", "\u00a0", "\u200b", "\u2013", " - "]),
)
def test_the_gap_of_a_whole_british_postcode_does_not_matter(outcode, inward, gap):
    (expected,) = read(f"{outcode} {inward}")
    assert read(f"{outcode}{gap}{inward}") == (expected,)


@given(st.from_regex(r"[0-9OI]{5}", fullmatch=True))
def test_letters_in_a_zip_code_read_as_its_digits(text):
    assume(any(char.isdigit() for char in text))
    assert codes(text, "US") == [f"US {text.replace('O', '0').replace('I', '1')}"]
