"""What the public is told of reaching a clinic and of its safety, on its page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics.models import ContactAttempt, SafetyAnswer, SafetyQuestion
from clinics.reachability import reachability, safety_card
from clinics.samples import load_samples, read_samples
from tests.factories import create_attempt, create_clinic

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 12, 12, tzinfo=UTC)


def page(client, clinic) -> str:
    html = client.get(clinic.get_absolute_url()).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def attempts(clinic, *outcomes, **answered):
    """One a day, the last on 12 May."""
    for days, outcome in enumerate(reversed(outcomes)):
        learnt = answered if outcome == "answered" else {}
        create_attempt(clinic, outcome=outcome, at=MAY - timedelta(days=days), **learnt)


@pytest.mark.parametrize(
    ("outcomes", "learnt", "says"),
    [
        ([], {}, "We have no call to this clinic on record yet."),
        (
            ["no-answer", "voicemail", "answered"],
            {"taking_new_patients": True, "wait_weeks": 3},
            "Answered by phone 12 May 2026; taking new patients; first appointment in about 3 weeks; tried twice before.",
        ),
        (
            ["answered"],
            {"taking_new_patients": False},
            "Answered by phone 12 May 2026; not taking new patients.",
        ),
        (
            ["answered"],
            {"wait_weeks": 0},
            "did not say whether it takes new patients; first appointment within a week.",
        ),
        (["answered"], {"wait_weeks": 1}, "first appointment in about 1 week."),
        (
            ["no-answer", "answered", "wrong-number", "answered"],
            {},
            "Answered by phone 12 May 2026; did not say whether it takes new patients; waiting time not known; "
            "tried once before.",
        ),
        (
            ["answered", "no-answer", "no-answer", "unwilling"],
            {},
            "Answered by phone 9 May 2026; did not say whether it takes new patients; waiting time not known. "
            "Tried 3 times since, without an answer; last on 12 May 2026.",
        ),
        (["voicemail"], {}, "No answer yet: tried once, last on 12 May 2026."),
        (["do-not-call"], {}, "It asked us on 12 May 2026 not to call again, so what we show may be older."),
    ],
)
def test_reachability_is_told_in_a_sentence(client, outcomes, learnt, says):
    clinic = create_clinic()
    attempts(clinic, *outcomes, **learnt)
    assert says in page(client, clinic)


def test_only_attempts_make_a_clinic_reachable(client):
    clinic = create_clinic(verified_on=MAY.date(), verified_how="phone", taking_new_patients=True)
    assert not reachability(clinic).is_tried
    assert "We have no call to this clinic on record yet." in page(client, clinic)
    assert "We have not asked this one yet." in page(client, clinic)


def test_the_day_is_that_of_the_clinic():
    clinic = create_clinic(timezone="Pacific/Auckland", country="NZ")
    create_attempt(clinic, at=datetime(2026, 5, 12, 20, tzinfo=UTC), answers={"price": "yes"})
    assert reachability(clinic).answered_on.day == 13
    assert {fact.answered_on.day for fact in safety_card(clinic) if fact.answered_on} == {13}


def test_the_safety_card_has_every_question_with_its_latest_answer(client):
    clinic = create_clinic()
    create_attempt(clinic, at=MAY, answers={"psychiatrist": "no", "price": "declined", "harms": "no"})
    create_attempt(clinic, at=MAY + timedelta(days=1), answers={"psychiatrist": "yes"})
    create_attempt(create_clinic(name="Other"), at=MAY, answers={"consent": "yes"})
    card = safety_card(clinic)
    assert [fact.statement for fact in card] == SafetyQuestion.labels
    assert [(fact.answer, fact.answered_on.day) for fact in card if fact.answer] == [
        ("yes", 13),
        ("no", 12),
        ("declined", 12),
    ]
    text = page(client, clinic)
    assert "A psychiatrist confirms the diagnosis and past treatments first Yes13 May 2026" in text
    assert "Declined to say12 May 2026" in text
    assert text.count("Not asked") == len(SafetyQuestion) - 3


def test_what_is_noted_for_curators_is_never_public(client):
    clinic = create_clinic()
    attempt = create_attempt(clinic, note="Ask for Mo.")
    SafetyAnswer.objects.create(attempt=attempt, question="price", answer="yes", note="Mo said so.")
    assert "Ask for Mo" not in page(client, clinic)
    assert "Mo said so" not in page(client, clinic)
    for path in ("/api/v1/clinics/", "/api/v1/clinics?near=LS1"):
        assert (
            "Ask for Mo"
            not in client.get(f"{path}{clinic.slug if path.endswith('/') else ''}").content.decode()
        )


def test_a_clinic_with_a_long_history_costs_no_more(client):
    clinic = create_clinic()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(clinic.get_absolute_url())
        return len(queries)

    create_attempt(clinic, answers={"price": "yes"})
    client.get(clinic.get_absolute_url())
    one = cost()
    for _ in range(20):
        create_attempt(clinic, answers={"price": "yes", "harms": "no"})
    assert cost() == one


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "no-answer", "taking_new_patients": True},
        {"outcome": "voicemail", "wait_weeks": 2},
        {"outcome": "answered", "wait_weeks": 105},
    ],
)
def test_nothing_is_learnt_without_an_answer(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        create_attempt(create_clinic(), **fields)


@pytest.mark.parametrize(("question", "answer"), [("colour", "yes"), ("price", "maybe"), ("price", "yes")])
def test_answers_are_to_the_fixed_questions_and_once(question, answer):
    attempt = create_attempt(create_clinic(), answers={"price": "no"})
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyAnswer.objects.create(attempt=attempt, question=question, answer=answer)


def test_samples_have_made_up_calls_and_say_so(client):
    load_samples(read_samples(), at=MAY)
    answered = ContactAttempt.objects.filter(outcome="answered", safety_answers__isnull=False).first().clinic
    text = page(client, answered)
    assert "These calls are made up, as this clinic is." in text
    assert "They are made up, as this clinic is." in text
    counts = {
        outcome: ContactAttempt.objects.filter(outcome=outcome).exists() for outcome in ContactAttempt.Outcome
    }
    assert all(counts.values())
    assert not ContactAttempt.objects.exclude(clinic__is_sample=True).exists()
