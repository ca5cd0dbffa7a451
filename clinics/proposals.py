"""Deciding on what a source proposes: each decision is made once, and is an event in the clinic's history."""

from django.db import transaction
from django.utils import timezone

from clinics import curation
from clinics.models import ProposedChange


class DecidedError(Exception):
    """Somebody has decided on it meanwhile, or its source took it back."""


@transaction.atomic
def accept(*, change: ProposedChange, by) -> None:
    """Let the clinic say what the source says; DraftPendingError while somebody's draft of it is waiting."""
    current = _open(change)
    source = current.source_record.source
    curation.correct(
        clinic=current.clinic, corrections=current.values, because=f"As {source} says now.", by=by
    )
    _decide(current, ProposedChange.Outcome.ACCEPTED, by=by)


@transaction.atomic
def reject(*, change: ProposedChange, by) -> None:
    """Leave the clinic as it is; the same value is not proposed again unless the source changes once more."""
    current = _open(change)
    data = {"about": current.about, "source": current.source_record.source, "values": current.values}
    curation.note(clinic=current.clinic, kind="reject-change", data=data, by=by)
    _decide(current, ProposedChange.Outcome.REJECTED, by=by)


def _open(change: ProposedChange) -> ProposedChange:
    locked = ProposedChange.objects.select_for_update(of=["self"]).select_related("clinic", "source_record")
    current = locked.get(pk=change.pk)
    if current.outcome:
        raise DecidedError("This has been decided on meanwhile.")
    return current


def _decide(change: ProposedChange, outcome: str, *, by) -> None:
    change.outcome, change.decided_at, change.decided_by = outcome, timezone.now(), by
    change.save(update_fields=["outcome", "decided_at", "decided_by"])
