"""SAMHSA's list of mental-health facilities in the United States (findtreatment.gov, 2021)."""

from typing import Any

from clinics.importing import cells
from clinics.importing.reading import Mapping, Row
from places.models import Precision
from places.regions import REGIONS


def _zip(row: Row) -> str:
    """Five digits: a spreadsheet has taken the leading zeros of New England and Puerto Rico for nothing."""
    text = row.cells["zip"].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        row.note("zip", f"{text[:20]!r} is not a ZIP code; left out")
        return ""
    return text.zfill(5)


def _identifier(row: Row) -> str:
    """Name, programme, street and ZIP: the list has no identifier, and these last while the facility does.

    Telephone, website and position are left out, since a changed one is news about the same facility. Rows
    that come to the same are numbered when the file is read (see ``applying``).
    """
    parts = [row.cells[column] for column in ("name1", "name2", "street1")]
    return "|".join(" ".join(part.casefold().split()) for part in [*parts, row.cells["zip"].strip().zfill(5)])


def _fields(row: Row) -> dict[str, Any]:
    name = cells.joined(row, "name1", "name2", limit=200)
    if not name:
        row.refuse("name1", "it has no name")
    state = row.cells["state"].strip().upper()
    if state not in REGIONS["US"]:
        row.note("state", f"{state[:20]!r} is not a state or territory; left out")
    return {
        "name": name,
        "street": cells.joined(row, "street1", "street2", limit=200),
        "town": cells.words(row, "city", limit=100),
        "region": REGIONS["US"].get(state, ""),
        "postcode": _zip(row),
        "country": "US",
        "phone": cells.phone(row, "phone", country="US"),
        "website": cells.website(row, "website"),
    } | cells.position(row, "latitude", "longitude", precision=Precision.STREET)


SAMHSA = Mapping(
    name="samhsa",
    title="SAMHSA's list of mental-health facilities",
    credit="Behavioral Health Treatment Services Locator, SAMHSA, public domain",
    columns=(
        "name1",
        "name2",
        "street1",
        "street2",
        "city",
        "state",
        "zip",
        "phone",
        "website",
        "latitude",
        "longitude",
    ),
    identifier=_identifier,
    fields=_fields,
    has_own_identifiers=False,
    not_data=("",),  # the running number of the row
)
