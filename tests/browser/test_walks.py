"""Whole ways through the site, as people go them: each step read by axe, and nothing but what is on the page used."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

ARTICLE = "/articles/ketamine-for-depression/"


@pytest.fixture
def visitor(browser, base_url):
    """``visitor(…)`` is a page in a browser of its own; ``page.hosts`` are all that it asked."""
    contexts = []

    def visitor(**options):
        sizes = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=base_url, **sizes | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
        return page

    yield visitor
    for context in contexts:
        context.close()


def names_in_the_list(page) -> list[str]:
    return page.locator("ol.clinic-list .clinic-card__name a").all_inner_texts()


def names_on_the_map(page) -> str:
    return " ".join(marker.get_attribute("aria-label") for marker in page.locator(".map-marker").all())


def test_from_an_article_to_paper(visitor, axe, base_url):
    page = visitor()
    page.goto(ARTICLE)
    axe(page)
    page.locator(".article__body form.search-box").get_by_label("Postcode or town").fill("LS1 4AP")
    page.locator(".article__body form.search-box").get_by_role("button", name="Search").click()
    page.wait_for_url("**/clinics/near/gb/ls1-4/")
    axe(page)

    # The map follows the filters.
    page.get_by_role("button", name="Show map").click()
    page.locator(".map-marker").first.wait_for()
    everywhere = names_in_the_list(page)
    page.get_by_label("Esketamine nasal spray").check()
    page.wait_for_url("**route=esketamine**")
    page.wait_for_function(
        "count => document.querySelectorAll('ol.clinic-list > li').length !== count", arg=len(everywhere)
    )
    fewer = names_in_the_list(page)
    left_out = set(everywhere) - set(fewer)
    assert fewer
    assert left_out
    spoken = names_on_the_map(page)
    assert not [name for name in fewer if name not in spoken]
    assert not [name for name in left_out if name in spoken]
    axe(page)

    # Without a network the map and the list stay, and can be used.
    page.context.set_offline(True)
    page.locator(".map-marker:not(.map-marker--several)").first.click()
    expect(page.locator(".map-card")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#map-frame").focus()
    page.keyboard.press("+")
    assert names_in_the_list(page) == fewer
    page.context.set_offline(False)

    first = page.locator(".clinic-card__name a").first
    name = re.sub(r"^\d+\. ", "", first.inner_text())
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    axe(page)
    page.go_back()
    for box in page.get_by_role("checkbox", name=re.compile("^Compare ")).all()[:2]:
        box.check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/clinics/compare/?**")
    assert page.locator(".compare thead th").count() == 2
    axe(page)
    page.get_by_role("link", name="A list for paper").click()
    page.get_by_role("heading", name="Questions to ask").wait_for()
    axe(page)
    page.emulate_media(media="print")
    assert page.locator("svg.qr").is_visible()
    assert not page.get_by_role("contentinfo").is_visible()
    assert page.hosts == {urlsplit(base_url).netloc}
    assert not page.context.cookies()


def tab_to(page, name: str, *, most: int = 80) -> None:
    """Tab until what has the focus is called *name*; every stop on the way is in sight."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        words = focused.evaluate(
            "at => at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent || ''"
        )
        if re.search(name, " ".join(words.split())):
            box = focused.bounding_box()
            assert box["width"] > 0
            return
    pytest.fail(f"{name} cannot be reached by the keyboard")


def test_by_keyboard_alone(visitor, axe):
    page = visitor()
    page.goto("/")
    tab_to(page, "^Find a clinic$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clinics/")
    tab_to(page, "^Postcode or town")
    page.keyboard.type("leed", delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clinics/near/gb/leeds-eng/")
    tab_to(page, "^Intravenous infusion")
    page.keyboard.press("Space")
    page.wait_for_url("**route=iv**")
    assert page.locator(":focus").get_attribute("id") == "filter-route-iv"
    for _ in range(2):
        tab_to(page, "^Compare Sample")
        page.keyboard.press("Space")
    tab_to(page, "^Compare$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clinics/compare/?**")
    assert page.locator(".compare thead th").count() == 2
    tab_to(page, "^Sample Clinic")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/clinics/sample-"))
    tab_to(page, "^Call ")
    axe(page)


def test_where_the_position_is_denied_typing_leads_on(visitor, axe):
    page = visitor(viewport={"width": 360, "height": 800})
    page.goto("/clinics/")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_role("status").filter(has_text="did not let us see where you are").wait_for()
    axe(page)
    page.get_by_label("Postcode or town").fill("Leeds")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clinics/near/gb/leeds-eng/")
    assert names_in_the_list(page)
