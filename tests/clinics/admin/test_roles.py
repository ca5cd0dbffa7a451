"""Who may do what in the directory."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse
from wagtail.snippets.models import get_snippet_models

from clinics.models import Clinic, Provider, SourceRecord
from tests.clinics.admin.screens import (
    DIRECTORY,
    address,
    create_record,
    public,
    save,
)
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


def test_without_permission_to_publish_a_publish_is_a_draft(client, drafter):
    clinic = create_clinic(name="Heron")
    save(client, clinic, publish=True, name="Curlew")
    assert (public(clinic).name, public(clinic).has_unpublished_changes) == ("Heron", True)
    assert "action-publish" not in client.get(address(Clinic, "edit", clinic.pk)).content.decode()
    client.post(address(Clinic, "unpublish", clinic.pk))
    assert public(clinic).live


def test_no_clinic_is_deleted_not_even_by_an_administrator(client, publisher):
    clinic = create_clinic()
    assert client.post(address(Clinic, "delete", clinic.pk)).status_code in (302, 403)
    assert client.post(f"/admin/bulk/clinics/clinic/delete/?id={clinic.pk}").status_code in (302, 403, 404)
    assert Clinic.objects.exists()


def test_source_records_are_read_only(client, publisher):
    record = create_record(create_clinic())
    for view in ("edit", "delete"):
        assert client.post(address(SourceRecord, view, record.pk), {"source": "x"}).status_code in (302, 403)
    assert client.post(address(SourceRecord, "add"), {"source": "x"}).status_code in (302, 403)
    assert SourceRecord.objects.get().source == "odhf"
    page = client.get(address(SourceRecord, "inspect", record.pk)).content.decode()
    assert "&lt;b&gt;Heron&lt;/b&gt;" in page
    assert "<b>Heron</b>" not in page


def test_curators_read_source_records(client, drafter):
    record = create_record(create_clinic())
    assert client.get(address(SourceRecord, "list")).status_code == 200
    assert client.get(address(SourceRecord, "inspect", record.pk)).status_code == 200


def directory_addresses():
    """Every address of the directory in the admin that can be made from a primary key."""
    for model in get_snippet_models():
        if model in DIRECTORY:
            viewset = model.snippet_viewset
            for pattern in viewset.get_urlpatterns():
                yield model, f"{viewset.get_admin_url_namespace()}:{pattern.name}"


def some_address(model, name):
    clinic = create_clinic()
    key = {Clinic: clinic, SourceRecord: create_record(clinic)}.get(model) or Provider.objects.create(
        name="P"
    )
    revision = clinic.save_revision()
    for args in ([], [key.pk], [key.pk, revision.pk], [key.pk, revision.pk, revision.pk]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no address for {name}")


def test_the_crawl_knows_the_addresses():
    names = {name.rpartition(":")[2] for _, name in directory_addresses()}
    assert {
        "list",
        "add",
        "edit",
        "delete",
        "history",
        "revisions_compare",
        "unpublish",
        "lock",
        "inspect",
    } <= names


@pytest.mark.parametrize(("model", "name"), list(directory_addresses()))
def test_nobody_gets_in_without_signing_in(client, model, name):
    url = some_address(model, name)
    for method in (client.get, client.post):
        response = method(url)
        assert response.status_code == 302
        assert "login" in response["Location"]


@pytest.mark.parametrize(("model", "name"), list(directory_addresses()))
def test_an_editor_of_articles_does_not_get_in_either(client, model, name):
    url = some_address(model, name)
    editor = create_user()
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)
    response = client.get(url)
    assert response.status_code in (302, 403)
    if response.status_code == 302:
        assert response["Location"] == reverse("wagtailadmin_home")
