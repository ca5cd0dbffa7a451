"""The queue of clinics to call, and the page on which a call is made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.actions.publish_revision import PublishPermissionError

from clinics import curation, owners, reports, verification
from clinics.admin.forms import AnswerForm, BecauseForm, CallForm, CorrectionForm, OwnerLinkForm
from clinics.decay import Decay, Fact
from clinics.freshness import mark_doubtful
from clinics.models import Clinic, ContactAttempt, HalfLife, Report, Verification, with_repeats

ROWS = 25
EARLIER = 5
MAY_NOT_PUBLISH = "Your role does not let you change what the public sees: ask somebody whose role does."

may_call = permission_required("clinics.change_verification", raise_exception=True)


def for_queue(clinics):
    """With what a row of the queue tells, in a fixed number of queries."""
    attempts = ContactAttempt.objects.filter(clinic=OuterRef("pk"))
    last = attempts.order_by("-at")
    tries = attempts.order_by().values("clinic").annotate(number=Count("pk")).values("number")
    return (
        clinics.defer("position")
        .select_related("verification")
        .annotate(
            attempt_count=Coalesce(Subquery(tries), 0),
            last_outcome=Subquery(last.values("outcome")[:1]),
            last_tried_at=Subquery(last.values("at")[:1]),
        )
        .prefetch_related(
            "treatments", Prefetch("reports", Report.objects.to_review(), to_attr="open_reports")
        )
    )


def half_lives(decays: Mapping[Fact, Decay]) -> list[tuple[str, int, HalfLife | None]]:
    """For curators: each fact, its half-life in days, and what was seen of it; the shortest first."""
    measured = {each.fact: each for each in HalfLife.objects.all()}
    rows = [(fact.label, round(decay.half_life), measured.get(fact)) for fact, decay in decays.items()]
    return sorted(rows, key=lambda row: row[1])


@require_safe
@may_call
def queue(request: HttpRequest) -> HttpResponse:
    """Whom to call next, and whom I have in hand."""
    now = timezone.now()
    waiting = Clinic.objects.to_verify(now)
    clinics = list(for_queue(waiting)[:ROWS])
    mine = list(for_queue(Clinic.objects.claimed_by(request.user, now)))
    decays = HalfLife.decays()
    mark_doubtful([*clinics, *mine], now.date(), decays)
    context = {
        "count": waiting.order_by().count(),
        "clinics": clinics,
        "mine": mine,
        "half_lives": half_lives(decays),
        "now": now,
    }
    return TemplateResponse(request, "clinics/admin/queue.html", context)


@require_POST
@may_call
def claim_next(request: HttpRequest) -> HttpResponse:
    """On to the most urgent clinic that nobody has in hand."""
    clinic = verification.claim_next(by=request.user)
    if clinic is None:
        messages.success(request, "Nobody is waiting to be called.")
        return redirect("curation:queue")
    return redirect("curation:call", clinic.pk)


@require_POST
@may_call
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """This clinic, unless somebody has it in hand."""
    clinic = _clinic(pk)
    try:
        verification.claim(clinic=clinic, by=request.user)
    except verification.ClaimedError as error:
        messages.error(request, f"{clinic}: {error}.")
        return redirect("curation:queue")
    return redirect("curation:call", pk)


@require_POST
@may_call
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it back uncalled."""
    clinic = _clinic(pk)
    verification.release(clinic=clinic, by=request.user)
    messages.success(request, f"{clinic} is back in the queue.")
    return redirect("curation:queue")


@require_http_methods(["GET", "HEAD", "POST"])
@may_call
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a call: what we say today, the script, the outcome; one button keeps all of it."""
    clinic = _clinic(pk)
    state = Verification.objects.select_related("claimed_by").filter(clinic=clinic).first()
    is_mine = state is not None and state.claimed_by == request.user
    if not is_mine and request.method != "POST":
        context = {"clinic": clinic, "state": state, "now": timezone.now()}
        return TemplateResponse(request, "clinics/admin/not_claimed.html", context)
    data = request.POST or None
    open_reports = list(clinic.reports.to_review())
    forms: dict[str, Any] = {
        "form": CallForm(data, initial={"how": "phone"}),
        "correction": CorrectionForm(data, instance=clinic),
        "answers": [(report, AnswerForm(data, prefix=f"report-{report.pk}")) for report in open_reports],
    }
    if not is_mine:  # sent twice, or too late: what was typed is not thrown away
        messages.error(request, _whose(state, timezone.now()))
        return _call_page(request, clinic, state, status=409, **forms)
    if "extend" in request.POST:
        state = verification.claim(clinic=clinic, by=request.user)
    elif request.method == "POST":
        if problem := _kept(request, clinic, **forms):
            messages.error(request, problem)
            return _call_page(request, clinic, state, status=422, **forms)
        messages.success(request, f"Kept what came of calling {clinic}.")
        return redirect("curation:queue")
    return _call_page(request, clinic, state, **forms)


def _whose(state: Verification | None, now: datetime) -> str:
    """Why a call that was sent in cannot be kept."""
    if state and state.claimed_by and state.claimed_until and state.claimed_until > now:
        return f"{state.claimed_by} has this clinic in hand by now. What you wrote is still here."
    return (
        "This call was kept already, or the clinic was given back. What you wrote is still here: to keep it, take the "
        "clinic in another tab, then save again."
    )


def _kept(
    request: HttpRequest, clinic: Clinic, *, form: CallForm, correction: CorrectionForm, answers
) -> str:
    """What stands in the way of keeping the call; "" when it was kept."""
    valid = [each.is_valid() for each in (form, correction, *(answer for _, answer in answers))]
    if not all(valid):
        return "Not kept yet: see what is marked below. Everything you wrote is still here."
    said = form.cleaned_data
    corrections = correction.corrections()
    attempt = form.attempt()
    learnt = attempt.taking_new_patients
    clinic = _clinic(clinic.pk)  # the form has written what was typed into its own
    if learnt is not None and learnt != clinic.taking_new_patients:
        corrections["taking_new_patients"] = learnt
    today = clinic.local_time(attempt.at).date()
    try:
        with transaction.atomic():
            verification.record_attempt(
                clinic=clinic,
                attempt=attempt,
                answers=form.answers(),
                corrections=corrections,
                because=said["because"] or "Said on the call.",
                confirmed=said["confirmed"],
                next_attempt_on=said["next_attempt_on"] or verification.next_attempt(attempt.outcome, today),
                by=request.user,
            )
            for report, answer in answers:
                if answer.cleaned_data["outcome"]:
                    reports.close(report=report, by=request.user, **answer.cleaned_data)
    except verification.NotClaimedError:
        return "Somebody else has this clinic in hand by now. What you wrote is still here."
    except curation.DraftPendingError as error:
        return f"Not kept yet. {error} What you wrote is still here: do it in another tab, then save again."
    except PublishPermissionError:
        return f"Not kept yet. {MAY_NOT_PUBLISH}"
    except ValidationError as error:
        return " ".join(["Not kept yet.", *error.messages])
    return ""


def _call_page(
    request: HttpRequest, clinic: Clinic, state: Verification | None, *, status: int = 200, **forms: Any
) -> HttpResponse:
    shown = _clinic(clinic.pk)
    mark_doubtful([shown], timezone.localdate())
    forms["correction"].date_fields()
    made = ContactAttempt.objects.filter(clinic__in=with_repeats(shown.pk))
    attempts = made.select_related("by").prefetch_related("safety_answers")
    context = {
        "clinic": shown,
        "state": state,
        "attempts": attempts.order_by("-at")[:EARLIER],
        "now": timezone.now(),
        "local_time": shown.local_time(timezone.now()) if shown.timezone else None,
        **forms,
    }
    return TemplateResponse(request, "clinics/admin/call.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@may_call
def allow_calls(request: HttpRequest, pk: int) -> HttpResponse:
    """A clinic that asked not to be called has said otherwise."""
    clinic = _clinic(pk)
    form = BecauseForm(request.POST or None)
    if form.is_valid():
        verification.allow_calls(clinic=clinic, because=form.cleaned_data["because"], by=request.user)
        messages.success(request, f"{clinic} may be called again.")
        return redirect("curation:call", pk)
    return TemplateResponse(request, "clinics/admin/allow_calls.html", {"clinic": clinic, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may_call
def owner_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The link with which a clinic looks its own listing over: to be sent, or copied into a message."""
    clinic = _clinic(pk)
    form = OwnerLinkForm(request.POST or None, initial={"to": clinic.email})
    if clinic.live and form.is_valid():
        owners.send_link(clinic=clinic, to=form.cleaned_data["to"], by=request.user)
        messages.success(request, f"The link will be sent to {form.cleaned_data['to']}.")
        return redirect("curation:queue")
    context = {"clinic": clinic, "form": form, "link": owners.owner_link(clinic)}
    return TemplateResponse(request, "clinics/admin/owner_link.html", context)


def _clinic(pk: int) -> Clinic:
    return get_object_or_404(Clinic.objects.with_provider(), pk=pk)
