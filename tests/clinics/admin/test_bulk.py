"""Many clinics at once from their list: publish, pause, assign, tag."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.roles import CURATOR, EDITOR, IMPORTER
from clinics import bulk
from clinics.models import Clinic, ClinicEvent, ClinicTag, Verification
from tests.clinics.admin.screens import address, public
from tests.factories import create_clinic, create_user
from tests.roles import person

pytestmark = pytest.mark.django_db


def at(action, *clinics, query="") -> str:
    ids = "&".join(f"id={getattr(clinic, 'pk', clinic)}" for clinic in clinics)
    return reverse("wagtail_bulk_action", args=["clinics", "clinic", action]) + f"?{ids}{query}"


def do(client, action, *clinics, **said):
    return client.post(at(action, *clinics), {"because": "Checked.", **said})


def text(response) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def told() -> list[tuple]:
    return list(ClinicEvent.objects.order_by("pk").values_list("clinic", "kind", "because"))


def test_drafts_are_published_as_they_were_imported_or_last_edited(client, publisher):
    imported = create_clinic(name="Heron", listed=False, has_unpublished_changes=True)
    edited = create_clinic(name="Curlew", listed=False)
    edited.name = "Curlew House"
    edited.save_revision()
    assert do(client, "publish", imported, edited).status_code == 302
    assert public(imported).listed
    assert (public(edited).listed, public(edited).name) == (True, "Curlew House")
    assert told() == [(imported.pk, "publish", "Checked."), (edited.pk, "publish", "Checked.")]
    assert ClinicEvent.objects.first().by == publisher


def test_what_cannot_be_done_to_one_is_said_and_the_others_are_done(client, publisher):
    listed, waiting = create_clinic(name="Heron"), create_clinic(name="Curlew")
    waiting.name = "Draft name"
    waiting.save_revision()
    gone = create_clinic(name="Wren", status="delisted", delisted_because="closed")
    draft = create_clinic(name="Teal", listed=False)
    response = do(client, "pause", listed, waiting, gone, draft)
    assert public(listed).status == "paused"
    assert public(listed).status_note == "Checked."
    assert public(waiting).status == "listed"
    assert public(waiting).get_latest_revision_as_object().name == "Draft name"
    assert public(gone).status == "delisted"
    page = text(client.get(response["Location"]))
    assert "1 clinic paused." in page
    assert "Curlew: left as it was. It has a draft that waits" in page
    assert "Wren: left as it was. It is delisted." in page
    assert "Teal: left as it was. It is a draft, which nobody is shown." in page
    assert told() == [(listed.pk, "pause", "Checked.")]


def test_publishing_shows_the_draft_that_waits_and_loses_nothing_of_it(client, publisher):
    clinic = create_clinic(name="Heron")
    clinic.phone = "+44 113 496 0001"
    clinic.save_revision()
    do(client, "publish", clinic)
    assert (public(clinic).phone, public(clinic).has_unpublished_changes) == ("+44 113 496 0001", False)


def test_clinics_are_assigned_and_found_by_who_has_them(client, publisher):
    one, other, colleague = create_clinic(name="Heron"), create_clinic(), create_user(username="colleague")
    do(client, "assign", one, other, to=colleague.pk)
    assert set(Verification.objects.values_list("assigned_to__username", flat=True)) == {"colleague"}
    do(client, "assign", other, to="")
    listed = client.get(address(Clinic, "list"), {"assigned": colleague.pk})
    assert [clinic.pk for clinic in listed.context_data["object_list"]] == [one.pk]
    assert "colleague" in listed.content.decode()
    assert [kind for _, kind, _ in told()] == ["assign"] * 3
    assert "is with colleague already" in text(
        client.get(do(client, "assign", one, to=colleague.pk)["Location"])
    )


def test_clinics_are_tagged_and_found_by_tag(client, publisher):
    one, other = create_clinic(name="Heron"), create_clinic()
    do(client, "tag", one, other, name="Price Check")
    do(client, "tag", other, name="price-check", remove="on")
    assert list(ClinicTag.objects.values_list("clinic", "name")) == [(one.pk, "price-check")]
    listed = client.get(address(Clinic, "list"), {"tag": "price-check"})
    assert [clinic.pk for clinic in listed.context_data["object_list"]] == [one.pk]
    assert [kind for _, kind, _ in told()] == ["tag", "tag", "untag"]
    assert "In use: price-check" in text(client.get(at("tag", one)))


@pytest.mark.parametrize("action", ["publish", "pause", "assign", "tag"])
def test_a_reason_is_asked_for_and_looking_changes_nothing(client, publisher, action):
    clinic = create_clinic(name="Heron<b>", listed=action != "publish")
    page = client.get(at(action, clinic))
    assert "Heron&lt;b&gt;" in page.content.decode()
    response = do(client, action, clinic, because=" ", name="x")
    assert response.status_code == 422
    assert "Say why." in text(response)
    assert not ClinicEvent.objects.exists()


def test_a_limit_on_how_many_at_once(client, publisher, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    clinics = [create_clinic(name="Heron") for _ in range(3)]
    for chosen in (clinics, ["all"]):
        assert "At most 2 clinics are changed at once" in text(client.get(at("pause", *chosen)))
        response = do(client, "pause", *chosen)
        assert response.status_code == 422
        assert "Nothing was changed" in text(response)
    assert Clinic.objects.filter(status="listed").count() == 3
    do(client, "pause", *clinics[:2])
    assert Clinic.objects.filter(status="paused").count() == 2


@pytest.mark.parametrize("chosen", [[], ["x"], ["-1"], ["9" * 40], ["²"]])
def test_choosing_none_is_answered(client, publisher, chosen):
    assert "No clinic was chosen." in text(client.get(at("pause", *chosen)))
    assert do(client, "pause", *chosen).status_code == 302
    assert client.post(at("tag", *chosen), {"name": "!!!", "because": "x"}).status_code == 422


def test_who_may_not_publish_assigns_and_tags_alone(client, drafter):
    clinic = create_clinic(listed=False)
    for action in ("publish", "pause"):
        assert do(client, action, clinic).status_code in (302, 403)
    assert not ClinicEvent.objects.exists()
    do(client, "tag", clinic, name="x")
    assert ClinicTag.objects.exists()


@pytest.mark.parametrize(
    ("role", "may"), [(CURATOR, True), (EDITOR, False), (IMPORTER, False), (None, False)]
)
@pytest.mark.parametrize("action", ["publish", "pause", "assign", "tag", "delete"])
def test_the_roles_that_may(client, role, may, action):
    clinic = create_clinic(name="Heron", listed=action != "publish")
    client.force_login(person(role))
    may = may and action != "delete"
    response = do(client, action, clinic, name="x", to=create_user(is_active=True).pk)
    assert ClinicEvent.objects.exists() == may
    if not may:
        assert response.status_code in (302, 403, 404)
    assert Clinic.objects.exists()


def test_the_list_offers_what_can_be_done(client, publisher):
    create_clinic()
    content = client.get(address(Clinic, "list")).content.decode()
    for action in ("publish", "pause", "assign", "tag"):
        assert f"/bulk/clinics/clinic/{action}/" in content
    assert "/bulk/clinics/clinic/delete/" not in content


def test_a_curator_of_the_roles_has_the_permissions_it_needs():
    curator = person(CURATOR)
    for codename in ("change_clinic", "publish_clinic"):
        assert Permission.objects.filter(codename=codename, group__user=curator).exists()
