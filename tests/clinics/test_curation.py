from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from wagtail.actions.publish_revision import PublishPermissionError

from clinics import curation
from clinics.models import Clinic, ClinicEvent, Treatment
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return create_user(username="curator", is_superuser=True)


@pytest.fixture
def clinic():
    return create_clinic(name="Heron", routes=[1])


def public(clinic) -> Clinic:
    """What the public sees: the row."""
    return Clinic.objects.get(pk=clinic.pk)


def draft(clinic, **fields):
    """Save a draft beside the published clinic, as the admin does."""
    latest = public(clinic).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(latest, name, value)
    latest.save_revision()


VERBS = [
    ("pause", {"note": "Moving house."}, {"status": "paused", "status_note": "Moving house."}),
    ("delist", {"because": "closed"}, {"status": "delisted", "delisted_because": "closed"}),
    (
        "delist",
        {"because": "moved", "note": "Now in York."},
        {"status": "delisted", "delisted_because": "moved", "status_note": "Now in York."},
    ),
    (
        "verify",
        {"how": "phone", "on": date(2026, 11, 20)},
        {"verified_how": "phone", "verified_on": date(2026, 11, 20)},
    ),
]


@pytest.mark.parametrize(("verb", "arguments", "expected"), VERBS)
def test_each_verb_changes_the_row_and_keeps_a_revision_an_event_and_the_rest(
    clinic, curator, verb, arguments, expected
):
    getattr(curation, verb)(clinic=clinic, by=curator, **arguments)

    saved = public(clinic)
    assert {name: getattr(saved, name) for name in expected} == expected
    assert {
        name: getattr(clinic, name) for name in expected
    } == expected  # the argument is brought up to date
    assert saved.routes == [1]
    assert saved.treatments.count() == 1
    assert not saved.has_unpublished_changes
    assert saved.live_revision == saved.latest_revision
    assert {name: getattr(saved.latest_revision.as_object(), name) for name in expected} == expected
    event = ClinicEvent.objects.get(clinic=clinic)
    assert (event.kind, event.by) == (verb, curator)


def test_verify_says_who(clinic, curator):
    curation.verify(clinic=clinic, how="phone", on=date(2026, 11, 20), by=curator)
    assert public(clinic).verified_by == curator
    assert ClinicEvent.objects.get().data == {"how": "phone", "on": "2026-11-20"}


def test_the_listing_goes_and_comes_back(clinic, curator):
    curation.delist(clinic=clinic, because="closed", note="In May.", by=curator)
    assert not Clinic.objects.listed().exists()
    curation.relist(clinic=clinic, by=curator)
    assert list(Clinic.objects.listed()) == [clinic]
    assert (clinic.delisted_because, clinic.status_note) == ("", "")
    assert list(ClinicEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["delist", "relist"]


def test_the_first_change_keeps_what_was_before(clinic, curator):
    curation.pause(clinic=clinic, note="", by=curator)
    first, second = public(clinic).revisions.order_by("pk")
    assert (first.as_object().status, second.as_object().status) == ("listed", "paused")
    first.publish()
    assert public(clinic).status == "listed"


# --- Drafts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "arguments", "_expected"), VERBS)
def test_a_pending_draft_refuses_the_change_and_nothing_is_lost(clinic, curator, verb, arguments, _expected):
    draft(clinic, name="Heron and Sons")
    before = Clinic.objects.values().get(pk=clinic.pk)
    with pytest.raises(curation.DraftPendingError, match="have not been published"):
        getattr(curation, verb)(clinic=clinic, by=curator, **arguments)
    assert Clinic.objects.values().get(pk=clinic.pk) == before
    assert not ClinicEvent.objects.exists()


def test_publishing_a_draft_after_a_change_reverts_nothing(clinic, curator):
    curation.pause(clinic=clinic, note="Moving.", by=curator)
    draft(clinic, name="Heron and Sons")
    curation.publish(clinic=clinic, by=curator)
    saved = public(clinic)
    assert (saved.name, saved.status, saved.status_note) == ("Heron and Sons", "paused", "Moving.")


def test_publish_shows_the_draft(curator):
    clinic = create_clinic(name="Draft", listed=False, routes=[4])
    assert not Clinic.objects.listed().exists()
    curation.publish(clinic=clinic, by=curator)
    assert list(Clinic.objects.listed()) == [clinic]
    assert public(clinic).first_published_at
    assert public(clinic).routes == [4]


def test_a_draft_can_be_verified_and_delisted_before_it_is_published(curator):
    clinic = create_clinic(name="Draft", listed=False, routes=[4])
    draft(clinic, name="Better name")
    curation.verify(clinic=clinic, how="email", on=date(2026, 11, 1), by=curator)
    curation.delist(clinic=clinic, because="not-offered", by=curator)
    saved = public(clinic)
    assert (saved.live, saved.name, saved.status, saved.verified_how) == (
        False,
        "Better name",
        "delisted",
        "email",
    )
    curation.publish(clinic=clinic, by=curator)
    assert public(clinic).name == "Better name"
    assert not public(clinic).listed


def test_unpublish_takes_it_from_the_public(clinic, curator):
    curation.unpublish(clinic=clinic, because="It was the wrong clinic.", by=curator)
    assert not public(clinic).live
    assert ClinicEvent.objects.get().because == "It was the wrong clinic."
    with pytest.raises(ValidationError):
        curation.unpublish(clinic=clinic, because="", by=curator)


def test_children_changed_in_a_draft_are_published_with_their_routes(clinic, curator):
    latest = public(clinic)
    latest.treatments = [Treatment(route=4, price_from=300, currency="GBP", price_unit="session")]
    latest.save_revision()
    assert public(clinic).routes == [1]
    curation.publish(clinic=clinic, by=curator)
    assert public(clinic).routes == [4]
    assert [treatment.route for treatment in public(clinic).treatments.all()] == [4]


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("delist", {"because": "tired"}),
        ("delist", {"because": ""}),
        ("verify", {"how": "rumour", "on": date(2026, 11, 20)}),
        ("verify", {"how": "phone", "on": date(2999, 1, 1)}),
        ("pause", {"note": "x" * 301}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(clinic, curator, verb, arguments):
    before = Clinic.objects.values().get(pk=clinic.pk)
    with pytest.raises(ValidationError):
        getattr(curation, verb)(clinic=clinic, by=curator, **arguments)
    assert Clinic.objects.values().get(pk=clinic.pk) == before
    assert not ClinicEvent.objects.exists()


def test_who_may_not_publish_changes_nothing_that_is_public(clinic):
    with pytest.raises(PublishPermissionError):
        curation.delist(clinic=clinic, because="closed", by=create_user())
    assert public(clinic).status == "listed"
    assert not ClinicEvent.objects.exists()


def test_the_operator_needs_no_name(clinic):
    curation.delist(clinic=clinic, because="asked", by=None)
    assert ClinicEvent.objects.get().by is None


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_wait_for_each_other():
    clinic = create_clinic()
    other = connection.copy()
    try:
        with other.cursor() as cursor, connection.cursor() as own:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM clinics_clinic WHERE id = %s FOR UPDATE", [clinic.pk])
            own.execute("SET lock_timeout = '200ms'")
            with pytest.raises(Exception, match="lock timeout"):
                curation.pause(clinic=clinic, note="", by=None)
            own.execute("RESET lock_timeout")
    finally:
        other.close()
