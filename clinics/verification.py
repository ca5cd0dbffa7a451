"""Confirming listings by calling: claim one, call, record what came of it.

A claim is a lock that ends by itself, so that nobody who went home holds a clinic back. ``claim_next`` takes rows
that nobody else has locked at that moment, and looks again once it holds one: of twenty people who ask at once,
each gets another clinic.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinics import curation
from clinics.models import Clinic, ContactAttempt, SafetyAnswer, Verification

CLAIM_LASTS = timedelta(minutes=30)
TRY_AGAIN_AFTER_DAYS = {  # when a curator says nothing else
    ContactAttempt.Outcome.UNWILLING: 3,
    ContactAttempt.Outcome.VOICEMAIL: 2,
    ContactAttempt.Outcome.NO_ANSWER: 1,
    ContactAttempt.Outcome.WRONG_NUMBER: 14,
}


class ClaimedError(Exception):
    """Somebody else has the clinic in hand."""

    def __init__(self, verification: Verification):
        super().__init__(f"{verification.claimed_by} has claimed it")


class NotClaimedError(Exception):
    """Whoever records a call has not claimed the clinic, or the claim has ended and somebody else has it."""


@transaction.atomic
def claim_next(*, by, at: datetime | None = None) -> Clinic | None:
    """The most urgent clinic that nobody has in hand, claimed for *by*; None when there is nothing to do."""
    at = at or timezone.now()
    passed: list[int] = []
    while True:
        free = Clinic.objects.to_verify(at).exclude(pk__in=passed)
        clinic = free.select_for_update(of=("self",), skip_locked=True).defer("position").first()
        if clinic is None:
            return None
        state = _state(clinic)  # as it is now that we hold the row; the query may have looked earlier
        if _is_free(state, at) and state.do_not_call_since is None:
            _hold(state, by=by, at=at)
            return clinic
        passed.append(clinic.pk)


@transaction.atomic
def claim(*, clinic: Clinic, by, at: datetime | None = None) -> Verification:
    """Claim this one, or have a claim of one's own last anew; raises ClaimedError."""
    at = at or timezone.now()
    state = _state(clinic)
    if not (_is_free(state, at) or state.claimed_by == by):
        raise ClaimedError(state)
    return _hold(state, by=by, at=at)


@transaction.atomic
def release(*, clinic: Clinic, by) -> None:
    """Give it back uncalled. Nothing happens where *by* does not have it."""
    Verification.objects.filter(clinic=clinic, claimed_by=by).update(claimed_by=None, claimed_until=None)


@transaction.atomic
def record_attempt(
    *,
    clinic: Clinic,
    attempt: ContactAttempt,
    answers: Mapping[str, tuple[str, str]],
    corrections: Mapping[str, Any],
    because: str,
    confirmed: bool,
    next_attempt_on: date | None,
    by,
) -> ContactAttempt:
    """Keep what came of a call, change the listing by what was learnt, and let the clinic go, all or nothing.

    *answers* are by question: (answer, note). *confirmed* says that somebody there went through the listing, which
    with *corrections* (fields by name) is true now. Raises NotClaimedError, curation.DraftPendingError.
    """
    state = _state(clinic)
    if state.claimed_by != by:
        raise NotClaimedError
    attempt.clinic, attempt.by = clinic, by
    attempt.save()
    SafetyAnswer.objects.bulk_create(
        SafetyAnswer(attempt=attempt, question=question, answer=answer, note=note)
        for question, (answer, note) in answers.items()
    )
    on = clinic.local_time(attempt.at).date()
    if confirmed:
        curation.verify(
            clinic=clinic, how=attempt.how, on=on, by=by, corrections=corrections, because=because
        )
    elif corrections:
        curation.correct(clinic=clinic, corrections=corrections, because=because, by=by)
    state.claimed_by = state.claimed_until = None
    state.next_attempt_on = next_attempt_on
    if attempt.outcome == ContactAttempt.Outcome.DO_NOT_CALL:
        state.do_not_call_since = on
    state.save()
    return attempt


@transaction.atomic
def allow_calls(*, clinic: Clinic, because: str, by) -> None:
    """The clinic has said that it may be called again."""
    state = _state(clinic)
    if state.do_not_call_since is None:
        return
    state.do_not_call_since = None
    state.save()
    curation.note(clinic=clinic, kind="allow-calls", because=because, by=by)


def next_attempt(outcome: str, today: date) -> date | None:
    """When to try again after a call with that *outcome*; None when nothing is due but what staleness asks."""
    days = TRY_AGAIN_AFTER_DAYS.get(ContactAttempt.Outcome(outcome))
    return today + timedelta(days=days) if days else None


def _state(clinic: Clinic) -> Verification:
    """The clinic's verification, held against others until the transaction ends."""
    Clinic.objects.select_for_update().only("pk").get(pk=clinic.pk)  # always before its verification
    Verification.objects.bulk_create([Verification(clinic=clinic)], ignore_conflicts=True)
    return (
        Verification.objects.select_for_update(of=("self",)).select_related("claimed_by").get(clinic=clinic)
    )


def _is_free(state: Verification, at: datetime) -> bool:
    return state.claimed_by is None or state.claimed_until is None or state.claimed_until <= at


def _hold(state: Verification, *, by, at: datetime) -> Verification:
    state.claimed_by, state.claimed_until = by, at + CLAIM_LASTS
    state.save()
    return state
