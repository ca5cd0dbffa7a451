"""Where nothing was found, for everybody: a page, and the same as data."""

import csv
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from clinics.exporting.credits import GAZETTEER, LICENCE, LICENCE_URL
from clinics.maps import tiles
from clinics.models import Clinic, Route, UnmetNeed
from clinics.models.unmet_need import FEWEST, SHOWN_WEEKS
from clinics.search import Unit
from clinics.spreadsheets import safe_cell
from places.areas import has_own_page
from places.countries import COVERED, country_name

MOST_SHOWN = 500  # rows of the page; the data have all of them
COLUMNS = ("week", "country", "area", "name", "route", "payment", "searches", "latitude", "longitude")


@dataclass(frozen=True)
class Row:
    """Something looked for in vain in an area, over the last year."""

    country: str
    area: str
    name: str
    words: str
    total: int
    last_week: date
    url: str  # of the same search from there; empty where the area has no page of its own
    at: list[float] | None  # the middle of the area

    @property
    def slug(self) -> str:
        """The area's name within the page."""
        return f"{self.country}-{self.area}".lower()


def rows(today: date, most: int = MOST_SHOWN) -> list[Row]:
    """The last year's, the most searches first; one query."""
    return [_row(found) for found in UnmetNeed.objects.by_area(today)[:most]]


def _row(found: dict[str, Any]) -> Row:
    country, area, route, payment = (found[name] for name in ("country", "area", "route", "payment"))
    words = [Route.from_slug(route).label] if route else ["Any treatment"]
    if payment:
        words.append(str(Clinic.Payment(payment).label).lower())
    url = ""
    if has_own_page(country):
        asked = {name: word for name, word in (("route", route), ("payment", payment)) if word}
        path = reverse("clinics:near", args=[country.lower(), area.lower()])
        url = f"{path}?{urlencode(asked)}" if asked else path
    at = None if found["north"] is None else [found["north"], found["east"]]
    return Row(country, area, found["title"], ", ".join(words), found["total"], found["last_week"], url, at)


def need_map(rows: list[Row]) -> dict[str, Any] | None:
    """The areas for the map in the browser, numbered as they first come in the table; None where there are none."""
    areas: dict[str, list[Row]] = {}
    for row in rows:
        if row.at:
            areas.setdefault(row.slug, []).append(row)
    if not areas:
        return None
    unit = Unit.KM
    return {
        "tiles": tiles(),
        "unit": {"word": unit.word, "km": unit.km, "radii": []},
        "noun": {"one": "area", "many": "areas"},
        "clinics": [
            {
                "slug": slug,
                "number": number,
                "name": " ".join(filter(None, (of_area[0].area, of_area[0].name))),
                "url": of_area[0].url or f"#clinic-{slug}",
                "town": "; ".join(f"{row.words}: {row.total:,}" for row in of_area),
                "at": of_area[0].at,
                "approximate": False,
                "distance": "",
            }
            for number, (slug, of_area) in enumerate(areas.items(), start=1)
        ],
    }


@require_safe
def unmet_need(request: HttpRequest) -> HttpResponse:
    """The areas from which people looked for something and found nothing, by country; what an area lacks together."""
    found = rows(timezone.localdate())
    most: dict[str, int] = {}
    for row in found:
        most.setdefault(row.slug, row.total)
    found.sort(key=lambda row: (COVERED.index(row.country), -most[row.slug], row.slug))
    countries = [
        (country_name(country), list(of_country))
        for country, of_country in groupby(found, key=lambda row: row.country)
    ]
    context = {
        "countries": countries,
        "map": need_map(found),
        "fewest": fewest(),
        "weeks": SHOWN_WEEKS,
        "licence": LICENCE,
    }
    return TemplateResponse(request, "clinics/unmet_need.html", context)


@require_safe
def unmet_need_csv(request: HttpRequest) -> HttpResponse:
    """Every row of the weeks that are over."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="unmet-need.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in _data())
    return response


@require_safe
def unmet_need_json(request: HttpRequest) -> HttpResponse:
    """The same, with what it means and on what terms it may be used."""
    about = (
        f"Searches that found nothing, counted by area and week once at least {fewest()} people had looked for the "
        "same thing there. Empty route or payment: any. Only a part of all searches is in it (docs/adr/0095)."
    )
    return JsonResponse(
        {
            "about": about,
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "credits": ["Ketamine Info, CC BY 4.0", *GAZETTEER],
            "rows": [dict(zip(COLUMNS, row, strict=True)) for row in _data()],
        }
    )


def _data():
    finished = UnmetNeed.objects.finished(timezone.localdate())
    return finished.order_by(*COLUMNS[:3], *COLUMNS[4:6]).values_list(*COLUMNS)


def fewest() -> int:
    """How many people the smallest count tells of."""
    return max(FEWEST, settings.UNMET_NEED_FEWEST)
