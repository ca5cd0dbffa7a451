"""A curator at work in the admin, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import create_user


@pytest.fixture
def curator(context, sign_in):
    """Signed in on ``page``, on the site's own database."""
    return sign_in(context, create_user, is_superuser=True, is_staff=True)


def test_a_clinic_is_drafted_previewed_published_and_changed(page, curator):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)

    page.goto("/admin/snippets/clinics/clinic/add/")
    page.get_by_label("Name").first.fill("Ptarmigan Clinic")
    page.get_by_label("Town").fill("Lerwick")
    page.get_by_label("Phone").fill("01632 960123")
    page.get_by_role("tab", name="Treatment").click()
    page.get_by_role("button", name="Add Treatment").click()
    page.get_by_label("Route").select_option(label="Esketamine nasal spray")
    page.get_by_label("Price from").fill("320")
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_label("Price unit").select_option(label="a session")
    page.get_by_label("Insurance").check()
    page.get_by_role("button", name="Save draft").click()
    expect(page).to_have_url(re.compile(r"/clinic/edit/\d+/$"))
    assert page.request.get("/clinics/ptarmigan-clinic-lerwick/").status == 404

    expect(page.get_by_label("Phone")).to_have_value("+44 1632 960123")
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_contain_text("Ptarmigan Clinic")
    expect(preview.locator("body")).to_contain_text("£320 a session")

    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messages")).to_contain_text("published")
    public = page.context.browser.new_context(base_url=page.url).new_page()
    assert public.goto("/clinics/ptarmigan-clinic-lerwick/").status == 200
    expect(public.locator("body")).to_contain_text("Esketamine nasal spray")
    public.context.close()
    assert refused == []
