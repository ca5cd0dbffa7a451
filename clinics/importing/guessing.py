"""Which column is probably which field, by its name: a beginning for whoever maps a list by hand."""

import re
from collections.abc import Iterable

# Names of columns as lists write them, letters alone; those that are put together in order.
_NAMES = {
    "name": (
        "name", "name1", "facilityname", "organisationname", "organizationname", "clinicname", "servicename",
        "sitename", "title",
    ),
    "provider": ("provider", "providername", "parentname", "operator", "runby", "company"),
    "street": (
        "street", "street1", "street2", "address", "address1", "address2", "addressline1", "addressline2", "streetno",
        "streetnumber", "streetname", "streetaddress",
    ),
    "town": ("town", "city", "locality", "suburb", "posttown"),
    "region": ("region", "state", "province", "county", "stateprovince"),
    "postcode": ("postcode", "zip", "zipcode", "postalcode", "eircode"),
    "phone": ("phone", "phonenumber", "telephone", "telephonenumber", "tel"),
    "email": ("email", "emailaddress", "mail"),
    "website": ("website", "web", "url", "websiteurl", "homepage"),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "x"),
}  # fmt: skip
_SEVERAL = ("street",)
_IDENTIFIERS = (
    "id",
    "index",
    "identifier",
    "organisationid",
    "frid",
    "npi",
    "locationid",
    "facilityid",
    "code",
)


def fields(columns: Iterable[str]) -> dict[str, str]:
    """The field that each column probably makes; columns that no name fits are left out."""
    found: dict[str, str] = {}
    for column in columns:
        for field, names in _NAMES.items():
            if _letters(column) in names and (field in _SEVERAL or field not in found.values()):
                found[column] = field
    return found


def identifier(columns: Iterable[str]) -> list[str]:
    """The first column that is called like an identifier."""
    return [column for column in columns if _letters(column) in _IDENTIFIERS][:1]


def _letters(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.casefold())
