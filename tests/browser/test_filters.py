"""Filters with JavaScript: the list changes in place, the focus stays, the address follows, a phone opens a sheet."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

RESULTS = "/clinics/near/gb/ls1-4/?within=25"


@pytest.fixture
def visit(browser, base_url):
    """``visit(address, width=…)`` opens a page in a browser of its own, and marks it: a reload loses the mark."""
    contexts = []

    def visit(address: str, *, width: int, **options):
        context = browser.new_context(base_url=base_url, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto(address)
        page.evaluate("window.isSamePage = true")
        return page

    yield visit
    for context in contexts:
        context.close()


def is_same_page(page) -> bool:
    return page.evaluate("window.isSamePage === true")


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def test_a_filter_takes_effect_at_once_and_can_be_taken_back_by_keyboard(visit, axe):
    page = visit(RESULTS, width=1280)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    before = page.get_by_role("heading", level=1).inner_text()

    page.get_by_label("Esketamine nasal spray").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/clinics/near/gb/ls1-4/?route=esketamine&within=25")
    after = page.get_by_role("heading", level=1).inner_text()
    assert after != before
    assert focused(page) == "filter-route-esketamine"
    assert page.locator("#near-said").inner_text() == after
    cards = page.locator("#near-list > .clinic-list .clinic-card")
    assert f"{cards.count()} clinic" in after
    assert all("sketamine nasal spray" in text for text in cards.locator(".routes").all_inner_texts())
    axe(page)

    page.locator("summary").filter(has_text="Languages spoken").click()
    page.get_by_label("English").check()
    page.wait_for_url("**route=esketamine&language=en&within=25")
    assert page.get_by_label("English").is_visible(), "the group that was opened stays open"
    page.get_by_role("link", name="Remove the filter Esketamine nasal spray").press("Enter")
    page.wait_for_url("**/?language=en&within=25")
    expect(page.locator("#near-title")).to_be_focused()
    assert not page.get_by_label("Esketamine nasal spray").is_checked()
    assert is_same_page(page)

    page.go_back()
    page.wait_for_url("**route=esketamine&language=en&within=25")
    page.get_by_role("link", name="Remove the filter Esketamine nasal spray").wait_for()
    page.get_by_role("link", name="Clear all filters").click()
    page.wait_for_url("**/clinics/near/gb/ls1-4/?within=25")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert not complaints


def test_a_radius_and_an_order_are_kept_by_the_filters(visit):
    page = visit(RESULTS, width=1280)
    page.get_by_role("link", name="50 miles").click()
    page.wait_for_url("**/?within=50")
    page.get_by_role("link", name="Most recently confirmed first").click()
    page.wait_for_url("**/?within=50&sort=confirmed")
    page.get_by_label("Intravenous infusion").check()
    page.wait_for_url("**/?route=iv&within=50&sort=confirmed")
    assert is_same_page(page)


def test_what_is_ticked_for_a_comparison_goes_along(visit):
    page = visit("/clinics/near/gb/ls1-4/?within=200", width=1280)
    page.get_by_label("Compare Sample Clinic Bittern (Leeds)").check()
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**page=2**")
    bar = page.locator(".compare-bar")
    assert bar.get_by_label("Compare Sample Clinic Bittern (Leeds)").is_checked()
    page.locator(".clinic-card__compare input").first.check()
    page.get_by_label("Esketamine nasal spray").check()
    page.wait_for_url("**route=esketamine**")
    assert page.locator("[name=clinic]:checked").count() == 2
    page.get_by_label("Compare Sample Clinic Bittern (Leeds)").uncheck()
    page.get_by_role("link", name="100 miles").click()
    page.wait_for_url("**within=100**")
    assert "bittern-leeds" not in page.url
    page.locator(".clinic-card__name a").first.click()
    page.get_by_role("link", name="Call").wait_for()
    page.go_back()
    assert page.locator("[name=clinic]:checked").count() == 1


def test_a_phone_opens_a_sheet(visit, axe):
    page = visit(RESULTS, width=360)
    page.locator(".filter-panel__toggle").click()
    sheet = page.get_by_role("dialog", name="Filters")
    sheet.get_by_label("Esketamine nasal spray").check()
    page.wait_for_url("**route=esketamine&within=25")
    assert sheet.is_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert page.locator(".filter-panel__toggle").inner_text().split() == ["Filters", "1", "chosen"]
    page.locator(".filter-panel__toggle").click()
    sheet.get_by_role("button", name="Show").click()
    expect(sheet).to_be_hidden()
    expect(page.locator("#near-title")).to_be_focused()
    assert is_same_page(page)


def test_a_newer_choice_is_not_undone_by_a_late_answer(visit):
    page = visit(RESULTS, width=1280)
    held = []
    page.route("**/clinics/near/**", lambda route: held.append(route), times=1)
    page.get_by_label("Esketamine nasal spray").check()
    page.get_by_label("Taking new patients").check()
    page.wait_for_url("**route=esketamine&with=new-patients&within=25")
    assert len(held) == 1
    assert page.get_by_label("Taking new patients").is_checked()


def test_the_button_works_where_the_library_does_not_arrive(browser, base_url):
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.route("**/htmx*.js", lambda route: route.abort())
    page.goto(RESULTS)
    page.get_by_label("Esketamine nasal spray").check()
    page.get_by_role("button", name="Show these clinics").click()
    page.wait_for_url("**route=esketamine**")
    context.close()


def test_an_answer_that_fails_leads_to_the_page_itself(visit):
    page = visit(RESULTS, width=1280)
    page.route("**/clinics/near/**", lambda route: route.fulfill(status=503), times=1)
    page.get_by_label("Esketamine nasal spray").check()
    page.wait_for_url("**route=esketamine**")
    page.get_by_role("link", name="Remove the filter Esketamine nasal spray").wait_for()
    assert not is_same_page(page)
    assert urlsplit(page.url).path == "/clinics/near/gb/ls1-4/"
