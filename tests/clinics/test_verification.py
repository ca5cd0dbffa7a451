"""The queue of clinics to call: its order, its locks, and what a call writes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from clinics import curation, verification
from clinics.models import Clinic, ClinicEvent, ContactAttempt, Verification
from tests.factories import create_attempt, create_clinic, create_report, create_user

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def curator(db):
    return create_user(username="curator", is_superuser=True)


@pytest.fixture
def colleague(db):
    return create_user(username="colleague", is_superuser=True)


def verified(days: int, **fields) -> Clinic:
    return create_clinic(verified_on=TODAY - timedelta(days=days), verified_how="phone", **fields)


def queue() -> list[str]:
    return [clinic.name for clinic in Clinic.objects.to_verify(NOW)]


def test_open_reports_come_first_then_what_nobody_confirmed_then_the_oldest(db):
    verified(10, name="fresh")
    verified(200, name="stale")
    verified(400, name="staler")
    create_clinic(name="never")
    create_clinic(name="paused", status="paused")
    create_clinic(name="draft", listed=False)
    create_clinic(name="closed", status="delisted", delisted_because="closed")
    create_report(clinic=verified(20, name="reported"))
    create_report(clinic=create_clinic(name="reported draft", listed=False))
    create_report(clinic=verified(9, name="answered"), outcome="changed", closed_at=NOW)
    assert queue() == ["reported", "reported draft", "never", "staler", "stale", "paused"]


def test_who_is_claimed_not_due_or_not_to_be_called_waits(curator):
    verification.claim(clinic=create_clinic(name="claimed"), by=curator, at=NOW)
    Verification.objects.create(clinic=create_clinic(name="tomorrow"), next_attempt_on=date(2026, 11, 24))
    Verification.objects.create(clinic=create_clinic(name="today"), next_attempt_on=TODAY)
    Verification.objects.create(clinic=create_clinic(name="silent"), do_not_call_since=TODAY)
    assert queue() == ["today"]
    later = NOW + verification.CLAIM_LASTS
    assert [clinic.name for clinic in Clinic.objects.to_verify(later)] == ["claimed", "today"]


def test_claiming_the_next_holds_it_for_a_while(curator, colleague):
    first, second = create_clinic(name="first"), create_clinic(name="second")
    assert verification.claim_next(by=curator, at=NOW) == first
    assert verification.claim_next(by=colleague, at=NOW) == second
    assert verification.claim_next(by=curator, at=NOW) is None
    assert list(Clinic.objects.claimed_by(curator, NOW)) == [first]
    with pytest.raises(verification.ClaimedError, match="curator has claimed it"):
        verification.claim(clinic=first, by=colleague, at=NOW)
    ended = NOW + verification.CLAIM_LASTS
    assert verification.claim(clinic=first, by=colleague, at=ended).claimed_by == colleague
    assert not Clinic.objects.claimed_by(curator, ended).exists()


def test_a_claim_is_extended_and_given_back(curator, colleague):
    clinic = create_clinic()
    verification.claim(clinic=clinic, by=curator, at=NOW)
    extended = verification.claim(clinic=clinic, by=curator, at=NOW + timedelta(minutes=20))
    assert extended.claimed_until == NOW + timedelta(minutes=20) + verification.CLAIM_LASTS
    verification.release(clinic=clinic, by=colleague)
    assert queue() == []
    verification.release(clinic=clinic, by=curator)
    assert queue() == ["Clinic"]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_claim_twenty_clinics():
    people = [create_user() for _ in range(20)]
    for _ in range(25):
        create_clinic()
    together = Barrier(len(people))

    def claim(person) -> int:
        try:
            connection.ensure_connection()
            together.wait(30)
            return verification.claim_next(by=person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        claimed = list(pool.map(claim, people))
    assert len(set(claimed)) == 20
    assert Verification.objects.exclude(claimed_by=None).count() == 20


def record(clinic, *, by, outcome="answered", confirmed=True, corrections=None, **fields):
    fields = {"answers": {}, "because": "", "next_attempt_on": None} | fields
    attempt = ContactAttempt(at=NOW, outcome=outcome, **fields.pop("learnt", {}))
    return verification.record_attempt(
        clinic=clinic, attempt=attempt, corrections=corrections or {}, confirmed=confirmed, by=by, **fields
    )


def test_a_call_that_confirms_and_corrects_is_one_event_that_can_be_undone(curator):
    clinic = create_clinic(phone="+44 113 496 0001", routes=[1])
    verification.claim(clinic=clinic, by=curator)
    record(
        clinic,
        by=curator,
        corrections={"phone": "+44 113 496 0002"},
        because="They said so.",
        answers={"price": ("yes", "On paper"), "harms": ("declined", "")},
        learnt={"taking_new_patients": True, "wait_weeks": 3},
    )
    saved = Clinic.objects.get()
    assert (saved.phone, saved.verified_on, saved.verified_by) == ("+44 113 496 0002", TODAY, curator)
    assert saved.routes == [1]
    event = ClinicEvent.objects.get()
    assert (event.kind, event.by, event.because) == ("verify", curator, "They said so.")
    assert event.data["changed"] == {"phone": ["+44 113 496 0001", "+44 113 496 0002"]}
    attempt = ContactAttempt.objects.get()
    assert (attempt.by, attempt.wait_weeks) == (curator, 3)
    assert set(attempt.safety_answers.values_list("question", "answer", "note")) == {
        ("price", "yes", "On paper"),
        ("harms", "declined", ""),
    }
    assert Verification.objects.get().claimed_by is None
    saved.revisions.order_by("pk").first().publish()
    assert Clinic.objects.get().phone == "+44 113 496 0001"


def test_a_call_in_vain_confirms_nothing_and_is_tried_again(curator):
    clinic = create_clinic()
    verification.claim(clinic=clinic, by=curator)
    record(clinic, by=curator, outcome="no-answer", confirmed=False, next_attempt_on=date(2026, 11, 24))
    assert Clinic.objects.get().verified_on is None
    assert queue() == []
    assert not ClinicEvent.objects.exists()


def test_do_not_call_is_respected_until_the_clinic_says_otherwise(curator):
    clinic = create_clinic()
    verification.claim(clinic=clinic, by=curator)
    record(clinic, by=curator, outcome="do-not-call", confirmed=False)
    create_report(clinic=clinic)
    assert queue() == []
    assert verification.claim_next(by=curator, at=NOW) is None
    verification.allow_calls(clinic=clinic, because="They rang us.", by=curator)
    assert queue() == ["Clinic"]
    assert ClinicEvent.objects.get().because == "They rang us."


def test_what_cannot_be_published_is_not_half_recorded(curator):
    clinic = create_clinic()
    verification.claim(clinic=clinic, by=curator)
    latest = clinic.get_latest_revision_as_object()
    latest.name = "Draft"
    latest.save_revision()
    with pytest.raises(curation.DraftPendingError):
        record(clinic, by=curator)
    assert not ContactAttempt.objects.exists()
    assert Verification.objects.get().claimed_by == curator


def test_nobody_records_a_call_that_is_not_theirs(curator, colleague):
    clinic = create_clinic()
    verification.claim(clinic=clinic, by=colleague)
    with pytest.raises(verification.NotClaimedError):
        record(clinic, by=curator)
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "days"),
    [
        ("answered", None),
        ("unwilling", 3),
        ("voicemail", 2),
        ("no-answer", 1),
        ("wrong-number", 14),
        ("do-not-call", None),
    ],
)
def test_when_to_try_again(outcome, days):
    expected = TODAY + timedelta(days=days) if days else None
    assert verification.next_attempt(outcome, TODAY) == expected


def test_a_long_history_is_no_hindrance(curator):
    clinic = create_clinic()
    for _ in range(60):
        create_attempt(clinic, outcome="no-answer")
    assert verification.claim_next(by=curator) == clinic
