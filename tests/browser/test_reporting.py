"""From the public to the phone call to the page: one wrong number, in a real browser, from start to undo."""

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.utils import timezone
from playwright.sync_api import expect

from clinics.models import Clinic
from tests.factories import create_clinic, create_user
from tests.template_databases import connected_to

PASSWORD = "violet anchor seventeen"
WRONG, RIGHT = "+44 113 496 0101", "0113 496 0202"
OLD_SHOWN, NEW_SHOWN = "0113 496 0101", "0113 496 0202"


@pytest.fixture
def listing(site_database, django_db_blocker):
    """A published clinic whose number is wrong, and a curator, on the site's own database."""
    with django_db_blocker.unblock(), connected_to(site_database):
        clinic = create_clinic(
            name="Dunlin Clinic", town="Leeds", phone=WRONG, timezone="Europe/London", routes=[1]
        )
        user = create_user(is_superuser=True, is_staff=True)
        user.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
        user.save()
    return clinic, user


def test_a_wrong_number_is_reported_called_corrected_followed_and_undone(page, context, listing, axe):
    clinic, user = listing
    today = timezone.localdate()
    day = f"{today.day} {today:%B %Y}"
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)

    # A visitor reports it.
    page.goto(clinic.get_absolute_url())
    page.get_by_role("link", name="Report a mistake in phone, website or address").click()
    expect(page.get_by_label("What is wrong?")).to_have_value("phone")
    axe(page)
    page.wait_for_timeout(2100)  # as long as the quickest person needs
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what you found.")
    axe(page)
    page.get_by_label("What did you find?").fill("It rings at a bakery.")
    page.get_by_label("What should it say?").fill(RIGHT)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your report")
    axe(page)
    followed = page.url
    assert context.cookies() == []

    # A curator claims it, calls, corrects.
    curating = context.browser.new_context(base_url=page.url).new_page()
    curating.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    curating.goto("/accounts/login/?next=/admin/")
    curating.locator("#id_login").fill(user.username)
    curating.locator("#id_password").fill(PASSWORD)
    curating.get_by_role("button", name="Sign in").click()
    verify = curating.get_by_role("region", name=re.compile("To verify"))
    expect(verify.get_by_role("listitem").first).to_contain_text("Dunlin Clinic")
    verify.get_by_role("button", name="Call Dunlin Clinic").click()
    expect(curating.get_by_role("link", name=OLD_SHOWN)).to_have_attribute("href", "tel:+44-113-496-0101")
    expect(curating.locator("body")).to_contain_text("It rings at a bakery.")
    axe(curating)
    curating.get_by_label("Phone", exact=True).fill(RIGHT)
    curating.get_by_role("group", name="Are you taking new patients?").get_by_label("Yes").check()
    curating.get_by_label("How many weeks until a first appointment?").fill("3")
    curating.get_by_role("group", name=re.compile("full price of a course")).get_by_label("Yes").check()
    curating.get_by_label("Answered, and talked to us").check()
    curating.get_by_label("They went through the listing with me").check()
    curating.get_by_label("Why it was corrected").fill("Reception gave the right number.")
    curating.get_by_label("Answer to this report").select_option("Changed")
    curating.get_by_label("What the sender reads").fill("Thank you: the right number is shown now.")
    curating.get_by_role("button", name="Keep the call").last.click()
    expect(curating.locator(".messages")).to_contain_text("Kept what came of calling Dunlin Clinic")

    # The reporter's link says so, and the page shows the new number and the day.
    page.goto(followed)
    expect(page.get_by_role("heading", level=1)).to_have_text("Changed")
    expect(page.locator("main")).to_contain_text("the right number is shown now")
    axe(page)
    page.goto(clinic.get_absolute_url())
    expect(page.get_by_role("link", name=f"Call {NEW_SHOWN}")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"Confirmed by phone {day}")
    expect(page.locator("main")).to_contain_text(
        re.compile(rf"Answered by phone\s+{day};\s+taking new patients;\s+first appointment in about 3 weeks")
    )
    axe(page)

    # The history shows who and why; undo restores.
    curating.goto(f"/admin/snippets/clinics/clinic/history/{clinic.pk}/")
    expect(curating.locator("main")).to_contain_text("Reception gave the right number.")
    expect(curating.locator("main")).to_contain_text(user.username)
    # "Review this version" stands in a menu that is made when it is opened.
    versions = re.findall(r'href="([^"]+/revert/)"', curating.request.get(curating.url).text())
    curating.goto(versions[-1])
    curating.get_by_role("button", name="More actions").last.click()
    curating.get_by_role("button", name="Publish").click()
    expect(curating.locator(".messages")).to_contain_text("published")
    page.goto(clinic.get_absolute_url())
    expect(page.get_by_role("link", name=f"Call {OLD_SHOWN}")).to_be_visible()
    curating.context.close()
    assert [each for each in refused if "422" not in each] == []  # a form that came back is no fault


@pytest.fixture(autouse=True)
def _put_away(site_database, django_db_blocker):
    """Nothing of this journey is left for the tests that count what is near."""
    yield
    with django_db_blocker.unblock(), connected_to(site_database):
        Clinic.objects.filter(name="Dunlin Clinic").update(live=False)
