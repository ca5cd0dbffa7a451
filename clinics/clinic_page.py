"""The page of one clinic, at whatever address it ever had."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinics.models import Clinic
from clinics.opening import open_state, week_table
from clinics.reachability import asked, reachability, safety_card
from clinics.structured_data import medical_clinic


@require_safe
def clinic(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the public may know of one clinic; one that is paused or delisted says so.

    The old address of a clinic, and that of a listing that repeats another, lead to the page that stands now.
    """
    clinics = Clinic.objects.defer("position").select_related("provider", "successor")
    try:
        clinic = clinics.prefetch_related("treatments", "opening_hours", "source_records").at(slug)
    except Clinic.DoesNotExist as error:
        raise Http404 from error
    if clinic.slug != slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{clinic.get_absolute_url()}{'?' if query else ''}{query}")
    is_delisted = clinic.status == Clinic.Status.DELISTED
    return TemplateResponse(
        request, "clinics/clinic.html", clinic_context(request, clinic), status=410 if is_delisted else 200
    )


def clinic_context(request: HttpRequest, clinic: Clinic) -> dict[str, Any]:
    """What the page of a clinic is made from; the admin previews drafts with it."""
    now = timezone.now()
    spans = clinic.opening_hours.all()
    is_listed = clinic.status == Clinic.Status.LISTED  # one that has paused is not "open now"
    card = safety_card(clinic)
    return {
        "clinic": clinic,
        "reachability": reachability(clinic),
        "safety_card": card,
        "safety_asked": asked(card),
        "open_state": open_state(spans, clinic.timezone, at=now) if is_listed else None,
        "week": week_table(spans, first_weekday=clinic.local_time(now).weekday()) if spans else [],
        "structured_data": medical_clinic(clinic, request.build_absolute_uri(clinic.get_absolute_url())),
    }
