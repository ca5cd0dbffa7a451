"""A mapping that is data: which columns of a list make which field of a clinic. Curators make them by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from dataclasses import fields as fields_of
from typing import Any

from clinics.importing import cells
from clinics.importing.layout import Kind
from clinics.importing.reading import Layout, Mapping, Row
from clinics.models import Clinic
from places.models import Precision
from places.naming import fold
from places.regions import REGIONS, region_codes

# The fields that a list can fill, with what people call them; several columns for one are put together in order.
FIELDS = {
    "name": "Name",
    "provider": "Who runs it",
    "street": "Street",
    "town": "Town",
    "region": "State, province or county",
    "postcode": "Postcode",
    "phone": "Telephone",
    "email": "E-mail address",
    "website": "Website",
    "latitude": "Latitude",
    "longitude": "Longitude",
}
_HOUSE_NUMBER = re.compile(r"^(\d+[A-Za-z]?), ")  # a column of its own in some lists
LINES = ("name", "provider", "street", "town", "region", "postcode")


@dataclass(frozen=True)
class Columns:
    """What makes a mapping: *fields* gives the columns of each field, *identifier* those that name a row."""

    name: str
    title: str
    country: str  # ISO code of the country that the list is about
    fields: dict[str, tuple[str, ...]]
    identifier: tuple[str, ...] = ()  # none: derived from name, street and postcode
    layout: Layout = field(default_factory=Layout)
    credit: str = ""
    precision: Precision = Precision.STREET  # of the positions in the list
    skips: Callable[[Row], bool] = lambda row: False  # rows about something else than a clinic

    @classmethod
    def of(cls, data: dict[str, Any]) -> Columns:
        """What ``as_data`` made data of."""
        fields = {name: tuple(columns) for name, columns in data["fields"].items()}
        layout = Layout(**data["layout"] | {"kind": Kind(data["layout"]["kind"])})
        return cls(**data | {"fields": fields, "identifier": tuple(data["identifier"]), "layout": layout})

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        kept = {each.name: getattr(self, each.name) for each in fields_of(self) if each.name != "skips"}
        return kept | {"layout": asdict(self.layout)}

    def mapping(self) -> Mapping:
        """The same, as what an import reads by. A record of a JSON file may leave out all but its name."""
        used = [column for columns in self.fields.values() for column in columns]
        if self.layout.kind is Kind.JSON:
            used = list(self.fields["name"])
        return Mapping(
            name=self.name,
            title=self.title,
            columns=tuple(dict.fromkeys([*self.identifier, *used])),
            identifier=self._identifier,
            fields=self._fields,
            layout=self.layout,
            credit=self.credit,
            has_own_identifiers=bool(self.identifier),
            not_data=("",),  # a column without a name is the running number of the row
            skips=self.skips,
        )

    def _identifier(self, row: Row) -> str:
        named = self.identifier or [
            column for name in ("name", "street", "postcode") for column in self.fields.get(name, ())
        ]
        parts = [" ".join(row.cells.get(column, "").split()) for column in named]
        if not any(parts):
            row.refuse(named[0], "it has no identifier")
        return "|".join(parts) if self.identifier else "|".join(parts).casefold()

    def _fields(self, row: Row) -> dict[str, Any]:
        made: dict[str, Any] = {name: self._line(row, name) for name in LINES}
        if not made["name"]:
            row.refuse(self.fields["name"][0], "it has no name")
        made["street"] = cells.capitalised(_HOUSE_NUMBER.sub(r"\1 ", made["street"]))
        made["town"] = cells.capitalised(made["town"])
        made["region"] = self._region(row, made["region"])
        made["postcode"] = self._postcode(made["postcode"])
        made["country"] = self.country
        for name, read in (("email", cells.email), ("website", cells.website)):
            made[name] = read(row, self.fields[name][0]) if self.fields.get(name) else ""
        phone = self.fields.get("phone")
        made["phone"] = cells.phone(row, phone[0], country=self.country) if phone else ""
        if self.fields.get("latitude") and self.fields.get("longitude"):
            north, east = self.fields["latitude"][0], self.fields["longitude"][0]
            made |= cells.position(row, north, east, precision=self.precision)
        return made

    def _line(self, row: Row, name: str) -> str:
        columns = self.fields.get(name)
        limit = 200 if name == "provider" else Clinic._meta.get_field(name).max_length or 200
        return cells.joined(row, *columns, limit=limit) if columns else ""

    def _region(self, row: Row, text: str) -> str:
        """A state or province by its name, where the list gives its code."""
        known = REGIONS.get(self.country, {})
        code = text.upper() if text.upper() in known else region_codes(self.country).get(fold(text), "")
        return known.get(code, text)

    def _postcode(self, text: str) -> str:
        """As it is written there. Of an American ZIP+4 the first five, with the zeros a spreadsheet took away."""
        if self.country == "US" and (digits := text.replace("-", "")).isdecimal():
            return digits[:-4].zfill(5) if len(digits) > 5 else digits.zfill(5)
        return text.upper()
