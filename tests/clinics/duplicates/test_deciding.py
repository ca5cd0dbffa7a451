"""Two listings merged, kept apart, and either taken back."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinics import curation
from clinics.duplicates import deciding
from clinics.duplicates.deciding import ChangedError, DecidedError, as_seen
from clinics.duplicates.facts import FACTS, better, differing
from clinics.models import Clinic, ClinicEvent, DuplicatePair, OpeningHours, Treatment, Verification
from places.distance import Point
from tests.clinics.admin.screens import NOON, create_record
from tests.factories import create_attempt, create_clinic, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return create_user(username="curator", is_superuser=True)


def create_pair(first: Clinic, second: Clinic) -> DuplicatePair:
    return DuplicatePair.objects.create(first=first, second=second, score=90, found_at=NOON, seen_at=NOON)


def merge(pair, *, by, keep=None, take=(), because="") -> None:
    pair = DuplicatePair.objects.get(pk=pair.pk)
    keep = keep or pair.first
    deciding.merge(pair=pair, keep=keep.pk, take=take, seen=as_seen(pair), because=because, by=by)


def take_back(pair, *, by) -> deciding.TakenBack:
    return deciding.take_back(pair=DuplicatePair.objects.get(pk=pair.pk), because="", by=by)


@pytest.fixture
def heron():
    clinic = create_clinic(name="Heron", phone="+44 113 496 0001", routes=[1], slug="heron")
    clinic.opening_hours = [OpeningHours(weekday=0, opens=time(9), closes=time(17))]
    clinic.save()
    return clinic


@pytest.fixture
def twin():
    clinic = create_clinic(
        name="Heron Clinic",
        phone="+44 113 496 0002",
        email="heron@example.org",
        point=Point(53.8, -1.55),
        wheelchair_access=True,
        verified_on=date(2026, 10, 1),
        verified_how="phone",
        slug="heron-clinic",
    )
    clinic.treatments = [Treatment(route=1, price_from=200, currency="GBP", price_unit="session")]
    clinic.save()
    return clinic


@pytest.fixture
def pair(heron, twin):
    return create_pair(heron, twin)


def said(clinic) -> dict:
    """All that a listing says and whether it is shown."""
    clinic = Clinic.objects.get(pk=clinic.pk)
    shown = {
        name: getattr(clinic, name) for name in ("live", "status", "delisted_because", "successor", "slug")
    }
    return shown | {fact.name: fact.value(clinic) for fact in FACTS}


def test_a_merge_keeps_one_and_takes_what_was_chosen_of_the_other(pair, heron, twin, curator, client):
    create_record(twin)
    create_attempt(twin, by=curator)
    merge(pair, by=curator, take=["phone", "position", "treatments", "verified"], because="One door.")

    kept, left = Clinic.objects.get(pk=heron.pk), Clinic.objects.get(pk=twin.pk)
    assert (kept.name, kept.phone, kept.email) == ("Heron", "+44 113 496 0002", "")
    assert (kept.latitude, kept.position_precision, kept.verified_on) == (53.8, "rooftop", date(2026, 10, 1))
    assert [treatment.price_from for treatment in kept.treatments.all()] == [200]
    assert kept.opening_hours.count() == 1
    assert kept.status == "listed"
    assert not kept.has_unpublished_changes

    assert (left.status, left.delisted_because, left.successor) == ("delisted", "duplicate", kept)
    assert (left.phone, left.email) == ("+44 113 496 0002", "heron@example.org")
    assert left.treatments.count() == 1
    assert left.source_records.count() == left.contact_attempts.count() == 1
    moved = client.get("/clinics/heron-clinic/")
    assert (moved.status_code, moved["Location"]) == (301, "/clinics/heron/")

    pair.refresh_from_db()
    assert (pair.decision, pair.kept, pair.left, pair.decided_by) == ("merged", kept, left, curator)
    told = ClinicEvent.objects.order_by("pk").values_list("clinic", "kind", "because", "by")
    assert list(told) == [
        (kept.pk, "merge", "One door.", curator.pk),
        (left.pk, "merged-into", "One door.", curator.pk),
    ]
    event = ClinicEvent.objects.get(kind="merge")
    assert str(event).startswith("merge, Heron Clinic: ")
    assert set(event.data["taken"]) == {"Phone", "Position", "Treatments and prices", "Confirmed"}
    assert event.data["taken"]["Phone"] == [["0113 496 0001"], ["0113 496 0002"]]


def test_taking_a_merge_back_restores_both(pair, heron, twin, curator, client):
    before = said(heron), said(twin)
    merge(pair, by=curator, take=[fact.name for fact in FACTS])
    assert (said(heron), said(twin)) != before
    assert take_back(pair, by=curator).left_alone == []
    assert (said(heron), said(twin)) == before
    assert client.get("/clinics/heron-clinic/").status_code == 200
    assert DuplicatePair.objects.possible().get() == pair
    assert [event.kind for event in ClinicEvent.objects.order_by("-pk")[:2]] == ["unmerge", "unmerge"]


def test_what_was_changed_since_the_merge_is_not_undone(pair, heron, twin, curator):
    merge(pair, by=curator, take=["phone", "email"])
    curation.correct(clinic=heron, corrections={"phone": "+44 113 496 0009"}, because="Told us.", by=curator)
    assert [fact.label for fact in take_back(pair, by=curator).left_alone] == ["Phone"]
    kept = Clinic.objects.get(pk=heron.pk)
    assert (kept.phone, kept.email) == ("+44 113 496 0009", "")


def test_a_paused_listing_is_paused_again(heron, curator):
    other = create_clinic(name="Heron", status="paused", status_note="Moving house.")
    pair = create_pair(heron, other)
    merge(pair, by=curator)
    take_back(pair, by=curator)
    restored = Clinic.objects.get(pk=other.pk)
    assert (restored.status, restored.status_note) == ("paused", "Moving house.")


def test_two_drafts_of_an_import_are_merged_and_stay_drafts(curator):
    one, other = (create_clinic(name="Heron", listed=False, has_unpublished_changes=True) for _ in range(2))
    Clinic.objects.filter(pk=other.pk).update(email="heron@example.org")
    pair = create_pair(one, other)
    merge(pair, by=curator, take=["email"])
    kept = Clinic.objects.get(pk=one.pk)
    assert (kept.live, kept.email) == (False, "heron@example.org")
    assert kept.get_latest_revision_as_object().email == "heron@example.org"
    assert Clinic.objects.get(pk=other.pk).status == "delisted"
    take_back(pair, by=curator)
    assert Clinic.objects.get(pk=one.pk).email == ""
    assert Clinic.objects.get(pk=other.pk).status == "listed"


def test_the_public_is_never_sent_to_a_draft(heron, curator):
    draft = create_clinic(name="Heron", listed=False)
    pair = create_pair(heron, draft)
    with pytest.raises(ValidationError, match="cannot stand for"):
        merge(pair, by=curator, keep=draft)
    merge(pair, by=curator, keep=heron)


@pytest.mark.parametrize("number", [0, 1])
def test_a_draft_that_waits_is_not_lost(pair, heron, twin, curator, number):
    clinic = [heron, twin][number]
    latest = clinic.get_latest_revision_as_object()
    latest.name = "Draft name"
    latest.save_revision()
    with pytest.raises(curation.DraftPendingError):
        merge(pair, by=curator)
    assert Clinic.objects.filter(status="listed").count() == 2
    assert not ClinicEvent.objects.exists()
    assert Clinic.objects.get(pk=clinic.pk).get_latest_revision_as_object().name == "Draft name"


def test_what_was_edited_meanwhile_is_looked_at_again(pair, heron, curator):
    seen = as_seen(pair)
    curation.correct(clinic=heron, corrections={"phone": ""}, because="", by=curator)
    with pytest.raises(ChangedError):
        deciding.merge(pair=pair, keep=heron.pk, take=[], seen=seen, because="", by=curator)
    curation.delist(clinic=heron, because="closed", by=curator)
    with pytest.raises(ChangedError):
        deciding.keep_apart(pair=pair, because="", by=curator)


def test_a_pair_is_decided_once(pair, curator):
    merge(pair, by=curator)
    with pytest.raises(DecidedError, match="curator has decided: merged"):
        merge(pair, by=curator)
    with pytest.raises(DecidedError):
        deciding.keep_apart(pair=pair, because="", by=curator)
    take_back(pair, by=curator)
    with pytest.raises(DecidedError):
        take_back(pair, by=curator)


def test_kept_apart_and_taken_back(pair, heron, twin, curator):
    before = said(heron), said(twin)
    deciding.keep_apart(pair=pair, because="Two doors.", by=curator)
    assert not DuplicatePair.objects.possible().exists()
    assert set(ClinicEvent.objects.values_list("clinic", "kind", "because")) == {
        (heron.pk, "not-a-duplicate", "Two doors."),
        (twin.pk, "not-a-duplicate", "Two doors."),
    }
    take_back(pair, by=curator)
    assert DuplicatePair.objects.possible().exists()
    assert (said(heron), said(twin)) == before


def test_a_repeat_that_was_relisted_by_hand_is_left_to_the_curator(pair, heron, twin, curator):
    merge(pair, by=curator)
    curation.relist(clinic=twin, by=curator)
    with pytest.raises(ValidationError, match="has been changed since"):
        take_back(pair, by=curator)


def test_who_asked_not_to_be_called_is_not_called_under_another_name(pair, heron, twin, curator):
    Verification.objects.create(clinic=twin, do_not_call_since=date(2026, 1, 2))
    merge(pair, by=curator)
    assert heron not in Clinic.objects.to_verify(timezone.now())
    take_back(pair, by=curator)
    assert heron in Clinic.objects.to_verify(timezone.now())


def test_three_listings_of_one_clinic_come_down_to_one(heron, twin, curator, client):
    third = create_clinic(name="Heron", slug="heron-3")
    merge(create_pair(heron, twin), by=curator)
    second = create_pair(heron, third)
    merge(second, by=curator, keep=third)
    for slug in ("heron", "heron-clinic"):
        assert client.get(f"/clinics/{slug}/")["Location"] == "/clinics/heron-3/"
    take_back(second, by=curator)
    assert client.get("/clinics/heron-clinic/")["Location"] == "/clinics/heron/"


def test_the_merged_listing_has_the_history_of_both(pair, heron, twin, curator, client):
    create_attempt(
        twin, at=timezone.now() - timedelta(days=3), taking_new_patients=True, answers={"price": "yes"}
    )
    curation.correct(clinic=twin, corrections={"phone": ""}, because="Of the repeat.", by=curator)
    merge(pair, by=curator)
    page = client.get("/clinics/heron/").content.decode()
    assert "taking new patients" in page
    assert "Asked: 1" in page or "1 of 11" in page or "full price" in page
    client.force_login(curator)
    history = client.get("/admin/curation/history/", {"clinic": heron.pk})
    assert "Of the repeat." in [event.because for event in history.context_data["object_list"]]


def test_only_what_differs_is_asked():
    one = create_clinic(name="Heron", languages=["en", "pl"], routes=[1, 2])
    same = create_clinic(name="Heron", languages=["pl", "en"], routes=[2, 1])
    assert differing(one, same) == []
    remote = create_clinic(name="Heron", setting="remote", languages=["en"], town="Leeds")
    assert [fact.name for fact in differing(one, remote)] == ["treatments", "languages"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"listed": False}),
        ({}, {"status": "paused"}),
        ({"verified_on": date(2026, 5, 1), "verified_how": "phone"}, {"phone": "+44 113 496 0001"}),
        ({"phone": "+44 113 496 0001"}, {}),
        ({}, {}),
    ],
)
def test_which_one_to_keep_is_suggested(one, other):
    kept = create_clinic(**one)
    assert better(kept, create_clinic(**other)) == kept
