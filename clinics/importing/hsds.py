"""Services in HSDS 3.0 (Open Referral), a service a line, such as this site's own export."""

import json
from typing import Any

from clinics.importing import cells
from clinics.importing.columns import Columns
from clinics.importing.layout import Kind
from clinics.importing.reading import Layout, Mapping, Row

_PLAIN = Columns(
    name="hsds",
    title="services in HSDS 3.0",
    country="",
    fields={
        "name": ("name",),
        "provider": ("organization.name",),
        "street": ("address_1", "address_2"),
        "town": ("city",),
        "region": ("state_province",),
        "postcode": ("postal_code",),
        "phone": ("number",),
        "email": ("email",),
        "website": ("organization.website",),
        "latitude": ("latitude",),
        "longitude": ("longitude",),
    },
)


def _identifier(row: Row) -> str:
    identifier = row.cells["id"].strip()
    if not identifier:
        row.refuse("id", "it has no identifier")
    return identifier


def _fields(row: Row) -> dict[str, Any]:
    """Of a service at several locations the first: the others are other clinics, which it does not name apart."""
    places = _objects(row, "service_at_locations")
    location = places[0].get("location", {}) if places else {}
    addresses = location.get("addresses") or [{}]
    phones = _objects(row, "phones") or location.get("phones") or [{}]
    if len(places) > 1:
        row.note("service_at_locations", "it has several locations; the first is taken")
    flat = row.cells | {
        name: "" if value is None else str(value)
        for part in (addresses[0], phones[0], {key: location.get(key) for key in ("latitude", "longitude")})
        for name, value in part.items()
        if not isinstance(value, dict | list) and name not in ("id", "name", "description", "email")
    }
    country = flat.get("country", "").strip().upper()
    if len(country) != 2 or not country.isalpha():
        row.refuse("service_at_locations", "it has no country (two letters)")
    read = Row(row.number, dict.fromkeys(_PLAIN.mapping().columns, "") | flat, row.problems)
    extension = flat.get("extension", "")
    if extension and read.cells["number"]:
        read.cells["number"] += f" ext. {extension}"
    made = Columns(**{**vars(_PLAIN), "country": country}).mapping().fields(read)
    return made | {"website": cells.website(read, "organization.website")}


def _objects(row: Row, column: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(row.cells.get(column) or "[]")
    except ValueError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


HSDS = Mapping(
    name="hsds",
    title="services in HSDS 3.0",
    credit="",  # of whoever published this one: HSDS is a form, not a list
    columns=("id", "name", "service_at_locations"),
    identifier=_identifier,
    fields=_fields,
    layout=Layout(kind=Kind.JSON, heading=0),
    not_data=("last_modified",),
)
