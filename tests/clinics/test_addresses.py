"""An address that was once published leads to the clinic for good, and to no other."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics import curation
from clinics.models import Clinic, ClinicAddress, ClinicEvent
from clinics.slugs import free_slug
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return create_user(is_superuser=True)


def rename(clinic: Clinic, slug: str, *, by) -> None:
    """Give a published clinic another address, as the admin does: by a draft that is then published."""
    draft = Clinic.objects.get(pk=clinic.pk).get_latest_revision_as_object()
    draft.slug = slug
    draft.save_revision()
    curation.publish(clinic=clinic, by=by)


def test_old_addresses_lead_to_the_new_one(client, curator):
    clinic = create_clinic(slug="heron")
    rename(clinic, "heron-leeds", by=curator)
    rename(clinic, "heron-headingley", by=curator)
    for old in ("heron", "heron-leeds"):
        response = client.get(f"/clinics/{old}/?near=gb/ls1")
        assert (response.status_code, response["Location"]) == (
            301,
            "/clinics/heron-headingley/?near=gb/ls1",
        )
    assert client.get("/clinics/heron-headingley/").status_code == 200


def test_back_at_a_former_address(client, curator):
    clinic = create_clinic(slug="heron")
    rename(clinic, "heron-leeds", by=curator)
    rename(clinic, "heron", by=curator)
    assert client.get("/clinics/heron/").status_code == 200
    assert client.get("/clinics/heron-leeds/")["Location"] == "/clinics/heron/"
    assert list(ClinicAddress.objects.values_list("slug", flat=True)) == ["heron-leeds"]


def test_an_address_that_nobody_saw_is_forgotten(client):
    clinic = create_clinic(slug="heron", listed=False)
    clinic.slug = "heron-leeds"
    clinic.save()
    assert not ClinicAddress.objects.exists()


def test_an_old_address_is_given_to_no_other_clinic(curator):
    rename(create_clinic(slug="heron"), "heron-leeds", by=curator)
    with pytest.raises(ValidationError) as refused:
        Clinic(name="Another", slug="heron", country="GB").clean()
    assert list(refused.value.message_dict) == ["slug"]
    assert free_slug("Heron", "") == "heron-2"


def test_a_draft_whose_address_was_given_away_meanwhile_says_so(curator):
    draft = create_clinic(slug="draft", listed=False)
    latest = Clinic.objects.get(pk=draft.pk)
    latest.slug = "heron"
    latest.save_revision()
    create_clinic(slug="heron")
    with pytest.raises(ValidationError) as refused:
        curation.publish(clinic=draft, by=curator)
    assert list(refused.value.message_dict) == ["slug"]
    assert not Clinic.objects.get(pk=draft.pk).live
    assert not ClinicEvent.objects.exists()


def test_a_draft_cannot_take_the_old_address_of_another(curator):
    rename(create_clinic(slug="heron"), "heron-leeds", by=curator)
    other = create_clinic(slug="other")
    with pytest.raises(ValidationError, match="Another clinic had this address"):
        rename(other, "heron", by=curator)


def test_the_address_of_a_repeated_listing_leads_to_the_one_that_stays(client, curator):
    kept, repeat, older = (create_clinic(slug=slug) for slug in ("kept", "repeat", "older"))
    rename(older, "older-leeds", by=curator)
    curation.delist(clinic=older, because="duplicate", successor=repeat, by=curator)
    curation.delist(clinic=repeat, because="duplicate", successor=kept, by=curator)
    for address in ("older", "older-leeds", "repeat"):
        assert client.get(f"/clinics/{address}/")["Location"] == "/clinics/kept/"
    curation.relist(clinic=repeat, by=curator)
    assert client.get("/clinics/repeat/").status_code == 200
    assert client.get("/clinics/older/")["Location"] == "/clinics/repeat/"


def test_a_clinic_that_has_moved_says_where(client, curator):
    new = create_clinic(name="Heron in York", slug="heron-york")
    old = create_clinic(name="Heron in Leeds", slug="heron-leeds")
    curation.delist(clinic=old, because="moved", successor=new, by=curator)
    response = client.get("/clinics/heron-leeds/")
    body = response.content.decode()
    assert response.status_code == 410
    assert "has moved" in body
    assert '<a href="/clinics/heron-york/">Heron in York</a>' in body


@pytest.mark.parametrize(
    "fields",
    [{"status": "listed"}, {"status": "delisted", "delisted_because": "closed"}],
    ids=["not delisted", "closed"],
)
def test_only_a_clinic_that_left_leads_on(fields):
    other = create_clinic()
    with pytest.raises(IntegrityError), transaction.atomic():
        create_clinic(successor=other, **fields)


def test_a_clinic_does_not_succeed_itself_nor_lead_to_one_that_is_gone(curator):
    clinic, gone = create_clinic(), create_clinic(status="delisted", delisted_because="closed")
    for successor in (clinic, gone):
        with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
            curation.delist(clinic=clinic, because="duplicate", successor=successor, by=curator)
    assert Clinic.objects.listed().get() == clinic


def test_queries_of_an_old_address(client, curator):
    rename(create_clinic(slug="heron"), "heron-leeds", by=curator)
    with CaptureQueriesContext(connection) as captured:
        client.get("/clinics/heron/")
    assert len(captured) <= 6  # by slug, by old address, the prefetched parts


@pytest.mark.parametrize("word", ["browse", "compare"])
def test_a_clinic_does_not_stand_in_the_way_of_another_page(word):
    with pytest.raises(ValidationError, match="the address of another page"):
        Clinic(name="Heron", slug=word, country="GB").clean()
    assert free_slug(word, "") == f"{word}-2"
