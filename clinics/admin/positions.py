"""Clinics that stand nowhere yet, or only in the middle of their postcode because nobody could find their address."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from clinics.models import Clinic
from clinics.search import positive_number

ROWS = 50


@require_safe
@permission_required("clinics.change_clinic", raise_exception=True)
def without_position(request: HttpRequest) -> HttpResponse:
    """Each with what is known of where it is, and the way to its pin."""
    waiting = Clinic.objects.without_position().defer("position").select_related("geocoding")
    page = Paginator(waiting, ROWS).get_page(positive_number(request.GET, "page"))
    return TemplateResponse(request, "clinics/admin/without_position.html", {"page": page})


def why(clinic: Clinic) -> str:
    """Why it waits to be placed, in a few words."""
    if clinic.point is None:
        return "no position"
    return str(clinic.geocoding.get_outcome_display()).lower()
