"""The hospitals of NHS.uk (once NHS Choices), England, 2018: its own delimiter, and no quotation marks."""

from typing import Any

from clinics.importing import cells
from clinics.importing.reading import Layout, Mapping, Row
from places.models import Precision


def _identifier(row: Row) -> str:
    """The site's own number. Its OrganisationCode is not one: eight codes stand in two rows each."""
    identifier = row.cells["OrganisationID"].strip()
    if not identifier:
        row.refuse("OrganisationID", "it has no identifier")
    return identifier


def _fields(row: Row) -> dict[str, Any]:
    name = cells.words(row, "OrganisationName", limit=200)
    if not name:
        row.refuse("OrganisationName", "it has no name")
    return {
        "name": name,
        "provider": cells.words(row, "ParentName", limit=200),
        "street": cells.joined(row, "Address1", "Address2", "Address3", limit=200),
        "town": cells.words(row, "City", limit=100),
        "region": cells.words(row, "County", limit=100),
        "postcode": cells.words(row, "Postcode", limit=12).upper(),
        "country": "GB",
        "phone": cells.phone(row, "Phone", country="GB"),
        "email": cells.email(row, "Email"),
        "website": cells.website(row, "Website"),
    } | cells.position(row, "Latitude", "Longitude", precision=Precision.POSTCODE)


NHS_CHOICES = Mapping(
    name="nhs-choices",
    title="the list of hospitals of NHS.uk",
    credit="Contains information from NHS.uk, licensed under the Open Government Licence v3.0",
    columns=(
        "OrganisationID",
        "OrganisationCode",
        "OrganisationName",
        "Address1",
        "Address2",
        "Address3",
        "City",
        "County",
        "Postcode",
        "Latitude",
        "Longitude",
        "ParentName",
        "Phone",
        "Email",
        "Website",
    ),
    identifier=_identifier,
    fields=_fields,
    layout=Layout(encoding="iso-8859-1", delimiter="\xac", is_quoted=False),
)
