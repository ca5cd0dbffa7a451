"""What the public is told of reaching a clinic and of its safety: from attempts to contact it, and nothing else.

An edit, a verification typed into the editor or an import makes nobody reachable, so none of them is looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from clinics.models import Clinic, ContactAttempt, SafetyAnswer, SafetyQuestion, with_repeats

ATTEMPTS_LOOKED_AT = 50  # the latest; beyond them nobody counts


@dataclass(frozen=True)
class Reachability:
    """How reaching a clinic went. Days are by the clinic's own clock."""

    answered_on: date | None  # the latest answer
    answer: ContactAttempt | None  # what was learnt in it
    tries_before: int  # in vain, before that answer and after the one before
    tries_since: int  # in vain, after that answer; all of them where there was none
    last_tried_on: date | None  # in vain
    asked_not_to_call_on: date | None

    @property
    def is_tried(self) -> bool:
        return self.answer is not None or self.tries_since > 0 or self.asked_not_to_call_on is not None


def reachability(clinic: Clinic) -> Reachability:
    """Of *clinic*, in one query."""
    made = ContactAttempt.objects.filter(clinic__in=with_repeats(clinic.pk))
    attempts = list(made.order_by("-at", "-pk")[:ATTEMPTS_LOOKED_AT])
    since = list(takewhile(_is_in_vain, attempts))
    answer = attempts[len(since)] if len(since) < len(attempts) else None
    before = list(takewhile(_is_in_vain, attempts[len(since) + 1 :]))
    refusal = next((each for each in since if each.outcome == ContactAttempt.Outcome.DO_NOT_CALL), None)

    def on(attempt: ContactAttempt | None) -> date | None:
        return clinic.local_time(attempt.at).date() if attempt else None

    return Reachability(
        answered_on=on(answer),
        answer=answer,
        tries_before=len(before),
        tries_since=len(since) - (refusal is not None),
        last_tried_on=on(next((each for each in since if each is not refusal), None)),
        asked_not_to_call_on=on(refusal),
    )


def _is_in_vain(attempt: ContactAttempt) -> bool:
    return not attempt.is_answered


@dataclass(frozen=True)
class SafetyFact:
    """One question of the safety card."""

    statement: str
    answer: str  # one of SafetyAnswer.Answer, or "" where it was not asked
    words: str
    answered_on: date | None


def safety_card(clinic: Clinic) -> list[SafetyFact]:
    """Every fixed question in its order with the latest answer of *clinic*, in one query."""
    latest = SafetyAnswer.objects.filter(attempt__clinic__in=with_repeats(clinic.pk)).select_related(
        "attempt"
    )
    latest = latest.order_by("question", "-attempt__at", "-pk").distinct("question")
    answers = {each.question: each for each in latest}
    return [_fact(clinic, question, answers.get(question)) for question in SafetyQuestion]


def _fact(clinic: Clinic, question: SafetyQuestion, given: SafetyAnswer | None) -> SafetyFact:
    if given is None:
        return SafetyFact(question.label, "", "Not asked", None)
    on = clinic.local_time(given.attempt.at).date()
    return SafetyFact(question.label, given.answer, given.get_answer_display(), on)


def asked(card: Iterable[SafetyFact]) -> int:
    """How many questions of a *card* have been asked."""
    return sum(1 for fact in card if fact.answer)
