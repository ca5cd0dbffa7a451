"""The form of a clinic: every field, and what it says of what cannot be."""

import re

import pytest
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.test.utils.form_data import inline_formset

from clinics.editing import PANELS
from clinics.models import Clinic, ClosedDates, OpeningHours, Treatment
from tests.clinics.admin.screens import (
    address,
    posted,
    public,
    save,
)
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db


def form_of(clinic, **changes):
    return PANELS.bind_to_model(Clinic).get_form_class()(posted(clinic, **changes), instance=clinic)


def errors(form):
    inline = [
        error for formset in form.formsets.values() for each in formset.errors for error in each.items()
    ]
    return {name: " ".join(messages) for name, messages in [*form.errors.items(), *inline]}


# Written by the database, by Wagtail, or by curation itself.
NOT_EDITED = {
    "id",
    "listed",
    "position",
    "routes",
    "opening_borders",
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
    fields = {field.name for field in Clinic._meta.concrete_fields} | {
        "treatments",
        "opening_hours",
        "closed_dates",
    }
    assert fields - NOT_EDITED == named


@pytest.mark.parametrize(
    ("model", "relation"),
    [(Treatment, "treatments"), (OpeningHours, "opening_hours"), (ClosedDates, "closed_dates")],
)
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
