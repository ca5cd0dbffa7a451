"""What history tells of how fast facts go out of date, and which facts of a listing to ask about first.

Only what somebody learnt counts: a listing confirmed at the clinic, a correction, an answer on a call. Samples are
left out, since their history is made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from clinics.decay import Decay, Fact, Watched
from clinics.models import Clinic, ClinicEvent, ContactAttempt, HalfLife
from clinics.statements import SAID_OF, is_another, is_known, known_facts

CONFIRMING = "verify"  # the event of somebody going through the whole listing
TELLING = ("verify", "correct", "publish", "delist")
GONE = {"closed", "moved", "not-offered"}  # reasons for delisting that say that it is not there any more
SAME_WAIT = 1  # weeks; a wait that differs by no more has not changed
BATCH = 500  # clinics held at once


class Seen(Enum):
    """What came of looking at a fact."""

    SAME = "same"
    CHANGED = "changed"
    LEARNT = "learnt"  # it was not known before
    FORGOTTEN = "forgotten"


class Look(NamedTuple):
    on: date
    seen: Seen


def measure(at: datetime) -> dict[Fact, Watched]:
    """Look through the history of all clinics, and keep what it says of each fact."""
    watched = {fact: Watched() for fact in Fact}
    for clinic, events in _histories():
        for fact, looks in looks_of_events(clinic, events).items():
            _tally(watched[fact], looks)
    for answers in _answers():
        for fact, looks in looks_of_answers(answers).items():
            _tally(watched[fact], looks)
    with transaction.atomic():
        for fact, seen in watched.items():
            HalfLife.objects.update_or_create(fact=fact, defaults=vars(seen) | {"measured_at": at})
    return watched


def looks_of_events(clinic: Clinic, events: Sequence[ClinicEvent]) -> dict[Fact, list[Look]]:
    """What the *events* of a clinic, oldest first, say of each fact, oldest first.

    They say what changed. Whether a fact that did not was known at all follows from what was said later, so they are
    gone through from the latest, starting with what the listing says now. Calls know more of new patients.
    """
    facts = [fact for fact in SAID_OF if fact is not Fact.NEW_PATIENTS]
    now = known_facts(clinic)
    known = {fact: fact in now for fact in facts}
    looks: dict[Fact, list[Look]] = defaultdict(list)
    for event in reversed(events):
        on = _day_of(event)
        for fact in facts:
            if fact is Fact.OPEN:
                seen = _seen_open(event)
            else:
                seen, known[fact] = _seen(fact, event, is_known_after=known[fact])
            if seen:
                looks[fact].append(Look(on, seen))
    return {fact: found[::-1] for fact, found in looks.items()}


def looks_of_answers(attempts: Iterable[ContactAttempt]) -> dict[Fact, list[Look]]:
    """What the answered calls of a clinic, oldest first, say of new patients and of the waiting time."""
    looks: dict[Fact, list[Look]] = defaultdict(list)
    taking: bool | None = None
    wait: int | None = None
    for attempt in attempts:
        on = attempt.at.date()
        if attempt.taking_new_patients is not None:
            changed = taking is not None and attempt.taking_new_patients != taking
            looks[Fact.NEW_PATIENTS].append(Look(on, Seen.CHANGED if changed else Seen.SAME))
            taking = attempt.taking_new_patients
        if attempt.wait_weeks is not None:
            changed = wait is not None and abs(attempt.wait_weeks - wait) > SAME_WAIT
            looks[Fact.WAITING_TIME].append(Look(on, Seen.CHANGED if changed else Seen.SAME))
            wait = attempt.wait_weeks
    return looks


def _seen(fact: Fact, event: ClinicEvent, *, is_known_after: bool) -> tuple[Seen | None, bool]:
    """What an event says of a fact, and whether it was known before."""
    told = event.data.get("changed", {})
    pairs = [told[name] for name in SAID_OF[fact] if name in told]
    if not pairs:
        confirms = event.kind == CONFIRMING and is_known_after
        return (Seen.SAME if confirms else None), is_known_after
    before = any(is_known(old) for old, _ in pairs)
    after = any(is_known(new) for _, new in pairs)
    if not before:
        return Seen.LEARNT, False
    if not after:
        return Seen.FORGOTTEN, True
    changed = any(is_known(old) and is_known(new) and is_another(old, new) for old, new in pairs)
    return (Seen.CHANGED if changed else Seen.LEARNT), True


def _seen_open(event: ClinicEvent) -> Seen | None:
    because = event.data.get("changed", {}).get("delisted_because", [None, ""])[1]
    if because in GONE or (event.kind == "delist" and event.because in GONE):
        return Seen.CHANGED
    return Seen.SAME if event.kind == CONFIRMING else None


def _day_of(event: ClinicEvent) -> date:
    return date.fromisoformat(event.data["on"]) if "on" in event.data else event.at.date()


def _tally(watched: Watched, looks: Iterable[Look]) -> None:
    last: date | None = None
    for on, seen in looks:
        if last and seen in (Seen.SAME, Seen.CHANGED):
            watched.add((on - last).days, changed=seen is Seen.CHANGED)
        last = None if seen is Seen.FORGOTTEN else on


def _histories() -> Iterator[tuple[Clinic, list[ClinicEvent]]]:
    """Each clinic of which anybody ever learnt something, with what was learnt, oldest first."""
    clinics = Clinic.objects.filter(is_sample=False, events__kind__in=TELLING).distinct().defer("position")
    telling = ClinicEvent.objects.filter(kind__in=TELLING).order_by("at", "pk")
    parts = clinics.order_by("pk").prefetch_related("treatments", "opening_hours")
    for clinic in parts.iterator(chunk_size=BATCH):
        yield clinic, list(telling.filter(clinic=clinic))


def _answers() -> Iterator[Iterable[ContactAttempt]]:
    """The calls that were answered, clinic by clinic, oldest first."""
    answered = ContactAttempt.objects.filter(clinic__is_sample=False, outcome=ContactAttempt.Outcome.ANSWERED)
    attempts = answered.order_by("clinic", "at", "pk").iterator(chunk_size=BATCH)
    for _, of_clinic in groupby(attempts, key=lambda attempt: attempt.clinic_id):
        yield of_clinic


def mark_doubtful(clinics: Iterable[Clinic], today: date, decays: Mapping[Fact, Decay] | None = None) -> None:
    """Set ``doubtful`` on each clinic: the facts it shows that are likelier out of date than not, in their order.

    A listing that nobody has ever confirmed has none: that it was not confirmed says all there is to say. The clinics
    come with their treatments. At most three queries for any number of them.
    """
    clinics = list(clinics)
    for clinic in clinics:
        clinic.doubtful = []
    confirmed = [clinic for clinic in clinics if clinic.verified_on]
    if not confirmed:
        return
    decays = decays or HalfLife.decays()
    due = {clinic.pk: facts for clinic in confirmed if (facts := _due(clinic, decays, today))}
    later = confirmed_since(due) if due else {}
    for clinic in confirmed:
        for fact in due.get(clinic.pk, ()):
            on = later.get((clinic.pk, fact))
            if fact is Fact.WAITING_TIME and on is None:
                continue  # no call told of a wait, so none is shown
            if on is None or (today - on).days > decays[fact].half_life:
                clinic.doubtful.append(fact)


def _due(clinic: Clinic, decays: Mapping[Fact, Decay], today: date) -> list[Fact]:
    """The facts that the last confirmation of the whole listing does not vouch for any more."""
    known = known_facts(clinic) | {Fact.WAITING_TIME}  # of which calls tell
    age = (today - (clinic.verified_on or today)).days
    return [fact for fact in Fact if fact in known and age > decays[fact].half_life]


def confirmed_since(clinics: Iterable[int]) -> dict[tuple[int, Fact], date]:
    """When single facts of *clinics* (primary keys) were learnt apart from the rest of the listing. Two queries."""
    clinics = list(clinics)
    found: dict[tuple[int, Fact], date] = {}
    attempts: QuerySet[Any] = ContactAttempt.objects.filter(clinic__in=clinics)
    newest = (
        attempts.order_by()
        .values("clinic")
        .annotate(
            new_patients=Max("at", filter=Q(taking_new_patients__isnull=False)),
            waiting_time=Max("at", filter=Q(wait_weeks__isnull=False)),
        )
    )
    for row in newest:
        for fact in (Fact.NEW_PATIENTS, Fact.WAITING_TIME):
            if at := row[fact.value.replace("-", "_")]:
                found[row["clinic"], fact] = at.date()
    corrected = ClinicEvent.objects.filter(clinic__in=clinics, kind__in=TELLING, data__has_key="changed")
    for event in corrected.order_by("at", "pk"):
        for fact, names in SAID_OF.items():
            if any(name in event.data["changed"] for name in names):
                found[event.clinic_id, fact] = _day_of(event)
    return found
