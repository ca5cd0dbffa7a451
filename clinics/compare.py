"""Up to three clinics side by side. What is compared stands in the address and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinics.burden import Burden, burdens, schedules_by_route
from clinics.clinic_page import with_everything
from clinics.freshness import mark_doubtful
from clinics.models import Clinic
from clinics.opening import OpenState, open_state
from clinics.reachability import Reachability, SafetyFact, asked, reachability, safety_card
from clinics.search import ClinicSearch, Unit, place_carried
from places.distance import Point
from places.models import Place

MOST = 3
MOST_READ = 10  # of the slugs in an address; the rest is not looked for
OFFERED = 5


@dataclass
class Column:
    """One clinic of a comparison."""

    clinic: Clinic
    km_away: float | None
    open_state: OpenState | None
    burdens: list[Burden]
    reachability: Reachability
    safety_card: list[SafetyFact]
    url_without: str  # the comparison of the others


@dataclass
class Comparison:
    """The clinics that an address asks for, in its order, and what of it could not be had."""

    clinics: list[Clinic]
    start: Place | None = None
    is_too_long: bool = False
    missing: int = 0

    @classmethod
    def from_query(cls, query) -> Comparison:
        """What the ``clinic`` and ``near`` of a query string ask for; old addresses stand for their clinics."""
        asked = list(dict.fromkeys(filter(None, query.getlist("clinic"))))
        found: dict[str, Clinic] = {}
        read = asked[:MOST_READ]
        clinics = {clinic.slug: clinic for clinic in with_everything().filter(live=True, slug__in=read)}
        missing = 0
        for slug in read:
            clinic = clinics.get(slug) or _formerly_at(slug)
            if clinic:
                found.setdefault(clinic.slug, clinic)
            missing += clinic is None
        return cls(
            list(found.values())[:MOST],
            place_carried(query.get("near", "")),
            is_too_long=len(found) > MOST,
            missing=missing,
        )

    @property
    def slugs(self) -> list[str]:
        return [clinic.slug for clinic in self.clinics]

    @property
    def point(self) -> Point | None:
        return Point(self.start.latitude, self.start.longitude) if self.start else None

    def km_to(self, clinic: Clinic) -> float | None:
        """From the start, in a straight line; None where either end is not known."""
        return self.point.km_to(clinic.point) if self.point and clinic.point else None

    @property
    def country(self) -> str:
        """Whose units and crisis lines it is shown with."""
        if self.start:
            return self.start.country
        return self.clinics[0].country if self.clinics else ""

    @property
    def is_full(self) -> bool:
        return len(self.clinics) >= MOST

    def url(self, *slugs: str, view: str = "clinics:compare") -> str:
        """The address of a comparison of *slugs*, from the same start."""
        query = {"clinic": slugs, "near": [ClinicSearch(self.start).near] if self.start else []}
        return f"{reverse(view)}?{urlencode(query, doseq=True, safe='/')}"

    def columns(self) -> list[Column]:
        now, schedules = timezone.now(), schedules_by_route()
        mark_doubtful(self.clinics, now.date())
        return [
            Column(
                clinic,
                self.km_to(clinic),
                _state(clinic, now),
                burdens(clinic, self.point, schedules),
                reachability(clinic),
                safety_card(clinic),
                self.url(*(slug for slug in self.slugs if slug != clinic.slug)),
            )
            for clinic in self.clinics
        ]

    def offers(self) -> list[tuple[Clinic, float, str]]:
        """Clinics that could be added, each with its distance from the first in km and the address that adds it."""
        point = next((clinic.point for clinic in self.clinics if clinic.point), None)
        if point is None or self.is_full:
            return []
        others = Clinic.objects.listed().defer("position").exclude(slug__in=self.slugs)
        return [
            (other, point.km_to(other.point), self.url(*self.slugs, other.slug))
            for other in others.near(point)[:OFFERED]
        ]


def safety_rows(columns: list[Column]) -> list[tuple[str, list[SafetyFact]]]:
    """(question, the fact of each column) for the safety card; none where no clinic was asked anything."""
    if not any(asked(column.safety_card) for column in columns):
        return []
    return [
        (facts[0].statement, list(facts))
        for facts in zip(*(each.safety_card for each in columns), strict=True)
    ]


def _formerly_at(slug: str) -> Clinic | None:
    try:
        return with_everything().at(slug)
    except Clinic.DoesNotExist:
        return None


def _state(clinic: Clinic, now) -> OpenState | None:
    if clinic.status != Clinic.Status.LISTED:
        return None
    return open_state(clinic.opening_hours.all(), clinic.timezone, at=now, closed=clinic.closed_dates.all())


@require_safe
def clinic_compare(request: HttpRequest) -> HttpResponse:
    """The clinics that the address names, as a table; with fewer than two, how to choose some."""
    comparison = Comparison.from_query(request.GET)
    columns = comparison.columns()
    context: dict[str, Any] = {
        "comparison": comparison,
        "columns": columns,
        "safety_rows": safety_rows(columns),
        "start_near": ClinicSearch(comparison.start).near if comparison.start else "",
        "offers": comparison.offers(),
        "unit": Unit.of(comparison.country),
        "share_url": request.build_absolute_uri(comparison.url(*comparison.slugs)),
        "paper_url": comparison.url(*comparison.slugs, view="clinics:compare_paper"),
    }
    nothing_found = bool(comparison.missing and not comparison.clinics)
    return TemplateResponse(
        request, "clinics/clinic_compare.html", context, status=404 if nothing_found else 200
    )
