"""Registers that are plain tables: NPPES of the United States, NHS ODS and CQC of England."""

from clinics.importing.columns import Columns
from clinics.importing.layout import FOUND
from clinics.importing.reading import Layout, Row
from places.models import Precision

_PRACTICE = "Provider Business Practice Location Address"


def _is_no_organisation(row: Row) -> bool:
    """A person (type 1), or an entry that has been switched off."""
    is_off = row.cells.get("NPI Deactivation Date", "").strip()
    return row.cells.get("Entity Type Code", "2").strip() != "2" or bool(is_off)


NPPES = Columns(
    name="nppes",
    title="the National Plan and Provider Enumeration System",
    credit="NPPES, Centers for Medicare & Medicaid Services, public domain",
    country="US",
    identifier=("NPI",),
    fields={
        "name": ("Provider Organization Name (Legal Business Name)",),
        "street": (
            "Provider First Line Business Practice Location Address",
            "Provider Second Line Business Practice Location Address",
        ),
        "town": (f"{_PRACTICE} City Name",),
        "region": (f"{_PRACTICE} State Name",),
        "postcode": (f"{_PRACTICE} Postal Code",),
        "phone": (f"{_PRACTICE} Telephone Number",),
    },
    skips=_is_no_organisation,
).mapping()


def _is_not_active(row: Row) -> bool:
    return row.cells.get("column 13", "A").strip().upper() != "A"


# No heading: the columns are known by their place, as the Organisation Data Service describes them.
EPRACCUR = Columns(
    name="nhs-ods-epraccur",
    title="the NHS Organisation Data Service's epraccur",
    credit="Contains NHS ODS data, licensed under the Open Government Licence v3.0",
    country="GB",
    identifier=("column 1",),
    fields={
        "name": ("column 2",),
        "street": ("column 5", "column 6", "column 7"),
        "town": ("column 8",),
        "region": ("column 9",),
        "postcode": ("column 10",),
        "phone": ("column 18",),
    },
    layout=Layout(heading=0),
    precision=Precision.POSTCODE,
    skips=_is_not_active,
).mapping()

# Some lines of preamble, whose number changes, come before the heading.
CQC = Columns(
    name="cqc-directory",
    title="the Care Quality Commission's directory",
    credit="Contains Care Quality Commission data, licensed under the Open Government Licence v3.0",
    country="GB",
    identifier=("CQC Location ID (for office use only)",),
    fields={
        "name": ("Name",),
        "provider": ("Provider name",),
        "street": ("Address",),
        "region": ("Local authority",),
        "postcode": ("Postcode",),
        "phone": ("Phone number",),
        "website": ("Service's website (if available)",),
    },
    layout=Layout(heading=FOUND),
    precision=Precision.POSTCODE,
).mapping()
