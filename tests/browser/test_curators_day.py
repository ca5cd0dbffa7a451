"""A curator's day, and the pictures of it in docs/curating.md.

``PICTURES=docs/images make test ARGS=tests/browser/test_curators_day.py`` takes them anew.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from clinics.models import Clinic, ContactAttempt, UnmetNeed
from clinics.models.unmet_need import week_of
from tests.factories import create_report, create_user
from tests.template_databases import connected_to

LARGEST = 150_000  # bytes of a picture


@pytest.fixture
def picture(page, tmp_path):
    """``picture("name")`` takes one of what is on the screen, in few colours."""
    folder = Path(os.environ.get("PICTURES") or tmp_path)

    def take(name: str) -> None:
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
        assert path.stat().st_size < LARGEST

    return take


@pytest.fixture
def heron(site_database, django_db_blocker) -> Clinic:
    """A clinic that somebody reported, last confirmed so long ago that much of it is in doubt."""
    with django_db_blocker.unblock(), connected_to(site_database):
        clinic = Clinic.objects.get(slug="sample-heron-london")
        before = timezone.now() - timedelta(days=400)
        Clinic.objects.filter(pk=clinic.pk).update(verified_on=before.date())
        ContactAttempt.objects.filter(clinic=clinic).update(at=before)
        create_report(clinic=clinic, proposed={"phone": "020 7946 0115"}, note="It rings elsewhere.")
        week = week_of(timezone.localdate()) - timedelta(weeks=1)
        UnmetNeed.objects.create(
            week=week,
            country="GB",
            area="ZE1",
            name="Lerwick, Scotland",
            latitude=60.16,
            longitude=-1.17,
            route="esketamine",
            searches=23,
        )
        return clinic


@pytest.fixture
def curator(page, sign_in):
    """Signed in on ``page``, on the site's own database."""
    page.set_viewport_size({"width": 1200, "height": 800})
    return sign_in(page.context, create_user, username="robin", is_superuser=True, is_staff=True)


def test_a_curators_day(page, curator, heron, picture, axe):
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="To verify")).to_be_visible()
    picture("curating-day")

    page.get_by_role("link", name="To verify").click()
    first = page.locator(".curation-rows tbody tr").first
    expect(first).to_contain_text(heron.name)
    expect(first).to_contain_text("Likely out of date: new patients")
    picture("curating-queue")

    page.get_by_role("button", name="Call the next one").click()
    expect(page.locator(".call")).to_contain_text("Ask about these first")
    picture("curating-call")

    with page.expect_navigation():
        page.get_by_role("button", name="Give it back uncalled").click()
    page.goto(f"/admin/snippets/clinics/clinic/edit/{heron.pk}/")
    pin = page.locator(".pin-map__pin")
    expect(pin).to_be_visible()
    latitude, longitude = page.locator("#id_latitude"), page.locator("#id_longitude")
    at = float(latitude.input_value()), float(longitude.input_value())
    pin.focus()
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowRight")
    assert float(latitude.input_value()) > at[0]
    assert float(longitude.input_value()) > at[1]
    expect(page.locator("#id_position_precision")).to_have_value("rooftop")
    expect(page.locator(".pin-map [role=status]")).to_contain_text("Save to keep it")
    page.get_by_role("button", name="Put it back where it was").click()
    assert (float(latitude.input_value()), float(longitude.input_value())) == at
    latitude.fill("51.53")
    page.locator(".pin-map").scroll_into_view_if_needed()
    picture("curating-pin")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    expect(latitude).to_have_value("51.53")

    page.goto("/admin/curation/unmet-need/")
    expect(page.get_by_role("row", name="GB ZE1")).to_contain_text("23")
    assert faults == []
    page.goto("/clinics/where-nothing-was-found/")
    expect(page.get_by_role("row", name="ZE1")).to_contain_text("Esketamine nasal spray")
    axe(page)
    page.get_by_role("button", name="Show map").click()
    page.get_by_role("button", name="1, ZE1 Lerwick, Scotland").click()
    expect(page.locator(".map-card")).to_contain_text("Esketamine nasal spray: 23")
    expect(page.locator(".map-panel [role=status]")).to_have_text("The map shows 1 area.")
