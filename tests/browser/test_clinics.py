"""From results to a comparison, a clinic's page and paper; and the finder on somebody else's site."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect


@pytest.fixture
def phone(browser, base_url):
    """``phone(…)`` opens a browser on a phone; JavaScript runs unless told otherwise."""
    contexts = []

    def open_phone(**options):
        context = browser.new_context(base_url=base_url, viewport={"width": 360, "height": 800}, **options)
        contexts.append(context)
        return context.new_page()

    yield open_phone
    for context in contexts:
        context.close()


def test_from_results_to_a_comparison_to_paper_without_javascript(phone):
    page = phone(java_script_enabled=False)
    page.goto("/clinics/near/gb/ls1-4/")
    for name in ("Bittern", "Dipper"):
        page.get_by_label(re.compile(f"Compare Sample Clinic {name}")).check()
    button = page.get_by_role("button", name="Compare")
    assert button.bounding_box()["y"] < 800  # in sight as soon as something is ticked
    button.click()
    page.wait_for_url("**/clinics/compare/?clinic=*")
    assert page.locator(".compare thead th").count() == 2
    assert "0.3 miles" in page.locator(".compare").inner_text()
    page.get_by_role("link", name="Remove Sample Clinic Dipper (Leeds)").click()
    page.get_by_role("link", name=re.compile("^Add Sample Clinic")).first.click()
    page.get_by_role("link", name=re.compile("^Remove Sample Clinic")).nth(1).wait_for()
    page.get_by_role("link", name="A list for paper").click()
    page.get_by_role("heading", name="Questions to ask").wait_for()
    assert not page.get_by_role("button", name="Print this page").is_visible()


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_paper_is_one_page(phone, size):
    page = phone()
    page.goto("/clinics/near/gb/ls1-4/paper/")
    paper = page.pdf(format=size, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="print")
    assert not page.get_by_role("contentinfo").is_visible()


def test_where_from_is_asked_and_kept_out_of_the_address(phone, axe):
    page = phone()
    page.goto("/clinics/sample-dipper-leeds/")
    page.get_by_label("Where would you start from?").fill("LS99 9ZZ")
    page.get_by_role("button", name="Work out the travel").click()
    field = page.get_by_label("Where would you start from?")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.input_value() == "LS99 9ZZ"
    axe(page)
    field.fill("YO1 7HH")
    page.get_by_role("button", name="Work out the travel").click()
    page.wait_for_url("**/clinics/sample-dipper-leeds/?near=gb/yo1-7#whole-course")
    assert "YO1" in page.locator("section:has(#whole-course)").inner_text()


def test_an_address_is_copied(phone):
    page = phone(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/clinics/sample-dipper-leeds/?near=gb/yo1-7")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").filter(has_text="Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert urlsplit(copied)[2:] == ("/clinics/sample-dipper-leeds/", "", "")


def test_the_box_on_another_site_answers_in_a_tab_of_its_own(phone, base_url):
    page = phone()
    page.goto(
        f"http://127.0.0.1:{urlsplit(base_url).port}/livez"
    )  # another origin than localhost, without a policy
    page.evaluate(
        "html => { document.body.innerHTML = html }",
        f'<iframe src="{base_url}/embed/?place=Leeds" title="Find a clinic"></iframe>'
        f'<iframe src="{base_url}/clinics/" title="Not to be framed"></iframe>',
    )
    box = page.frame_locator('[title="Find a clinic"]')
    assert box.get_by_label("Postcode or town").input_value() == "Leeds"
    with page.context.expect_page() as opened:
        box.get_by_role("button", name="Search").click()
    opened.value.wait_for_url(f"{base_url}/clinics/near/gb/leeds-eng/")
    assert not page.frame_locator('[title="Not to be framed"]').get_by_role("textbox").count()
    assert not page.context.cookies()
