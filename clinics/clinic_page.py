"""The page of one clinic, at whatever address it ever had."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from clinics.browse import town_url
from clinics.burden import burdens, schedules_by_route
from clinics.freshness import mark_doubtful
from clinics.maps import clinic_map
from clinics.models import Clinic, ClinicQuerySet
from clinics.opening import open_state, week_from
from clinics.public_holidays import public_holidays
from clinics.reachability import asked, reachability, safety_card
from clinics.search import ClinicSearch, Unit, place_carried
from clinics.structured_data import medical_clinic
from clinics.views import STATUS, SeeOther
from places.distance import Point
from places.models import Place

NEARBY = 3


def with_everything() -> ClinicQuerySet:
    """Clinics with all that a page about one shows, in a fixed number of queries."""
    parts = ("treatments", "opening_hours", "closed_dates", "source_records")
    return Clinic.objects.defer("position").select_related("provider", "successor").prefetch_related(*parts)


@require_safe
def clinic(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the public may know of one clinic; one that is paused or delisted says so.

    The old address of a clinic, and that of a listing that repeats another, lead to the page that stands now.
    """
    try:
        clinic = with_everything().at(slug)
    except Clinic.DoesNotExist as error:
        raise Http404 from error
    if clinic.slug != slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{clinic.get_absolute_url()}{'?' if query else ''}{query}")
    is_delisted = clinic.status == Clinic.Status.DELISTED
    return TemplateResponse(
        request, "clinics/clinic.html", clinic_context(request, clinic), status=410 if is_delisted else 200
    )


@csrf_exempt  # it changes nothing
@require_POST  # what is typed stays out of addresses
def clinic_from(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a person would start from, for what a whole course asks of them; the page is then asked for with it."""
    try:
        clinic = with_everything().at(slug)
    except Clinic.DoesNotExist as error:
        raise Http404 from error
    text = request.POST.get("where", "")
    if not text.strip():
        context = clinic_context(request, clinic) | {"start_missing": True}
        return TemplateResponse(request, "clinics/clinic.html", context, status=422)
    finding = Place.objects.find(text, country=request.POST.get("country") or None)
    if finding.place:
        near = ClinicSearch(finding.place).near
        return SeeOther(f"{clinic.get_absolute_url()}?near={near}#whole-course")
    choices = [(place, ClinicSearch(place).near) for place in finding.places]
    context = clinic_context(request, clinic) | {"start_finding": finding, "start_choices": choices}
    return TemplateResponse(request, "clinics/clinic.html", context, status=STATUS[finding.outcome])


def clinic_context(request: HttpRequest, clinic: Clinic) -> dict[str, Any]:
    """What the page of a clinic is made from; the admin previews drafts with it."""
    now = timezone.now()
    today = clinic.local_time(now).date()
    spans, closed = clinic.opening_hours.all(), clinic.closed_dates.all()
    is_listed = clinic.status == Clinic.Status.LISTED  # one that has paused is not "open now"
    card = safety_card(clinic)
    mark_doubtful([clinic], today)
    start = place_carried(request.GET.get("near", ""))
    start_point = Point(start.latitude, start.longitude) if start else None
    coming_holidays = public_holidays(clinic, today) if spans else []
    canonical_url = request.build_absolute_uri(clinic.get_absolute_url())
    return {
        "clinic": clinic,
        "canonical_url": canonical_url,
        "town_url": town_url(clinic),
        "map": clinic_map(clinic),
        "reachability": reachability(clinic),
        "safety_card": card,
        "safety_asked": asked(card),
        "local_time": clinic.local_time(now),
        "open_state": open_state(spans, clinic.timezone, at=now, closed=closed) if is_listed else None,
        "week": week_from(today, spans, closed) if spans else [],
        "closures": [dates for dates in closed if dates.last_on >= today],
        "public_holidays": coming_holidays,
        "holiday_today": dict(coming_holidays).get(today),
        "start": start,
        "start_near": ClinicSearch(start).near if start else "",
        "km_away": start_point.km_to(clinic.point) if start_point and clinic.point else None,
        "unit": Unit.of(start.country if start else clinic.country),
        "burdens": burdens(clinic, start_point, schedules_by_route()) if is_listed else [],
        "nearby": _nearby(clinic) if is_listed else [],
        "structured_data": medical_clinic(clinic, canonical_url),
    }


def _nearby(clinic: Clinic) -> list[Clinic]:
    """The listed clinics next to it, each with ``km``, the nearest first; none beside a remote service."""
    if not clinic.point:
        return []
    others = Clinic.objects.listed().defer("position").exclude(pk=clinic.pk).near(clinic.point)[:NEARBY]
    nearby = list(others)
    for other in nearby:
        other.km = clinic.point.km_to(other.point)
    return nearby
