"""Creating and editing clinics: drafts, publishing, history, two people at once."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from wagtail.test.utils.form_data import inline_formset

from clinics import curation
from clinics.models import Clinic, ClinicEvent
from clinics.samples import load_samples, read_samples
from places.distance import Point
from tests.clinics.admin.screens import (
    NOON,
    address,
    posted,
    public,
    save,
)
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


def test_create_a_draft_then_publish_it(client, publisher):
    data = posted(
        name="Heron",
        town="Leeds",
        slug="",
        phone="0113 496 0101",
        website="heron.example",
        languages=["en", "cy"],
        treatments=inline_formset(
            [{"route": 4, "price_from": "300", "currency": "GBP", "price_unit": "session"}]
        ),
        opening_hours=inline_formset([{"weekday": 0, "opens": "09:00", "closes": "17:00"}]),
    )
    response = client.post(address(Clinic, "add"), data)
    clinic = Clinic.objects.get()
    assert response.status_code == 302
    assert (clinic.live, clinic.slug, clinic.phone) == (False, "heron-leeds", "+44 113 496 0101")
    assert (clinic.website, clinic.languages) == ("https://heron.example", ["en", "cy"])
    assert clinic.taking_new_patients is None
    assert not Clinic.objects.listed().exists()

    save(client, clinic, publish=True)
    assert list(Clinic.objects.listed()) == [clinic]
    assert public(clinic).routes == [4]
    assert list(ClinicEvent.objects.order_by("pk").values_list("kind", "by")) == [
        ("edit", publisher.pk),
        ("publish", publisher.pk),
    ]


def test_nothing_is_saved_before_a_curator_says_so(client, publisher):
    for page in (address(Clinic, "add"), address(Clinic, "edit", create_clinic().pk)):
        assert not re.search('data-controller="[^"]*w-autosave', client.get(page).content.decode())


def test_a_slug_that_is_taken_is_numbered(client, publisher):
    create_clinic(slug="heron-leeds")
    client.post(address(Clinic, "add"), posted(name="Heron", town="Leeds", slug=""))
    assert Clinic.objects.filter(slug="heron-leeds-2").exists()


def test_a_draft_of_a_published_clinic_changes_nothing_that_is_public(client, publisher):
    clinic = create_clinic(name="Heron", routes=[1])
    save(client, clinic, name="Heron and Sons", treatments=inline_formset([{"route": 4}]))
    saved = public(clinic)
    assert (saved.name, saved.routes, saved.has_unpublished_changes) == ("Heron", [1], True)
    assert "Heron and Sons" in client.get(address(Clinic, "edit", clinic.pk)).content.decode()


def parts_of(clinic):
    return [list(parts.order_by("pk").values()) for parts in (clinic.treatments, clinic.opening_hours)]


def test_nothing_changes_by_opening_and_saving(client, publisher):
    load_samples([*read_samples()[::30], *read_samples()[-3:]], at=NOON)
    for clinic in Clinic.objects.order_by("pk"):
        before = Clinic.objects.values().get(pk=clinic.pk)
        parts = parts_of(clinic)
        assert save(client, clinic, publish=True).status_code == 302
        after = Clinic.objects.values().get(pk=clinic.pk)
        written = {"updated_at", "last_published_at", "latest_revision_id", "live_revision_id"}
        written |= (
            {"live", "listed", "has_unpublished_changes", "first_published_at"} if not clinic.live else set()
        )
        assert {name for name in after if after[name] != before[name]} == written
        assert parts_of(clinic) == parts


def test_compare_and_revert(client, publisher):
    clinic = create_clinic(name="Heron", languages=["en"])
    save(client, clinic, publish=True, name="Curlew", languages=["en", "fr"])
    first, second = public(clinic).revisions.order_by("pk")
    compared = client.get(
        address(Clinic, "revisions_compare", clinic.pk, first.pk, second.pk)
    ).content.decode()
    assert "Heron" in compared
    assert "Curlew" in compared
    assert "fr" in compared
    history = client.get(address(Clinic, "history", clinic.pk)).content.decode()

    reverted = address(Clinic, "revisions_revert", clinic.pk, first.pk)
    assert reverted in history
    assert "Heron" in client.get(reverted).content.decode()
    client.post(reverted, posted(first.as_object(), revision=first.pk) | {"action-publish": "1"})
    assert (public(clinic).name, public(clinic).languages) == ("Heron", ["en"])


def test_a_form_opened_before_somebody_elses_save_writes_nothing_over_it(client, publisher):
    clinic = create_clinic(name="Heron", routes=[1])
    save(client, clinic, publish=True, name="Heron")
    opened = {"loaded_revision_id": str(public(clinic).latest_revision_id)}
    curation.delist(clinic=clinic, because="unsafe", note="", by=publisher)
    stale = posted(clinic, access_note="Ring the bell", **opened) | {"action-publish": "1"}

    answer = client.post(address(Clinic, "edit", clinic.pk), stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "They changed: status, delisted because" in page
    assert "Ring the bell" in page
    saved = public(clinic)
    assert (saved.listed, saved.delisted_because, saved.access_note) == (False, "unsafe", "")

    latest = {"loaded_revision_id": str(saved.latest_revision_id)}
    changed = posted(saved, access_note="Ring the bell", **latest) | {"action-publish": "1"}
    assert client.post(address(Clinic, "edit", clinic.pk), changed).status_code == 302
    assert (public(clinic).access_note, public(clinic).status) == ("Ring the bell", "delisted")


def test_a_form_of_an_imported_clinic_is_stale_too_once_somebody_saved(client, publisher):
    clinic = create_clinic(name="Heron")
    first = posted(clinic, name="Curlew", loaded_revision_id="")
    second = posted(clinic, name="Lapwing", loaded_revision_id="")
    assert client.post(address(Clinic, "edit", clinic.pk), first | {"action-publish": "1"}).status_code == 302
    assert (
        client.post(address(Clinic, "edit", clinic.pk), second | {"action-publish": "1"}).status_code == 409
    )
    assert public(clinic).name == "Curlew"


def test_a_position_set_by_hand_is_that_of_the_building(client, publisher):
    clinic = create_clinic(point=Point(53.8, -1.55), position_precision="sector")
    save(client, clinic, publish=True, latitude="53.81")
    assert (public(clinic).latitude, public(clinic).position_precision) == (53.81, "rooftop")
    save(client, public(clinic), publish=True, latitude="53.82", position_precision="street")
    assert public(clinic).position_precision == "street"
    save(client, public(clinic), publish=True, latitude="", longitude="")
    assert (public(clinic).latitude, public(clinic).position_precision) == (None, "")


def test_a_position_left_alone_keeps_its_precision(client, publisher):
    clinic = create_clinic(point=Point(53.123456789, -1.55), position_precision="sector")
    save(client, clinic, publish=True, name="New name")
    assert (public(clinic).latitude, public(clinic).position_precision) == (53.123456789, "sector")


def test_verifying_in_the_form_says_who(client, publisher):
    clinic = create_clinic()
    save(client, clinic, publish=True, verified_on="2026-11-20", verified_how="phone")
    assert public(clinic).verified_by == publisher


def test_a_draft_is_previewed_as_its_page(client, publisher):
    clinic = create_clinic(name="Heron", routes=[1])
    preview = address(Clinic, "preview_on_edit", clinic.pk)
    data = posted(clinic, name="Curlew", treatments=inline_formset([{"route": 4}]))
    assert client.post(preview, data).json()["is_valid"]
    page = client.get(preview, {"mode": ""})
    assert "Curlew" in page.content.decode()
    assert "Esketamine nasal spray" in page.content.decode()
    assert (public(clinic).name, public(clinic).routes) == ("Heron", [1])


def test_a_new_clinic_has_no_preview_before_it_is_saved(client, publisher):
    assert client.get(address(Clinic, "add")).status_code == 200
    assert Clinic().is_previewable() is False


def test_unpublish(client, publisher):
    clinic = create_clinic()
    assert client.post(address(Clinic, "unpublish", clinic.pk)).status_code == 302
    assert not public(clinic).live
    assert ClinicEvent.objects.get().kind == "unpublish"


# --- The pin ---------------------------------------------------------------------------------------------------------


def test_the_pin_has_its_fields_its_precision_and_a_map(client, publisher):
    clinic = create_clinic(point=Point(53.8, -1.55), position_precision="sector")
    page = client.get(address(Clinic, "edit", clinic.pk)).content.decode()
    assert 'name="latitude" value="53.8"' in page
    assert "known as closely as <b>the postcode sector</b>" in page
    assert "data-pin-map" in page
    assert json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])["tiles"]


def test_a_new_address_is_placed_by_the_gazetteer_at_once(client, publisher):
    clinic = create_clinic(name="Heron", town="Leeds")
    assert (
        "Saving puts it in the middle of Leeds"
        in client.get(address(Clinic, "edit", clinic.pk)).content.decode()
    )
    save(client, clinic, publish=True, postcode="LS1 4AP")
    placed = public(clinic)
    assert (round(placed.latitude, 1), placed.position_precision) == (53.8, "sector")
    save(client, placed, publish=True, postcode="EH1 1YZ", town="Edinburgh")
    assert round(public(clinic).latitude, 1) == 55.9


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        ({"point": Point(53.8, -1.55), "position_precision": "rooftop"}, {"postcode": "EH1 1YZ"}),
        ({"point": Point(53.8, -1.55), "position_precision": "sector"}, {"name": "Curlew"}),
        ({}, {"postcode": "EH1 1YZ", "setting": "remote"}),
        ({}, {"postcode": "nonsense"}),
    ],
)
def test_the_gazetteer_moves_nothing_that_a_person_placed_and_invents_nothing(
    client, publisher, before, changes
):
    clinic = create_clinic(**before)
    save(client, clinic, publish=True, **changes)
    saved = public(clinic)
    assert (saved.latitude, saved.position_precision) == (clinic.latitude, clinic.position_precision)


# --- Two at once -----------------------------------------------------------------------------------------------------

RACES = int(os.environ.get("RACES", "4"))  # 100 before a release; without the lock the first one fails


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_and_loses_nothing():
    """Each time both open the form, and both send it at the same moment."""
    people = [create_user(is_superuser=True, is_staff=True) for _ in range(2)]
    clients = [Client() for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    clinic = create_clinic(name="Heron")
    save(clients[0], clinic, publish=True)

    def send(client, note: str, opened: str, together: Barrier):
        try:
            data = posted(clinic, access_note=note, loaded_revision_id=opened) | {"action-publish": "1"}
            connection.ensure_connection()
            together.wait(30)
            return note, client.post(address(Clinic, "edit", clinic.pk), data)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for race in range(RACES):
            opened, together = str(public(clinic).latest_revision_id), Barrier(2)
            sent = [
                pool.submit(send, client, f"Note {race} of {number}", opened, together)
                for number, client in enumerate(clients)
            ]
            answers = sorted((each.result() for each in sent), key=lambda sent: sent[1].status_code)
            (kept, saved), (lost, refused) = answers
            assert (saved.status_code, refused.status_code) == (302, 409)
            assert public(clinic).access_note == kept
            assert lost in refused.content.decode()
            assert "They changed: access note" in refused.content.decode()
    assert (
        public(clinic).revisions.count() == RACES + 2
    )  # as it was at first, and as it was saved before the races
