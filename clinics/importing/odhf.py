"""Statistics Canada's Open Database of Healthcare Facilities, version 1.1."""

from typing import Any

from clinics.importing import cells
from clinics.importing.reading import Layout, Mapping, Row
from places.models import Precision
from places.regions import REGIONS


def _identifier(row: Row) -> str:
    """The database's own index."""
    identifier = row.cells["index"].strip()
    if not identifier:
        row.refuse("index", "it has no identifier")
    return identifier


def _fields(row: Row) -> dict[str, Any]:
    """Its ``provider`` is the office that published the row, not who runs the facility."""
    name = cells.words(row, "facility_name", limit=200)
    if not name:
        row.refuse("facility_name", "it has no name")
    province = row.cells["province"].strip().upper()
    if province not in REGIONS["CA"]:
        row.note("province", f"{province[:20]!r} is not a province or territory; left out")
    street = cells.capitalised(cells.joined(row, "street_no", "street_name", limit=180, by=" "))
    unit = cells.words(row, "unit", limit=10)
    return {
        "name": name,
        "street": f"{street}, unit {unit}" if street and unit else street,
        "town": cells.capitalised(cells.words(row, "city", limit=100)),
        "region": REGIONS["CA"].get(province, ""),
        "postcode": cells.words(row, "postal_code", limit=12).upper(),
        "country": "CA",
    } | cells.position(row, "latitude", "longitude", precision=Precision.STREET)


ODHF = Mapping(
    name="odhf",
    title="the Open Database of Healthcare Facilities",
    credit="Contains information licensed under the Open Government Licence – Canada: Statistics Canada, ODHF",
    columns=(
        "index",
        "facility_name",
        "unit",
        "street_no",
        "street_name",
        "postal_code",
        "city",
        "province",
        "latitude",
        "longitude",
    ),
    identifier=_identifier,
    fields=_fields,
    layout=Layout(encoding="windows-1252"),
)
