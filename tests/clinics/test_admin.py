"""The directory in the admin, through Django's client: what a curator does on a working day."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.snippets.models import get_snippet_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from clinics import curation
from clinics.editing import PANELS
from clinics.models import Clinic, ClinicEvent, OpeningHours, Provider, SourceRecord, Treatment
from clinics.samples import load_samples, read_samples
from places.distance import Point
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db

DIRECTORY = (Clinic, Provider, SourceRecord)


@pytest.fixture
def publisher(client):
    user = create_user(username="publisher", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def drafter(client):
    """May change clinics, and may not publish them."""
    user = create_user(username="drafter")
    for codename in ("access_admin", "add_clinic", "change_clinic"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)
    return user


def address(model, view, *args):
    return reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:{view}", args=args)


def posted(clinic: Clinic | None = None, **changes):
    """What the browser sends for the edit form of *clinic* with some fields changed."""
    clinic = clinic or Clinic(country="GB")
    fields = {
        name: getattr(clinic, name)
        for name in [
            "name",
            "slug",
            "setting",
            "status",
            "delisted_because",
            "status_note",
            "street",
            "town",
            "region",
            "postcode",
            "country",
            "latitude",
            "longitude",
            "position_precision",
            "timezone",
            "phone",
            "email",
            "website",
            "payments",
            "languages",
            "remote_regions",
            "youngest_age",
            "oldest_age",
            "access_note",
            "verified_on",
            "verified_how",
        ]
    }
    fields["provider"] = clinic.provider_id
    fields["is_sample"] = clinic.is_sample or None
    for name in [
        "taking_new_patients",
        "psychiatric_assessment",
        "therapy_alongside",
        "referral_needed",
        "wheelchair_access",
        "accessible_toilet",
        "parking",
    ]:
        fields[name] = {None: "unknown", True: "true", False: "false"}[getattr(clinic, name)]
    saved = clinic.pk is not None
    treatments = list(clinic.treatments.all()) if saved else []
    hours = list(clinic.opening_hours.all()) if saved else []
    fields["treatments"] = inline_formset(
        [
            {name: getattr(t, name) or "" for name in ("id", "route", "price_from", "price_to", "currency")}
            | {"price_unit": t.price_unit, "note": t.note}
            for t in treatments
        ],
        initial=len(treatments),
    )
    fields["opening_hours"] = inline_formset(
        [{"id": h.pk, "weekday": h.weekday, "opens": h.opens, "closes": h.closes} for h in hours],
        initial=len(hours),
    )
    fields |= changes
    ticked = {name: fields.pop(name) for name in ("payments", "languages", "remote_regions")}
    data = nested_form_data({name: value for name, value in fields.items() if value is not None})
    return ticked | {name: value for name, value in data.items() if value is not None and value is not False}


def save(client, clinic, *, publish=False, **changes):
    data = posted(clinic, **changes) | ({"action-publish": "1"} if publish else {})
    return client.post(address(Clinic, "edit", clinic.pk), data)


def public(clinic):
    return Clinic.objects.get(pk=clinic.pk)


def form_of(clinic, **changes):
    return PANELS.bind_to_model(Clinic).get_form_class()(posted(clinic, **changes), instance=clinic)


def errors(form):
    inline = [
        error for formset in form.formsets.values() for each in formset.errors for error in each.items()
    ]
    return {name: " ".join(messages) for name, messages in [*form.errors.items(), *inline]}


# --- The form --------------------------------------------------------------------------------------------------------

# Written by the database, by Wagtail, or by curation itself.
NOT_EDITED = {
    "id",
    "listed",
    "position",
    "routes",
    "live",
    "has_unpublished_changes",
    "first_published_at",
    "last_published_at",
    "live_revision",
    "go_live_at",
    "expire_at",
    "expired",
    "latest_revision",
    "locked",
    "locked_at",
    "locked_by",
}


def panels_within(panel):
    yield panel
    for child in getattr(panel, "children", ()):
        yield from panels_within(child)


def test_no_field_of_a_clinic_is_missing_from_the_form_by_accident():
    named = {
        getattr(panel, "field_name", None) or getattr(panel, "relation_name", None)
        for panel in panels_within(PANELS)
        if isinstance(panel, FieldPanel | InlinePanel)
    }
    fields = {field.name for field in Clinic._meta.concrete_fields} | {"treatments", "opening_hours"}
    assert fields - NOT_EDITED == named


@pytest.mark.parametrize(("model", "relation"), [(Treatment, "treatments"), (OpeningHours, "opening_hours")])
def test_no_field_of_its_parts_is_missing_either(model, relation):
    (inline,) = [
        panel for panel in panels_within(PANELS) if getattr(panel, "relation_name", None) == relation
    ]
    named = {
        panel.field_name
        for part in inline.panels
        for panel in panels_within(part)
        if isinstance(panel, FieldPanel)
    }
    assert {field.name for field in model._meta.concrete_fields} - {"id", "clinic"} == named


def test_each_field_is_drawn_with_its_label(client, publisher):
    clinic = create_clinic(routes=[1])
    page = client.get(address(Clinic, "edit", clinic.pk)).content.decode()
    for name in (
        "name",
        "latitude",
        "remote_regions",
        "wheelchair_access",
        "verified_on",
        "treatments-0-price_from",
    ):
        assert f'name="{name}"' in page
    assert "Not known" in page
    assert "Unknown" not in page


def test_arrays_are_ticked_not_typed(client, publisher):
    clinic = create_clinic(languages=["en", "xx"], payments=["public"])
    page = client.get(address(Clinic, "edit", clinic.pk)).content.decode()
    ticked = re.findall(r'<input type="checkbox" name="(\w+)" value="([\w-]+)"[^>]* checked', page)
    assert set(ticked) >= {("languages", "en"), ("languages", "xx"), ("payments", "public")}
    assert "Publicly funded" in page
    assert "Canada: British Columbia" in page


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"status": "delisted"}, "delisted_because", "Say why"),
        ({"delisted_because": "closed"}, "delisted_because", "Only a delisted clinic"),
        ({"latitude": "53"}, "longitude", "Give both"),
        ({"latitude": "91", "longitude": "0"}, "latitude", "between -90 and 90"),
        ({"latitude": "1", "longitude": "181"}, "longitude", "between -180 and 180"),
        ({"latitude": "nan", "longitude": "1"}, "latitude", "Enter a number"),
        ({"position_precision": "town"}, "position_precision", "no position"),
        ({"setting": "remote", "latitude": "1", "longitude": "1"}, "latitude", "at no distance"),
        ({"remote_regions": ["GB"]}, "remote_regions", "Only a remote service"),
        ({"verified_on": "2026-01-01"}, "verified_how", "Say how"),
        ({"verified_how": "phone"}, "verified_on", "Say when"),
        ({"verified_on": "2999-01-01", "verified_how": "phone"}, "verified_on", "not come yet"),
        ({"youngest_age": "65", "oldest_age": "18"}, "oldest_age", "below the youngest"),
        ({"country": "gb"}, "country", "valid choice"),
        ({"country": ""}, "country", "required"),
        ({"timezone": "Mars/Olympus"}, "timezone", "valid choice"),
        ({"payments": ["barter"]}, "payments", "valid choice"),
        ({"phone": "call us"}, "phone", "not a telephone number"),
        ({"website": "javascript:alert(1)"}, "website", "valid URL"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"slug": "taken"}, "slug", "already exists"),
        ({"treatments": inline_formset([{"route": 1, "price_from": "5"}])}, "currency", "which currency"),
        ({"treatments": inline_formset([{"route": 1, "price_to": "5"}])}, "price_from", "lowest price too"),
        (
            {
                "treatments": inline_formset(
                    [{"route": 1, "price_from": "9", "price_to": "5", "currency": "GBP"}]
                )
            },
            "price_to",
            "below the lowest",
        ),
        (
            {"treatments": inline_formset([{"route": 1, "currency": "£"}])},
            "currency",
            "three capital letters",
        ),
        ({"treatments": inline_formset([{"route": 9}])}, "route", "valid choice"),
        ({"opening_hours": inline_formset([{"weekday": 0, "opens": "25:00"}])}, "opens", "valid time"),
    ],
)
def test_what_the_database_would_refuse_is_said_beside_the_field(changes, field, said):
    create_clinic(slug="taken")
    form = form_of(create_clinic(name="Heron"), **changes)
    assert not form.is_valid()
    assert said in errors(form)[field]
    assert "onstraint" not in str(errors(form))


def test_a_refused_form_changes_nothing_and_says_why(client, publisher):
    clinic = create_clinic(name="Heron")
    response = save(client, clinic, publish=True, name="Curlew", latitude="53")
    assert response.status_code == 200
    assert "Give both, or neither" in response.content.decode()
    assert public(clinic).name == "Heron"


def test_a_nul_character_is_refused(client, publisher):
    assert save(client, create_clinic(), name="a\0b").status_code == 400


def test_the_same_route_twice_is_refused_in_words(client, publisher):
    clinic = create_clinic()
    response = save(client, clinic, treatments=inline_formset([{"route": 1}, {"route": 1}]))
    assert "duplicate" in response.content.decode()
    assert not public(clinic).treatments.exists()


# --- Creating and editing --------------------------------------------------------------------------------------------


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
    load_samples([*read_samples()[::30], *read_samples()[-3:]], at=_noon())
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


def _noon():
    from datetime import UTC, datetime

    return datetime(2026, 11, 23, 12, tzinfo=UTC)


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
    assert client.get(address(Clinic, "history", clinic.pk)).status_code == 200

    reverted = address(Clinic, "revisions_revert", clinic.pk, first.pk)
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


# --- Who may ---------------------------------------------------------------------------------------------------------


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


def create_record(clinic):
    return SourceRecord.objects.create(
        source="odhf",
        identifier=f"id-{clinic.pk}",
        clinic=clinic,
        data={"name": "<b>Heron</b>"},
        digest="0" * 64,
        first_seen_at=_noon(),
        last_seen_at=_noon(),
    )


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


# --- Lists -----------------------------------------------------------------------------------------------------------


def count_queries(client, url):
    client.get(url)  # warm what is cached for the process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", DIRECTORY)
def test_a_list_costs_the_same_for_10_and_20_rows(client, publisher, model):
    def more():
        for _ in range(10):
            clinic = create_clinic(provider=Provider.objects.create(name="P"), routes=[1])
            create_record(clinic)
            clinic.save_revision()

    more()
    ten = count_queries(client, address(model, "list"))
    more()
    assert count_queries(client, address(model, "list")) == ten


def names_listed(client, **query):
    response = client.get(address(Clinic, "list"), query)
    return [clinic.name for clinic in response.context["object_list"]]


def test_the_list_tells_what_a_curator_asks_first(client, publisher):
    clinic = create_clinic(
        name="Heron", town="Leeds", status="paused", verified_on="2026-05-12", verified_how="phone"
    )
    create_record(clinic)
    page = client.get(address(Clinic, "list")).content.decode()
    for text in ("Heron", "Leeds", "GB", "Paused", "2026", "odhf"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "hero"}, ["Heron"]),
        ({"q": "leeds"}, ["Heron"]),
        ({"q": "m5v"}, ["Curlew"]),
        ({"country": "CA"}, ["Curlew"]),
        ({"status": "paused"}, ["Wren"]),
        ({"live": "false"}, ["Teal"]),
        ({"source": "odhf"}, ["Curlew"]),
        ({"latitude": "true"}, ["Heron"]),
        ({"q": "\x00"}, None),
        ({"country": "XX"}, None),
        ({"q": "x" * 200}, []),
        ({"q": "x" * 5000}, None),
    ],
)
def test_search_and_filters(client, publisher, query, names):
    create_clinic(name="Heron", town="Leeds", point=Point(53.8, -1.5))
    create_record(create_clinic(name="Curlew", country="CA", postcode="M5V 0X9"))
    create_clinic(name="Wren", status="paused")
    create_clinic(name="Teal", listed=False)
    if names is None:
        assert client.get(address(Clinic, "list"), query).status_code < 500
    else:
        assert names_listed(client, **query) == names
