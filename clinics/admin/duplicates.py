"""Listings that may be of one clinic, as a list and pair by pair: merge them, keep them apart, or take that back."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.admin import messages

from clinics import curation
from clinics.admin.calls import MAY_NOT_PUBLISH
from clinics.admin.reports import edit_address
from clinics.duplicates import deciding
from clinics.duplicates.facts import FACTS, Fact, better, differing
from clinics.models import Clinic, ClinicEvent, ContactAttempt, DuplicatePair, SourceRecord
from clinics.search import positive_number

ROWS = 50
HISTORY = 5  # of the latest calls and events of each
SIDES = ("first", "second")

may_decide = permission_required("clinics.change_duplicatepair", raise_exception=True)


class DecisionForm(forms.Form):
    """Which listing stands for both, which of them is right in each fact, and why."""

    because = forms.CharField(
        max_length=300,
        required=False,
        label="Why?",
        help_text="Kept in the history of both. May be left empty.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    keep = forms.ChoiceField(
        choices=[(side, side) for side in SIDES],
        error_messages={"required": "Choose which listing to keep."},
    )

    def __init__(self, data, *, one: Clinic, other: Clinic, facts: list[Fact], **kwargs):
        super().__init__(data, **kwargs)
        kept = better(one, other)
        self.fields["keep"].initial = "first" if kept is one else "second"
        for fact in facts:
            right = kept if fact.is_known(kept) else (other if kept is one else one)
            self.fields[fact.name] = forms.ChoiceField(
                choices=[(side, side) for side in SIDES],
                initial="first" if right is one else "second",
                error_messages={"required": "Choose one of the two."},
            )

    def taken(self) -> list[str]:
        """The names of the facts in which the listing that goes is right."""
        keep = self.cleaned_data["keep"]
        return [
            fact.name for fact in FACTS if fact.name in self.fields and self.cleaned_data[fact.name] != keep
        ]


@dataclass(frozen=True)
class Row:
    """One fact of two listings, and the field with which it is chosen; None where they say the same."""

    fact: Fact
    first: list[str]
    second: list[str]
    field: forms.BoundField | None


@dataclass(frozen=True)
class Side:
    """One of two listings, with what belongs to it and stays with it."""

    name: str
    clinic: Clinic
    shown_as: str
    edit_url: str
    records: list[SourceRecord]
    attempts: list[ContactAttempt]
    events: list[ClinicEvent]


@require_safe
@may_decide
def pair_list(request: HttpRequest) -> HttpResponse:
    """Possible duplicates, the likeliest first; ``?decided=1`` for what was decided, the latest first."""
    is_decided = "decided" in request.GET
    pairs = DuplicatePair.objects.decided() if is_decided else DuplicatePair.objects.possible()
    pages = Paginator(pairs.with_clinics().select_related("first", "second", "decided_by"), ROWS)
    page = pages.get_page(positive_number(request.GET, "page"))
    context = {"page": page, "is_decided": is_decided, "count": pages.count}
    return TemplateResponse(request, "clinics/admin/duplicate_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_decide
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two listings side by side, and what to do about them."""
    pair = _pair(pk)
    if request.method != "POST":
        return _page(request, pair, _form(pair, None))
    form = _form(pair, request.POST)
    try:
        if problem := _decided(request, pair, form):
            messages.error(request, problem)
            return _page(request, _pair(pk), form, status=422)
    except deciding.DecidedError as error:
        messages.error(request, f"Nothing was changed. {error}")
        return _page(request, _pair(pk), form, status=409)
    except deciding.ChangedError:
        messages.error(
            request, "Nothing was changed: one of the two was edited meanwhile. Look again, then decide."
        )
        return _page(request, _pair(pk), form, status=409)
    return redirect(_next(pk))


def _decided(request: HttpRequest, pair: DuplicatePair, form: DecisionForm) -> str:
    """What stands in the way of what was asked for; "" when it was done. Raises what ``deciding`` raises."""
    because, action = request.POST.get("because", "")[:300], request.POST.get("action")
    buttons = [messages.button(pair_address(pair), "Look, or take it back")]
    try:
        if action == "apart":
            deciding.keep_apart(pair=pair, because=because, by=request.user)
            messages.success(request, f"Kept apart: {pair}.", buttons=buttons)
        elif action == "back":
            undone = deciding.take_back(pair=pair, because=because, by=request.user)
            messages.success(request, _taken_back(pair, undone), buttons=buttons)
        elif form.is_valid():
            keep = getattr(pair, form.cleaned_data["keep"])
            deciding.merge(
                pair=pair,
                keep=keep.pk,
                take=form.taken(),
                seen=form.cleaned_data["seen"],
                because=because,
                by=request.user,
            )
            messages.success(request, f"Merged into {keep.name}.", buttons=buttons)
        else:
            return "Nothing was changed yet: see what is marked below."
    except curation.DraftPendingError as error:
        return f"Nothing was changed yet. {error}"
    except PublishPermissionError:
        return f"Nothing was changed yet. {MAY_NOT_PUBLISH}"
    except ValidationError as error:
        return " ".join(["Nothing was changed yet.", *error.messages])
    return ""


def _taken_back(pair: DuplicatePair, undone: deciding.TakenBack) -> str:
    said = f"Taken back: {pair}."
    if undone.left_alone:
        labels = ", ".join(fact.label.lower() for fact in undone.left_alone)
        said += f" Changed since the merge, and left as it is now: {labels}."
    return said


def _pair(pk: int) -> DuplicatePair:
    return get_object_or_404(
        DuplicatePair.objects.with_clinics().select_related("first", "second", "decided_by"), pk=pk
    )


def _form(pair: DuplicatePair, data) -> DecisionForm:
    one, other = (deciding.as_edited(clinic) for clinic in (pair.first, pair.second))
    facts = differing(one, other)
    return DecisionForm(data, one=one, other=other, facts=facts, initial={"seen": deciding.as_seen(pair)})


def _page(
    request: HttpRequest, pair: DuplicatePair, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    one, other = (deciding.as_edited(clinic) for clinic in (pair.first, pair.second))
    if status == 409:
        form = _form(pair, None)  # what was chosen was chosen of something else
    rows = [
        Row(fact, fact.words(one), fact.words(other), form[fact.name] if fact.name in form.fields else None)
        for fact in FACTS
    ]
    context: dict[str, Any] = {
        "pair": pair,
        "form": form,
        "sides": [_side("first", pair.first), _side("second", pair.second)],
        "different": [row for row in rows if row.field or row.first != row.second],
        "alike": [
            row for row in rows if not row.field and row.first == row.second and row.fact.is_known(one)
        ],
    }
    return TemplateResponse(request, "clinics/admin/duplicate.html", context, status=status)


def _side(name: str, clinic: Clinic) -> Side:
    return Side(
        name=name,
        clinic=clinic,
        shown_as=clinic.get_status_display() if clinic.live else "Draft",
        edit_url=edit_address(clinic),
        records=list(clinic.source_records.defer("data").order_by("source", "identifier")[:HISTORY]),
        attempts=list(clinic.contact_attempts.select_related("by").order_by("-at")[:HISTORY]),
        events=list(clinic.events.select_related("by").order_by("-at", "-pk")[:HISTORY]),
    )


def _next(decided: int) -> str:
    """The likeliest pair that waits, or the list when none does."""
    waiting = DuplicatePair.objects.possible().exclude(pk=decided).first()
    return pair_address(waiting) if waiting else reverse("curation:duplicates")


def pair_address(pair: DuplicatePair) -> str:
    return reverse("curation:duplicate", args=[pair.pk])
