"""The text of postcodes: what people type, and the codes of the gazetteer that it can stand for.

Pure rules on text, without database or Django. A reading says what a text would mean *if* the code exists; only the
gazetteer knows whether it does. A full British postcode is read as its sector ("LS1 4AP" as "LS1 4"), a full Canadian
one as its forward sortation area and a full Eircode as its routing key; nothing finer is looked up.

Sources: Royal Mail's "Programmers' Guide to the Postcode Address File" (GB), Canada Post's addressing guidelines (CA),
Eircode's "Product Guide" (IE), and the Universal Postal Union's postal addressing systems (the others).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

MAX_LENGTH = 100  # characters; longer is no postcode and no town

EXAMPLES = {
    "GB": "LS1 4AP",
    "US": "10001",
    "CA": "M5V 2T6",
    "AU": "2000",
    "NZ": "1010",
    "IE": "D02 X285",
    "DE": "10115",
    "JE": "JE2 3AB",
    "GG": "GY1 1AA",
    "IM": "IM1 1AA",
}


@dataclass(frozen=True)
class Reading:
    """One way to read a text as a code of the gazetteer."""

    country: str  # ISO 3166-1 alpha-2
    kind: str  # a value of Place.Kind
    code: str  # as the gazetteer writes it: "LS1 4", "M5V", "10001"
    is_whole: bool  # the text is a whole postcode, not the first part of one
    shown: str = field(repr=False)  # what was typed, in the usual spelling: "LS1 4AP"; for messages only
    wider: str = ""  # the code to try where this one is not known: "LS1" for "LS1 4"


def read(text: str, country: str | None = None) -> tuple[Reading, ...]:
    """Every code that *text* can stand for, in *country* or in all of them; none where it has no postcode's shape.

    Spaces are closed up, and letters and digits that look alike taken for each other, only where the text as typed
    has no reading and exactly one such spelling has.
    """
    if len(text) > MAX_LENGTH:
        return ()
    written = _written(text)
    if match := _COUNTRY_PREFIX.fullmatch(written):
        prefix, written = _PREFIXES.get(match[1], match[1]), match[2]
        if country not in (None, prefix):
            return ()
        country = prefix
    if not (any(char in "0123456789" for char in written) or _WITHOUT_DIGITS.fullmatch(written)):
        return ()
    for lenient in (False, True):
        for spellings in _spellings(written):
            if readings := _only_readings(spellings, country, lenient):
                return readings
    return () if foreign(text) else tuple(_read_unheard_of(written, country))


def misread(text: str, country: str | None = None) -> tuple[Reading, ...]:
    """The whole code that *text* would be if S and 5, or L and 1, were taken for each other; none if several would.

    It is a guess, good only where the gazetteer has that code and none as typed.
    """
    if len(text) > MAX_LENGTH or not any(char.isdecimal() for char in text):
        return ()
    readings = _only_readings(_respelt(_written(text), _ALL_ALIKE), country, lenient=False)
    return tuple(reading for reading in readings if reading.is_whole and not reading.code.isdecimal())


def foreign(text: str) -> tuple[str, ...]:
    """The countries, none of them covered, whose postcodes look like *text*."""
    if len(text) > MAX_LENGTH:
        return ()
    written = _written(text)
    if (
        (match := _COUNTRY_PREFIX.fullmatch(written))
        and match[1] not in EXAMPLES
        and match[1] not in _PREFIXES
    ):
        return (_FOREIGN_PREFIXES.get(match[1], match[1]),)
    return next((countries for shape, countries in _FOREIGN if shape.fullmatch(written)), ())


def example_for(text: str, country: str | None = None) -> str:
    """A postcode of *country*, or of the country whose postcodes *text* most resembles."""
    if country in EXAMPLES:
        return EXAMPLES[country]
    return EXAMPLES[next((likely for shape, likely in _RESEMBLANCES if shape.match(_written(text))), "GB")]


def tidy(text: str) -> str:
    """*text* as it can be shown again: NFKC, no invisible characters, plain dashes, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    return " ".join(_DASHES.sub("-", text).split())


_INVISIBLE = ("Cc", "Cf", "Cs")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212]")
# Capitals of other scripts that look like Latin ones: Cyrillic, then Greek.
_LOOKALIKES = str.maketrans("АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXABEZHIKMNOPTYX")


def _written(text: str) -> str:
    """*text* as postcodes are written: tidy, Latin capitals and digits, no punctuation but hyphens within."""
    text = tidy(text)
    if text.replace("l", "").isupper():  # "LSl 4AP": among capitals it is meant for a one
        text = text.replace("l", "1")
    text = text.upper().translate(_LOOKALIKES)
    text = "".join(str(unicodedata.digit(char, char)) for char in text)
    return " ".join(re.sub(r"[.,;:'\"()\[\]!?]", " ", text).strip(" -").split())


def _spellings(text: str) -> Iterator[Iterable[str]]:
    """Groups of ways to write *text*, the likeliest first; a group counts where one of it is a code."""
    yield [text]
    yield [re.sub(r"^([A-Z]{1,2}) (?=\d)", r"\1", text)]  # "LS 1 4AP"
    if re.search("[A-Z]", text):
        yield [text.replace(" ", "")]  # "L S 1 4 A P"; digits alone are not put together
    yield _respelt(text, _MOST_ALIKE)


_MOST_ALIKE = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
_ALL_ALIKE = _MOST_ALIKE | {"S": "S5", "5": "5S", "L": "L1"}
_WITHOUT_DIGITS = re.compile(
    r"[A-Z]{2,4} [IO][A-Z]{2}"
)  # "SWIA IAA": anything else without a digit is a name


def _respelt(text: str, alike: Mapping[str, str]) -> Iterator[str]:
    """The other spellings of *text* that mistaking characters for those that look *alike* could have come from."""
    if sum(char in alike for char in text) > 8:
        return
    spellings = product(*(alike.get(char, char) for char in text))
    next(spellings)  # the text itself
    yield from ("".join(spelling) for spelling in spellings)


def _only_readings(spellings: Iterable[str], country: str | None, lenient: bool) -> tuple[Reading, ...]:
    """The readings of the one of *spellings* that has any; none where several have."""
    found = [readings for spelling in spellings if (readings := _readings(spelling, country, lenient))]
    return found[0] if len(found) == 1 else ()


def _readings(text: str, country: str | None, lenient: bool) -> tuple[Reading, ...]:
    """The readings of *text* as it is spelt: as a whole postcode if there are any (W12 7RJ is no part of W12)."""
    if country in _ZERO_FILLED and re.fullmatch(
        r"\d{3,4}", text
    ):  # a spreadsheet has taken the leading zeros away
        text = text.zfill(_ZERO_FILLED[country])
    countries = _READERS if country is None else {country} & _READERS.keys()
    readings = [reading for each in countries for reading in _READERS[each](text, lenient)]
    return tuple([reading for reading in readings if reading.is_whole] or readings)


# --- The United Kingdom and the islands ---------------------------------------------------------------------------

# The postcode areas of Great Britain and Northern Ireland.
_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW "
    "OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA "
    "WC WD WF WN WR WS WV YO ZE"
)
_GB_AREAS = frozenset(_AREAS.split())
_ISLANDS = {"JE": "JE", "GY": "GG", "IM": "IM"}


def is_area(text: str, country: str | None = None) -> bool:
    """Whether *text* is the letters alone that postcodes of the United Kingdom begin with, such as "SE"."""
    return country in (None, "GB") and text.upper() in _GB_AREAS


_OUTCODE = r"(?P<outcode>(?P<area>[A-Z]{1,2})(?:[1-9]\d|\d[A-HJ-NP-Z]?))"
_UNIT_LETTER = "[ABD-HJLNP-UW-Z]"  # C I K M O V are never used: they are misread by hand and by machine
# "SWIA IAA": anything else without a digit is a name.
_WITHOUT_DIGITS = re.compile(rf"[A-Z]{{2}}[IO][A-Z]? [IO]{_UNIT_LETTER}{{2}}")
_GB_WHOLE = re.compile(_OUTCODE + rf"[ -]*(?P<digit>\d)[ -]*(?P<unit>{_UNIT_LETTER}{{2}})")
_GB_WHOLE_LENIENT = re.compile(_OUTCODE + r"[ -]*(?P<digit>\d)[ -]*(?P<unit>[A-Z]{2})")
_GB_SECTOR = re.compile(_OUTCODE + rf"[ -]+(?P<digit>\d){_UNIT_LETTER}?")
_GB_SECTOR_TIGHT = re.compile(r"(?P<outcode>(?P<area>[A-Z]{1,2})(?:[1-9]\d|\d[A-HJ-NP-Z]))(?P<digit>\d)")
_GB_OUTCODE = re.compile(_OUTCODE)
_GB_NOWHERE = re.compile(
    r"GIR ?0AA|BFPO ?\d{1,4}|BF1 ?\d[A-Z]{2}"
)  # Girobank, British Forces: no place of their own


def _read_gb(text: str, lenient: bool) -> Iterator[Reading]:
    """Sectors and outcodes. Leniently, the last two letters are any: the sector is plain without them."""
    if _GB_NOWHERE.fullmatch(text):
        yield Reading("GB", "sector", text, is_whole=True, shown=text)
    elif match := (_GB_WHOLE_LENIENT if lenient else _GB_WHOLE).fullmatch(text):
        if match["area"] in _GB_AREAS:
            yield _gb_sector(match, unit=match["unit"])
    elif match := _GB_SECTOR.fullmatch(text) or _GB_SECTOR_TIGHT.fullmatch(text):
        if match["area"] in _GB_AREAS:
            yield _gb_sector(match)
    elif (match := _GB_OUTCODE.fullmatch(text)) and match["area"] in _GB_AREAS:
        yield Reading("GB", "outcode", text, is_whole=False, shown=text)


def _read_unheard_of(text: str, country: str | None) -> Iterator[Reading]:
    """A whole postcode of an area that does not exist, such as XX1 1XX: of the right shape, but unknown."""
    if country in (None, "GB") and (match := _GB_WHOLE.fullmatch(text)) and match["area"] not in _ISLANDS:
        yield _gb_sector(match, unit=match["unit"])


def _gb_sector(match: re.Match[str], unit: str = "") -> Reading:
    """The sector, or for Northern Ireland, whose sectors we may not publish, the outcode."""
    outcode, sector = match["outcode"], f"{match['outcode']} {match['digit']}"
    if match["area"] == "BT":
        return Reading("GB", "outcode", outcode, is_whole=bool(unit), shown=sector + unit)
    return Reading("GB", "sector", sector, is_whole=bool(unit), shown=sector + unit, wider=outcode)


def _read_island(area: str) -> Callable[[str, bool], Iterator[Reading]]:
    """A reader of the outcodes of one of the islands, which is all that is known of their postcodes."""
    shape = re.compile(
        rf"(?P<outcode>{area}\d\d?)(?:[ -]*(?P<rest>\d[ -]*[A-Z]{{2}})|[ -]+(?P<digit>\d[A-Z]?))?"
    )

    def reader(text: str, lenient: bool) -> Iterator[Reading]:
        if match := shape.fullmatch(text):
            rest = re.sub("[ -]", "", match["rest"] or match["digit"] or "")
            shown = f"{match['outcode']} {rest}".strip()
            yield Reading(
                _ISLANDS[area], "outcode", match["outcode"], is_whole=bool(match["rest"]), shown=shown
            )

    return reader


# --- The other countries ------------------------------------------------------------------------------------------

# D F I O Q U are never used; W and Z never come first.
_CA_CODE = re.compile(
    r"(?P<fsa>[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])"
    r"(?:[ -]*(?P<ldu>\d[ABCEGHJ-NPRSTV-Z]\d)|[ -]+\d[ABCEGHJ-NPRSTV-Z]?)?"
)
_US_CODE = re.compile(r"(?P<zip>\d{5})(?:[ -]*\d{4})?")
_IE_CODE = re.compile(
    r"(?P<key>[ACDEFHKNPRTVWXY]\d\d|D6W)(?:[ -]*(?P<id>[0-9ACDEFHKNPRTVWXY]{4})|[ -]+[0-9ACDEFHKNPRTVWXY]{1,3})?"
)
_IE_DUBLIN = re.compile(
    r"(?:DUBLIN ?|BAILE [AÁ]THA CLIATH |D ?)(\d{1,2}|6W)"
)  # the postal districts before Eircode: Dublin 2 is D02


def _read_ca(text: str, lenient: bool) -> Iterator[Reading]:
    if match := _CA_CODE.fullmatch(text):
        shown = f"{match['fsa']} {match['ldu'] or ''}".strip()
        yield Reading("CA", "fsa", match["fsa"], is_whole=bool(match["ldu"]), shown=shown)


def _read_us(text: str, lenient: bool) -> Iterator[Reading]:
    if match := _US_CODE.fullmatch(text):
        yield Reading("US", "zip", match["zip"], is_whole=True, shown=match["zip"])


def _read_ie(text: str, lenient: bool) -> Iterator[Reading]:
    if match := _IE_CODE.fullmatch(text):
        shown = f"{match['key']} {match['id'] or ''}".strip()
        yield Reading("IE", "routing_key", match["key"], is_whole=bool(match["id"]), shown=shown)
    elif match := _IE_DUBLIN.fullmatch(text):
        key = "D" + match[1].zfill(2)
        yield Reading("IE", "routing_key", key, is_whole=False, shown=key)


def _read_digits(country: str, shape: str) -> Callable[[str, bool], Iterator[Reading]]:
    """A reader of codes that are digits and nothing else: the group of *shape*, beside what may stand before them."""

    def reader(text: str, lenient: bool) -> Iterator[Reading]:
        if match := re.fullmatch(shape, text, re.ASCII):
            yield Reading(country, "postcode", match[1], is_whole=True, shown=match[1])

    return reader


_READERS: dict[str, Callable[[str, bool], Iterator[Reading]]] = {
    "GB": _read_gb,
    "US": _read_us,
    "CA": _read_ca,
    "AU": _read_digits("AU", r"(?:(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT) ?)?(\d{4})"),
    "NZ": _read_digits("NZ", r"(\d{4})"),
    "IE": _read_ie,
    "DE": _read_digits("DE", r"(?:D ?)?(\d{5})"),
    **{country: _read_island(area) for area, country in _ISLANDS.items()},
}
_ZERO_FILLED = {"US": 5, "DE": 5, "AU": 4, "NZ": 4}

# "D-10115", "A-1010", "LV-1010": the country before the code. One letter is the sign of its cars.
_COUNTRY_PREFIX = re.compile(
    r"(DE?|US|AUS?|NZ|AT?|CH|FR?|IT?|LU?|BE?|NL|DK|SE?|NO?|FIN?|CZ|SK|PL|LT|LV|EE|HR|SI|RO|HU?|MD|ES?|PT?|SM|MC)"
    r"-(\d[\d -]*)"
)
_PREFIXES = {"D": "DE", "AUS": "AU"}
_FOREIGN_PREFIXES = {
    "A": "AT",
    "F": "FR",
    "I": "IT",
    "L": "LU",
    "B": "BE",
    "S": "SE",
    "N": "NO",
    "FIN": "FI",
    "H": "HU",
    "E": "ES",
    "P": "PT",
}

# Shapes of countries that are not covered and that no covered country shares, told apart as far as they can be.
_FOREIGN: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(shape), countries)
    for shape, countries in (
        (r"[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}", ("NL",)),
        (r"\d{4}-\d{3}", ("PT",)),
        (r"\d{5}-\d{3}", ("BR",)),
        (r"\d{3}-\d{4}", ("JP",)),
        (r"\d{2}-\d{3}", ("PL",)),
        (r"\d{3} \d{2}", ("SE", "CZ", "SK", "GR")),
        (r"[A-HJ-NP-Z]\d{4}[A-Z]{3}", ("AR",)),
        (r"[A-Z]{3} ?\d{4}", ("MT",)),
        (r"AD\d{3}", ("AD",)),
        (r"GX11 ?1AA", ("GI",)),
        (r"FIQQ ?1ZZ", ("FK",)),
        (r"SIQQ ?1ZZ", ("GS",)),
        (r"(?:ASCN|STHL|TDCU) ?1ZZ", ("SH",)),
        (r"BBND ?1ZZ", ("IO",)),
        (r"BIQQ ?1ZZ", ("AQ",)),
        (r"PCRN ?1ZZ", ("PN",)),
        (r"TKCA ?1ZZ", ("TC",)),
        (r"KY\d-\d{4}", ("KY",)),
        (r"VG\d{4}", ("VG",)),
        (r"BB\d{5}", ("BB",)),
        (r"AZ ?\d{4}", ("AZ",)),
        (r"\d{3} ?\d{3}", ("IN", "CN", "RU", "SG", "RO", "KZ", "VN")),
        (r"\d{7}", ("JP", "IL", "CL")),
    )
)

_RESEMBLANCES = tuple(
    (re.compile(shape), country)
    for shape, country in (
        (r"[A-Z]\d[A-Z] ?\d", "CA"),
        (r"[A-Z]\d\d ?[A-Z0-9]{4}$", "IE"),
        (r"\d{4,}$|\d{5}", "US"),
    )
)
