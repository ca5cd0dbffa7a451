"""A list of clinics for paper: one page, with the questions to ask and a day after which to ask for it anew."""

from __future__ import annotations

from datetime import timedelta

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from clinics.compare import Comparison
from clinics.freshness import mark_doubtful
from clinics.models import Clinic
from clinics.search import ClinicSearch, Unit
from places.models import Place

GOOD_FOR = timedelta(days=30)  # prices and waiting lists change; a telephone number mostly does not
MOST_PRINTED = 6  # with the questions and the crisis lines they fill one side of A4 or Letter


def qr_code(text: str) -> SafeString:
    """*text* as a QR code of inline SVG, which the policy of the site allows; error correction M (15 %)."""
    svg = segno.make(text, error="m").svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, title="The address of this list as a QR code"
    )
    return mark_safe(svg)  # noqa: S308 (made of squares by segno)


@require_safe
def search_paper(request: HttpRequest, country: str, place: str) -> HttpResponse:
    """The nearest of what a search finds."""
    try:
        centre = Place.objects.at(country.upper(), place)
    except Place.DoesNotExist as error:
        raise Http404 from error
    search = ClinicSearch.from_query(centre, request.GET)
    results = search.results()
    title = f"Clinics near {search.place.label}"
    return _paper(
        request,
        title,
        results.clinics[:MOST_PRINTED],
        address=search.get_absolute_url(),
        unit=search.unit,
        country=centre.country,
        start=centre,
        count=results.count,
    )


@require_safe
def compare_paper(request: HttpRequest) -> HttpResponse:
    """The clinics of a comparison."""
    comparison = Comparison.from_query(request.GET)
    if not comparison.clinics:
        raise Http404
    for clinic in comparison.clinics:
        clinic.km = comparison.km_to(clinic)
    return _paper(
        request,
        "Clinics that you compared",
        comparison.clinics,
        address=comparison.url(*comparison.slugs),
        unit=Unit.of(comparison.country),
        country=comparison.country,
        start=comparison.start,
        count=len(comparison.clinics),
    )


def _paper(
    request: HttpRequest,
    title: str,
    clinics: list[Clinic],
    *,
    address: str,
    unit: Unit,
    country: str,
    start: Place | None,
    count: int,
) -> HttpResponse:
    today = timezone.localdate()
    mark_doubtful(clinics, today)
    fresh_url = request.build_absolute_uri(address)
    context = {
        "title": title,
        "clinics": clinics,
        "count": count,
        "unit": unit,
        "country": country,
        "start": start,
        "today": today,
        "check_again_after": today + GOOD_FOR,
        "fresh_url": fresh_url,
        "qr_code": qr_code(fresh_url),
    }
    return TemplateResponse(request, "clinics/clinic_paper.html", context)
