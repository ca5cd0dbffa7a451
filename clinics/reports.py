"""What the public told us, from its coming in to its answer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from clinics import curation, letters
from clinics.models import Clinic, ContactAttempt, Report
from clinics.slugs import free_slug

CALLS_TOLD = 5  # the latest that a sender is told of


@transaction.atomic
def receive(*, token: str, kind: str, clinic: Clinic | None, email: str, **said: Any) -> Report:
    """Keep what was sent; the same *token* again is the same report, whatever it says now."""
    fields = {"kind": kind, "clinic": clinic, "email": email, "received_at": timezone.now()}
    report, is_new = Report.objects.get_or_create(token=token, defaults=fields | said)
    if is_new and email:
        letters.received(report)
    return report


@transaction.atomic
def close(*, report: Report, outcome: str, answer: str, by) -> None:
    """Answer a report, with one event in the clinic's history. ValidationError when that cannot be."""
    current = Report.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=report.pk)
    if not current.is_open:
        raise ValidationError("Somebody has answered this report already.")
    if outcome == Report.Outcome.DECLINED and not answer.strip():
        raise ValidationError("Say why nothing was changed: whoever told us will read it.")
    current.outcome, current.answer = outcome, answer.strip()
    current.closed_at, current.closed_by = timezone.now(), by
    current.save()
    if current.clinic:
        data = {"report": current.pk, "about": current.about, "kind": current.kind}
        curation.note(clinic=current.clinic, kind=f"report-{outcome}", because=answer, data=data, by=by)
    if current.email:
        letters.closed(current)
    report.refresh_from_db()


@transaction.atomic
def draft(*, report: Report, by) -> Clinic:
    """The draft of a clinic made from a suggestion; the one made before where there is one."""
    current = Report.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=report.pk)
    if current.clinic:
        return current.clinic
    said = current.proposed
    name, town = said.get("name", "")[:200], said.get("town", "")[:100]
    clinic = Clinic(name=name, town=town, slug=free_slug(name, town), country=said.get("country", "ZZ"))
    clinic.live, clinic.has_unpublished_changes = False, True
    clinic.phone, clinic.website = said.get("phone", "")[:32], _address(said.get("website", ""))
    clinic.save()
    clinic.save_revision(user=by, log_action=True, clean=False)
    curation.note(
        clinic=clinic, kind="draft", because="Suggested by the public.", data={"report": current.pk}, by=by
    )
    report.clinic = current.clinic = clinic
    current.save(update_fields=["clinic"])
    return clinic


@transaction.atomic
def accept(*, report: Report, corrections: Mapping[str, Any], confirmed: bool, answer: str, by) -> None:
    """Change the listing as was reported, and answer; *confirmed* where the clinic itself said that all is true."""
    clinic = report.clinic
    if clinic is None:
        raise ValidationError("Make a draft of it first.")
    because = f"Report {report.pk}: {report.get_kind_display().lower()}"
    if confirmed:
        on = clinic.local_time(report.received_at).date()
        curation.verify(
            clinic=clinic, how=Clinic.VerifiedBy.EMAIL, on=on, corrections=corrections, because=because, by=by
        )
    elif corrections:
        curation.correct(clinic=clinic, corrections=corrections, because=because, by=by)
    close(report=report, outcome=Report.Outcome.CHANGED, answer=answer, by=by)


def _address(text: str) -> str:
    """*text* as the address of a website, or "" where it is none that a browser may be led to."""
    try:
        return forms.URLField(assume_scheme="https", max_length=200, required=False).clean(text)
    except ValidationError:
        return ""


def calls_for(report: Report) -> list[ContactAttempt]:
    """The calls made while *report* was open, latest first."""
    if report.clinic is None:
        return []
    calls = report.clinic.contact_attempts.filter(at__gte=report.received_at)
    if report.closed_at:
        calls = calls.filter(at__lte=report.closed_at)
    return list(calls.order_by("-at")[:CALLS_TOLD])


def forget_senders(at) -> int:
    """Delete the addresses of those whose reports were closed 30 days ago; how many."""
    return Report.objects.with_email_due_to_go(at).update(email="")
