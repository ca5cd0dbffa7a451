"""Articles and the pages about the site, as a person on a phone or at a desk meets them."""

import re

from playwright.sync_api import expect

from tests.articles.test_pages import ARTICLE


def test_a_citation_leads_to_its_source_and_back(page):
    page.goto(ARTICLE)
    page.click("#cite-lii-2023-1")
    expect(page).to_have_url(re.compile("#source-lii-2023$"))
    assert page.locator("#source-lii-2023").is_visible()

    page.locator("#source-lii-2023").get_by_role("link", name="Back to citation 1").click()
    expect(page).to_have_url(re.compile("#cite-lii-2023-1$"))


def test_the_finder_box_of_an_article_finds_clinics_without_javascript(browser, site):
    with browser.new_context(java_script_enabled=False, base_url=site) as context:
        page = context.new_page()
        page.goto(ARTICLE)
        box = page.locator(".article__body form.search-box")
        box.get_by_label("Postcode or town").fill("LS1 4AP")
        box.get_by_role("button", name="Search").click()
        page.wait_for_url("**/clinics/near/gb/ls1-4/")
        assert "LS1 4" in page.locator("h1").inner_text()


def test_readers_put_the_trials_in_their_own_order_by_keyboard(page):
    page.goto("/evidence/")
    table = page.locator(".trial-table")
    people = table.get_by_role("button", name="People")
    first = table.locator("tbody tr").first

    people.focus()
    page.keyboard.press("Enter")
    assert "Zarate, 2006" in first.inner_text()
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"

    page.keyboard.press("Enter")
    assert "ESCAPE-TRD, 2023" in first.inner_text()
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert table.get_by_role("status").inner_text() == "Sorted by People, largest first."
    assert "Not known" in table.locator("tbody tr").last.inner_text()


def test_a_grade_leads_from_an_article_to_its_claim(page):
    page.goto(ARTICLE)
    page.get_by_text("Claims on this page, and how sure we are of each").click()
    page.locator(".claims-on-page__list").get_by_role("link").first.click()
    page.wait_for_url("**/claims/#claim-us-ketamine")
    assert page.locator("#claim-us-ketamine").is_visible()


def test_a_reader_says_whether_a_page_was_useful_without_javascript(browser, site, axe, page):
    with browser.new_context(java_script_enabled=False, base_url=site) as context:
        reader = context.new_page()
        reader.goto("/articles/side-effects/")
        reader.get_by_role("button", name="No", exact=True).click()
        expect(reader.get_by_role("heading", level=1)).to_have_text("Thank you")
        page.goto(reader.url)
        axe(page)
        reader.get_by_label("What would make it better?").fill("Say more about sleep.")
        reader.wait_for_timeout(2100)  # as long as the quickest person needs
        reader.get_by_role("button", name="Send to the editors").click()
        expect(reader.locator("main")).to_contain_text("what you wrote, for a year")
        assert context.cookies() == []
