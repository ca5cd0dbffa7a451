"""Answers of SAMHSA's FindTreatment as they come (JSON), with the services that say who offers ketamine."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clinics.importing.columns import Columns
from clinics.importing.layout import Kind
from clinics.importing.reading import Layout, Row
from clinics.models import Clinic, Route

KETAMINE_INFUSION = "ketamine infusion therapy"  # its code is KIT; an answer may give either
_PAYMENTS = {
    "cash or self-payment": Clinic.Payment.SELF_PAY,
    "private health insurance": Clinic.Payment.INSURANCE,
    "medicaid": Clinic.Payment.PUBLIC,
    "medicare": Clinic.Payment.PUBLIC,
}

_COLUMNS = Columns(
    name="samhsa-findtreatment",
    title="SAMHSA's FindTreatment",
    credit="FindTreatment.gov, SAMHSA, public domain",
    country="US",
    identifier=("frid",),
    fields={
        "name": ("name1", "name2"),
        "street": ("street1", "street2"),
        "town": ("city",),
        "region": ("state",),
        "postcode": ("zip",),
        "phone": ("phone",),
        "website": ("website",),
        "latitude": ("latitude",),
        "longitude": ("longitude",),
    },
    layout=Layout(kind=Kind.JSON, heading=0, records="rows.item"),
)


def _fields(row: Row) -> dict[str, Any]:
    """What the plain columns say, with routes and ways to pay where the services say so."""
    said = set(_values(row))
    if "services" in row.cells and not said:
        row.note("services", "no services that can be read; left out")
    offers = {KETAMINE_INFUSION, "kit"} & said
    payments = {payment for text, payment in _PAYMENTS.items() if text in said}
    return _COLUMNS.mapping().fields(row) | {
        "routes": [int(Route.IV)] if offers else [],
        "payments": sorted(map(str, payments)),
    }


def _values(row: Row) -> Iterator[str]:
    """Each service's values, in small letters. They come as [{f1: group, f2: code, f3: "value; value"}]."""
    try:
        services = json.loads(row.cells.get("services") or "[]")
    except ValueError:
        return
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict):
            for text in str(service.get("f3", "")).split(";"):
                yield " ".join(text.casefold().split())


FIND_TREATMENT = replace(_COLUMNS.mapping(), fields=_fields, not_data=("miles", "_irow"))
