"""The directory as one CSV table: a row a clinic, every cell safe in a spreadsheet."""

import csv
from typing import Any

from clinics.exporting.format import Format, Output
from clinics.models import Clinic, OpeningHours, Route, Treatment
from clinics.spreadsheets import safe_cell

_AS_THEY_ARE = (
    "name", "slug", "is_sample", "setting", "street", "town", "region", "postcode", "country", "latitude", "longitude",
    "position_precision", "timezone", "phone", "email", "website", "taking_new_patients", "psychiatric_assessment",
    "therapy_alongside", "referral_needed", "youngest_age", "oldest_age", "wheelchair_access", "accessible_toilet",
    "parking", "access_note", "verified_on", "verified_how",
)  # fmt: skip
COLUMNS = (
    "id", "url", *_AS_THEY_ARE, "provider", "treatments", "prices", "payments", "languages", "remote_regions",
    "opening_hours", "sources",
)  # fmt: skip


class Table(Format):
    """RFC 4180 in UTF-8. An empty cell means "not known", lists are joined by "; "."""

    name, title, media_type = "clinics.csv", "CSV", "text/csv; charset=utf-8"
    about = "One row a clinic, for spreadsheets. An empty cell means that we do not know."

    def __init__(self, output: Output):
        self._writer = csv.writer(output)
        self._writer.writerow(COLUMNS)

    def write(self, clinic: Clinic, url: str) -> None:
        cells = [clinic.pk, url, *(getattr(clinic, field) for field in _AS_THEY_ARE)]
        treatments = sorted(clinic.treatments.all(), key=lambda treatment: treatment.route)
        hours = sorted(clinic.opening_hours.all(), key=lambda span: (span.weekday, span.opens))
        lists = [
            [clinic.provider.name] if clinic.provider else [],
            [Route(treatment.route).slug for treatment in treatments],
            [price for treatment in treatments if (price := _price(treatment))],
            clinic.payments,
            clinic.languages,
            clinic.remote_regions,
            [_span(span) for span in hours],
            [f"{record.source} {record.identifier}" for record in clinic.source_records.all()],
        ]
        cells += ["; ".join(each) for each in lists]
        self._writer.writerow([safe_cell(_plain(cell)) for cell in cells])


def _plain(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else cell


def _price(treatment: Treatment) -> str:
    if treatment.price_from is None:
        return ""
    upto = "" if treatment.price_to is None else f"-{treatment.price_to}"
    return f"{Route(treatment.route).slug} {treatment.price_from}{upto} {treatment.currency} a {treatment.price_unit}"


def _span(span: OpeningHours) -> str:
    return f"{span.get_weekday_display()[:2]} {span.opens:%H:%M}-{span.closes:%H:%M}"
