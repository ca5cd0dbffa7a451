"""What the public told us, as a list and one by one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.actions.publish_revision import PublishPermissionError

from clinics import curation, reports
from clinics.admin.calls import MAY_NOT_PUBLISH
from clinics.admin.forms import AnswerForm, CorrectionForm
from clinics.models import Clinic, Report
from clinics.search import positive_number

ROWS = 50
TAKEN = {  # what a sender calls a part of the page: the field that it is
    "phone": "phone",
    "website": "website",
}

may_answer = permission_required("clinics.change_report", raise_exception=True)


@require_safe
@may_answer
def report_list(request: HttpRequest) -> HttpResponse:
    """Open reports, the one that waits longest first; ``?closed=1`` for those that were answered."""
    is_closed = "closed" in request.GET
    found = (
        Report.objects.exclude(outcome="").order_by("-closed_at", "-pk")
        if is_closed
        else Report.objects.to_review()
    )
    pages = Paginator(found.select_related("clinic", "closed_by").defer("clinic__position"), ROWS)
    context = {"page": pages.get_page(positive_number(request.GET, "page")), "is_closed": is_closed}
    return TemplateResponse(request, "clinics/admin/report_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_answer
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the listing: change it and say so, or say why not."""
    report = get_object_or_404(Report.objects.select_related("clinic", "closed_by"), pk=pk)
    data = request.POST or None
    correction = None
    if report.clinic and report.is_open:
        proposed = {TAKEN.get(name, name): said for name, said in report.proposed.items()}
        correction = CorrectionForm(data, instance=report.clinic, proposed=proposed)
    answer = AnswerForm(data)
    if request.method == "POST":
        if problem := _answered(request, report, correction, answer):
            messages.error(request, problem)
        else:
            return redirect(_after(request, report))
    fresh = Report.objects.select_related("clinic", "closed_by").get(
        pk=pk
    )  # the form wrote into the other one
    context = {
        "report": fresh,
        "correction": correction,
        "answer": answer,
        "calls": reports.calls_for(fresh),
    }
    return TemplateResponse(request, "clinics/admin/report.html", context, status=422 if data else 200)


def _answered(
    request: HttpRequest, report: Report, correction: CorrectionForm | None, answer: AnswerForm
) -> str:
    """What stands in the way of what was asked for; "" when it was done."""
    action = request.POST.get("action")
    try:
        if action == "draft":
            reports.draft(report=report, by=request.user)
        elif action == "decline":
            said = request.POST.get("answer", "")[:1000]
            reports.close(report=report, outcome=Report.Outcome.DECLINED, answer=said, by=request.user)
        elif correction is None:
            said = request.POST.get("answer", "")[:1000]
            reports.close(report=report, outcome=Report.Outcome.CHANGED, answer=said, by=request.user)
        elif answer.is_valid() & correction.is_valid():
            reports.accept(
                report=_as_it_is(report),
                corrections=correction.corrections(),
                confirmed="confirmed" in request.POST and report.kind == Report.Kind.OWNER,
                answer=answer.cleaned_data["answer"],
                by=request.user,
            )
        else:
            return "Nothing was changed yet: see what is marked below."
    except curation.DraftPendingError as error:
        return f"Nothing was changed yet. {error}"
    except PublishPermissionError:
        return f"Nothing was changed yet. {MAY_NOT_PUBLISH}"
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _as_it_is(report: Report) -> Report:
    """Without what a form wrote into its clinic."""
    return Report.objects.select_related("clinic").get(pk=report.pk)


def _after(request: HttpRequest, report: Report) -> str:
    """Where to go on to: a new draft, or the list."""
    if request.POST.get("action") == "draft" and report.clinic:
        messages.success(request, "A draft was made. Call the clinic before you publish it.")
        return edit_address(report.clinic)
    messages.success(request, "Answered. Whoever told us sees it on their private page.")
    return reverse("curation:reports")


def edit_address(clinic: Clinic) -> str:
    """The full editor."""
    return reverse("wagtailsnippets_clinics_clinic:edit", args=[clinic.pk])
