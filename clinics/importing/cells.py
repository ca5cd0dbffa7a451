"""Cells of a row as values of a clinic. What cannot be understood is noted on the row and left out."""

import math
import re
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from clinics.importing.reading import Row
from clinics.models import Clinic
from clinics.phones import international
from places.models import Precision

_LONGEST_PHONE = Clinic._meta.get_field("phone").max_length
_LONGEST_WEBSITE = Clinic._meta.get_field("website").max_length
_is_web_address = URLValidator(schemes=["http", "https"])
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DIRECTIONS = {"n", "e", "s", "w", "ne", "nw", "se", "sw"}


def words(row: Row, column: str, *, limit: int) -> str:
    """The cell as one line of at most *limit* characters, spaces run together."""
    text = " ".join(row.cells.get(column, "").split())
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    if text[:1] in ("=", "+", "@") or re.match(r"-\D", text):
        row.note(column, "it begins like a formula; kept as plain text")
    if re.search(r"<\s*/?\s*[a-zA-Z!]", text):
        row.note(column, "it holds what looks like HTML; kept as plain text")
    if len(text) > limit:
        row.note(column, f"longer than {limit} characters; cut")
        text = text[:limit].rstrip()
    return text


def joined(row: Row, *columns: str, limit: int, by: str = ", ") -> str:
    """The cells that are filled in, each one once, in order."""
    parts = dict.fromkeys(part for column in columns if (part := words(row, column, limit=limit)))
    text = by.join(parts)
    if len(text) > limit:
        row.note(columns[0], f"longer than {limit} characters with what belongs to it; cut")
    return text[:limit].rstrip()


def capitalised(text: str) -> str:
    """Words that a list wrote in small letters as an address is written: ``oki dr nw`` is ``Oki Dr NW``."""
    if not text.islower():
        return text
    return re.sub(
        r"(?<![\w'’])[^\W\d_][\w'’]*",
        lambda word: word[0].upper() if word[0] in _DIRECTIONS else word[0][0].upper() + word[0][1:],
        text,
    )


def phone(row: Row, column: str, *, country: str) -> str:
    """The number in international form, its extension kept: ``+1 860-276-3000 ext. 301``."""
    text = " ".join(row.cells.get(column, "").split())
    if not text:
        return ""
    number = international(text, country)
    if number is None:
        row.note(column, f"{text[:60]!r} is not a telephone number; left out")
        return ""
    if len(number) > _LONGEST_PHONE:
        row.note(column, f"longer than {_LONGEST_PHONE} characters; left out")
        return ""
    return number


def website(row: Row, column: str) -> str:
    """A web address with its scheme, http where none is given; javascript: and the like are none."""
    text = row.cells.get(column, "").strip()
    if text.lower() in ("", "http://", "https://"):
        return ""
    address = text if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE) else f"http://{text}"
    try:
        parts = urlsplit(address)
        address = urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))
        _is_web_address(address)
    except (ValueError, ValidationError):
        row.note(column, f"{text[:60]!r} is not a web address; left out")
        return ""
    if len(address) > _LONGEST_WEBSITE:
        row.note(column, f"longer than {_LONGEST_WEBSITE} characters; left out")
        return ""
    return address


def email(row: Row, column: str) -> str:
    """An e-mail address."""
    text = row.cells.get(column, "").strip()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        row.note(column, f"{text[:60]!r} is not an e-mail address; left out")
        return ""
    return text


def position(row: Row, latitude: str, longitude: str, *, precision: Precision) -> dict[str, float | str]:
    """The position fields in degrees, or none of them: an empty, impossible or 0, 0 position is left out."""
    cells = [row.cells.get(column, "").strip() for column in (latitude, longitude)]
    if not any(cells):
        return {}
    numbers = [float(cell) if _NUMBER.fullmatch(cell) else math.nan for cell in cells]
    north, east = numbers
    if not (abs(north) <= 90 and abs(east) <= 180) or numbers == [0, 0]:
        row.note(latitude, f"{cells[0][:20]!r}, {cells[1][:20]!r} is not a position; left out")
        return {}
    return {"latitude": north, "longitude": east, "position_precision": precision}
