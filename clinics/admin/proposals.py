"""The curators' list of what sources propose: one by one, or many at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.actions.publish_revision import PublishPermissionError

from clinics import proposals
from clinics.curation import DraftPendingError
from clinics.models import Clinic, ProposedChange
from clinics.search import positive_number

ROWS = 50
DECISIONS = {"accept": (proposals.accept, "Accepted"), "reject": (proposals.reject, "Left as it was")}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("clinics.publish_clinic", raise_exception=True)
def proposed_changes(request: HttpRequest) -> HttpResponse:
    """What is proposed, oldest first, of one source or field where ``source`` or ``about`` says so.

    What is ticked is decided; what cannot be stays, and the page says why. ``?ticked=1`` comes with all ticked.
    """
    if request.method == "POST":
        _decide(request)
        return redirect(f"{reverse('curation:proposed_changes')}?{request.GET.urlencode()}")
    opened = ProposedChange.objects.open()
    chosen = {name: request.GET[name] for name in ("source", "about") if request.GET.get(name)}
    found = opened.of(**chosen).select_related("clinic", "source_record")
    found = found.defer("clinic__position", "source_record__data")
    page = Paginator(found, ROWS).get_page(positive_number(request.GET, "page"))
    context = {
        "page": page,
        "rows": [_row(change) for change in page],
        "sources": opened.order_by("source_record__source")
        .values_list("source_record__source", flat=True)
        .distinct(),
        "fields": opened.order_by("about").values_list("about", flat=True).distinct(),
        "chosen": chosen,
        "is_ticked": "ticked" in request.GET,
    }
    return TemplateResponse(request, "clinics/admin/proposed_changes.html", context)


def _decide(request: HttpRequest) -> None:
    decision = DECISIONS.get(request.POST.get("decision", ""))
    ticked = request.POST.getlist("change")[:ROWS]
    keys = [key for key in ticked if key.isascii() and key.isdecimal() and len(key) < 19]
    if not decision or not keys:
        messages.error(request, "Tick the changes to decide on, then choose what to do with them.")
        return
    decide, done = decision
    decided = 0
    for change in ProposedChange.objects.filter(pk__in=keys).select_related("clinic").order_by("pk"):
        try:
            decide(change=change, by=request.user)
            decided += 1
        except (proposals.DecidedError, DraftPendingError, PublishPermissionError) as error:
            messages.warning(request, f"{change.clinic}, {change.about}: {error}")
        except ValidationError as error:
            messages.warning(request, f"{change.clinic}, {change.about}: {' '.join(error.messages)}")
    if decided:
        messages.success(request, f"{done}: {decided}.")


def _row(change: ProposedChange) -> dict[str, Any]:
    fields = [
        {
            "label": Clinic._meta.get_field(name).verbose_name,
            "ours": _shown(getattr(change.clinic, name)),
            "before": _shown(change.before.get(name)),
            "now": _shown(value),
        }
        for name, value in change.values.items()
    ]
    return {"change": change, "fields": fields}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "Not known"
    return "Not known" if value in (None, "") else str(value)
