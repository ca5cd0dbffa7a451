"""The pages on which the public tells us something, and sees what became of it."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinics import owners, reports
from clinics.forms import OwnerForm, ReportForm, SuggestionForm
from clinics.models import Clinic, Report
from clinics.submissions import SubmissionForm, admit
from clinics.views import SeeOther

TOO_MANY = (
    "More was sent to us in the last hour than we can look at, from where you are or from everywhere. "
    "What you wrote is still here: keep this page open and send it again in an hour."
)


@csrf_exempt  # it acts for nobody who is signed in, and no cookie is set for a visitor; see submissions
@require_http_methods(["GET", "HEAD", "POST"])
def suggest_clinic(request: HttpRequest) -> HttpResponse:
    """A clinic that is missing."""
    form = SuggestionForm(request.POST or None, purpose="suggestion")
    if answer := _received(request, form, kind=Report.Kind.SUGGESTION, clinic=None):
        return answer
    return _form_page(request, "clinics/suggest_clinic.html", form)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report_mistake(request: HttpRequest, slug: str) -> HttpResponse:
    """Something wrong in a listing; ``?about=phone`` chooses what."""
    clinic = get_object_or_404(Clinic.objects.defer("position").filter(live=True), slug=slug)
    about = request.GET.get("about", "")
    initial = {"about": about if about in Report.About.values else ""}
    form = ReportForm(request.POST or None, purpose=f"report.{clinic.pk}", initial=initial)
    if answer := _received(request, form, kind=Report.Kind.MISTAKE, clinic=clinic):
        return answer
    return _form_page(request, "clinics/report_mistake.html", form, clinic=clinic)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest) -> HttpResponse:
    """A clinic's own people confirm or correct its listing, by the link that a curator sent them."""
    key = request.GET.get("key", "")
    try:
        clinic = owners.clinic_of(key)
    except Clinic.DoesNotExist:
        return _private(TemplateResponse(request, "clinics/owner.html", {"clinic": None}, status=404))
    form = OwnerForm(request.POST or None, purpose=f"owner.{clinic.pk}", clinic=clinic)
    if answer := _received(request, form, kind=Report.Kind.OWNER, clinic=clinic):
        return answer
    return _private(_form_page(request, "clinics/owner.html", form, clinic=clinic))


def _received(
    request: HttpRequest,
    form: ReportForm | SuggestionForm | OwnerForm,
    *,
    kind: str,
    clinic: Clinic | None,
) -> HttpResponse | None:
    """On to the page of the report that *form* made, or had made when it came before; None where it made none."""
    if not form.is_bound or not form.is_valid():
        return None
    known = Report.objects.filter(token=form.submission).first()
    if known is None and not admit(request):
        form.add_error(None, ValidationError(TOO_MANY, code="too_many"))
        return None
    report = known or reports.receive(
        token=form.submission,
        kind=kind,
        clinic=clinic,
        email=form.cleaned_data["email"],
        about=form.cleaned_data.get("about", ""),
        note=form.cleaned_data["note"],
        proposed=form.proposed(),
    )
    return SeeOther(f"{reverse('clinics:report_status')}?key={report.token}")


def _form_page(request: HttpRequest, template: str, form: SubmissionForm, **context: Any) -> TemplateResponse:
    is_shut_out = form.is_bound and form.has_error(NON_FIELD_ERRORS, code="too_many")
    status = 429 if is_shut_out else 422 if form.is_bound else 200
    return TemplateResponse(request, template, {"form": form, **context}, status=status)


@require_safe
def report_status(request: HttpRequest) -> HttpResponse:
    """What became of a report, for whoever has its link. The key is in the query, which no log keeps."""
    known = Report.objects.select_related("clinic").defer("clinic__position")
    report = known.filter(token=request.GET.get("key", "")).first()
    context = {"report": report, "calls": reports.calls_for(report) if report else []}
    status = 200 if report else 404
    return _private(TemplateResponse(request, "clinics/report_status.html", context, status=status))


def _private(response: TemplateResponse) -> TemplateResponse:
    """Found by nobody, and named to no other site."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
