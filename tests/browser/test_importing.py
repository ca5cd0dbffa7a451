"""The three published lists, uploaded in the admin and mapped by hand, in a real browser."""

from pathlib import Path

import pytest
from django.conf import settings as project
from playwright.sync_api import expect

from clinics.importing.running import run_next
from clinics.models import Clinic
from tests.browser.test_curating import curator  # noqa: F401
from tests.template_databases import connected_to

FILES = Path(project.BASE_DIR) / "tests" / "files"
# What each list needs beyond what is guessed: fields by column, the column that names the row, and what comes of it.
LISTS = [
    ("samhsa.csv", "us", {"name2": "Name"}, "", "Lapwing Mental Health Center", "+1 203-555-0101"),
    ("nhs_choices.csv", "gb", {}, "OrganisationID", "Heron Hospital, Leeds", "+44 113 496 0101"),
    ("odhf.csv", "ca", {}, "index", "Siskin Children's Centre", ""),
]


@pytest.fixture
def work(site_database, site_imports, settings, django_db_blocker):
    """Do what was asked for, as the worker beside the site does."""

    def work() -> None:
        settings.IMPORT_ROOT = site_imports
        with django_db_blocker.unblock(), connected_to(site_database):
            assert run_next()

    return work


def test_three_lists_are_mapped_by_hand_checked_and_imported(
    page,
    curator,  # noqa: F811
    work,
    axe,
    site_database,
    django_db_blocker,
):
    for file, country, fields, names, clinic, phone in LISTS:
        source = f"by-hand-{country}"
        page.goto("/admin/")
        page.get_by_role("link", name="Imports").click()
        page.get_by_role("link", name="Import a list").click()
        page.get_by_label("The file").set_input_files(FILES / file)
        page.get_by_role("button", name="Upload and look at it").click()

        for column, field in fields.items():
            page.get_by_label(f"{column} becomes", exact=True).select_option(label=field)
        if names:
            expect(page.get_by_label(f"{names} names the row")).to_be_checked()
        page.get_by_label("Name of the list").fill(f"The list of {country}")
        page.get_by_label("Short name").fill(source)
        page.get_by_label("Country").select_option(country.upper())
        if country == "us":
            axe(page, rules=["label", "select-name", "color-contrast", "aria-valid-attr-value"])
        page.get_by_role("button", name="Keep this and look at the clinics").click()

        expect(page.get_by_role("heading", name="What the first rows become")).to_be_visible()
        expect(page.get_by_role("table")).to_contain_text(clinic)
        page.get_by_role("button", name="Check the whole list").click()
        expect(page.locator("#run")).to_contain_text("Waiting.")
        work()
        expect(page.locator("#run")).to_contain_text("Checked; nothing was written.")  # it looks by itself
        page.get_by_role("button", name="Import it").click()
        expect(page.locator("#run")).to_contain_text("Waiting.")
        work()
        page.reload()
        expect(page.locator("#run")).to_contain_text("Imported.")
        page.get_by_role("link", name="The drafts of this list").click()
        expect(page.get_by_role("link", name=clinic).first).to_be_visible()
        with django_db_blocker.unblock(), connected_to(site_database):
            made = Clinic.objects.get(name=clinic, source_records__source=source)
            assert (made.live, made.country, made.phone) == (False, country.upper(), phone)
            assert made.latitude is not None
