"""What a curator decides about two listings: they are merged, or not the same; either can be taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from clinics import curation
from clinics.duplicates.facts import FACTS, Fact
from clinics.models import Clinic, DuplicatePair, Verification

DELISTED = Clinic.Status.DELISTED


class DecidedError(Exception):
    """Somebody has decided about the pair already, or taken their decision back."""

    def __init__(self, pair: DuplicatePair):
        who = pair.decided_by or "Somebody"
        super().__init__(
            f"{who} has decided: {pair.get_decision_display().lower()}." if pair.decision else "It is open."
        )


class ChangedError(Exception):
    """One of the listings is not what the curator looked at any more."""


def as_seen(pair: DuplicatePair) -> str:
    """Which versions of the two listings somebody is looking at."""
    return " ".join(
        f"{clinic.latest_revision_id}@{clinic.updated_at.timestamp()}" for clinic in (pair.first, pair.second)
    )


def as_edited(clinic: Clinic) -> Clinic:
    """A clinic as its next version starts from: a draft that was never published lives in its revision."""
    return clinic if clinic.live else clinic.get_latest_revision_as_object()


@transaction.atomic
def merge(*, pair: DuplicatePair, keep: int, take: Collection[str], seen: str, because: str, by) -> None:
    """Let the listing with primary key *keep* stand for both, with the facts named in *take* from the other.

    The other is delisted, keeps all that belongs to it but what lists propose for it, and its address leads to the one
    that is kept. *seen* is what ``as_seen`` gave when the curator looked.

    Raises DecidedError, ChangedError, ValidationError, curation.DraftPendingError.
    """
    pair = _held(pair, decision="")
    if as_seen(pair) != seen:
        raise ChangedError
    kept, left = (pair.first, pair.second) if keep == pair.first_id else (pair.second, pair.first)
    if left.live and not kept.live:
        raise ValidationError(
            f"“{kept}” is a draft, and cannot stand for a listing that the public knows. Keep the other one, or "
            "publish it first."
        )
    for clinic in (kept, left):
        curation.keep_first_version(clinic=clinic)
    facts = [fact for fact in FACTS if fact.name in take]
    pair.before = {
        "kept": kept.latest_revision_id,
        "left": left.latest_revision_id,
        "taken": [fact.name for fact in facts],
        "do_not_call": _respect_refusal(kept, left),
    }
    source = as_edited(left)
    curation.merge(
        clinic=kept,
        repeat=left,
        taken={name: value for fact in facts for name, value in fact.taken_from(source).items()},
        said={fact.label: [fact.words(as_edited(kept)), fact.words(source)] for fact in facts},
        because=because,
        by=by,
    )
    left.proposed_changes.open().update(clinic=kept)
    pair.kept = kept
    _decide(pair, DuplicatePair.Decision.MERGED, because=because, by=by)


@transaction.atomic
def keep_apart(*, pair: DuplicatePair, because: str, by) -> None:
    """They are two clinics: the pair is not shown again. Raises DecidedError."""
    pair = _held(pair, decision="")
    for clinic, other in ((pair.first, pair.second), (pair.second, pair.first)):
        curation.note(
            clinic=clinic,
            kind="not-a-duplicate",
            because=because,
            by=by,
            data={"other": curation.named(other)},
        )
    _decide(pair, DuplicatePair.Decision.DIFFERENT, because=because, by=by)


@dataclass(frozen=True)
class TakenBack:
    """What taking a decision back could not restore: facts that somebody has changed since."""

    left_alone: list[Fact]


@transaction.atomic
def take_back(*, pair: DuplicatePair, because: str, by) -> TakenBack:
    """Undo the decision: both listings stand as they did before, and the pair is open again.

    Raises DecidedError, ValidationError, curation.DraftPendingError.
    """
    pair = _held(pair, decision=pair.decision)
    if not pair.decision:
        raise DecidedError(pair)
    left_alone: list[Fact] = []
    if pair.decision == DuplicatePair.Decision.MERGED:
        left_alone = _separate(pair, because=because, by=by)
    else:
        for clinic, other in ((pair.first, pair.second), (pair.second, pair.first)):
            data = {"other": curation.named(other)}
            curation.note(clinic=clinic, kind="maybe-a-duplicate", because=because, by=by, data=data)
    pair.kept, pair.before = None, {}
    pair.decision, pair.decided_at, pair.decided_by, pair.because = "", None, None, ""
    pair.save()
    return TakenBack(left_alone)


def _separate(pair: DuplicatePair, *, because: str, by) -> list[Fact]:
    kept, left = pair.kept, pair.left
    if kept is None or left is None or left.status != DELISTED or left.successor_id != kept.pk:
        raise ValidationError(f"“{left}” has been changed since. Put the two right in the editor.")
    before, repeat_before = (_version(pair.before[side]) for side in ("kept", "left"))
    now = as_edited(kept)
    taken = [fact for fact in FACTS if fact.name in pair.before["taken"]]
    as_merged = [fact for fact in taken if fact.value(now) == fact.value(repeat_before)]
    kept.proposed_changes.open().filter(source_record__clinic=left).update(clinic=left)
    if pair.before["do_not_call"]:
        Verification.objects.filter(clinic=kept).update(do_not_call_since=None)
    curation.unmerge(
        clinic=kept,
        repeat=left,
        given_back={name: value for fact in as_merged for name, value in fact.taken_from(before).items()},
        status=repeat_before.status,
        status_note=repeat_before.status_note,
        because=because,
        by=by,
    )
    return [fact for fact in taken if fact not in as_merged]


def _held(pair: DuplicatePair, *, decision: str) -> DuplicatePair:
    """The pair with its listings as they are now, held against others until the transaction ends."""
    keys = [pair.first_id, pair.second_id]
    clinics = {
        clinic.pk: clinic for clinic in Clinic.objects.filter(pk__in=keys).order_by("pk").select_for_update()
    }
    held = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    held.first, held.second = clinics[held.first_id], clinics[held.second_id]
    if held.kept_id:
        held.kept = clinics[held.kept_id]
    gone = not decision and any(clinic.status == DELISTED for clinic in clinics.values())
    if held.decision != decision:
        raise DecidedError(held)
    if gone:
        raise ChangedError
    return held


def _decide(pair: DuplicatePair, decision: str, *, because: str, by) -> None:
    pair.decision, pair.because = decision, because
    pair.decided_at, pair.decided_by = timezone.now(), by
    pair.save()


def _respect_refusal(kept: Clinic, left: Clinic) -> bool:
    """Who asked not to be called is not called under another listing either; whether that had to be noted."""
    asked = Verification.objects.filter(clinic=left, do_not_call_since__isnull=False).first()
    if asked is None:
        return False
    state, _ = Verification.objects.get_or_create(clinic=kept)
    if state.do_not_call_since is not None:
        return False
    state.do_not_call_since = asked.do_not_call_since
    state.save(update_fields=["do_not_call_since"])
    return True


def _version(key: int) -> Any:
    return Revision.objects.get(pk=key).as_object()
