"""The map beside the results: asked for, the same clinics as the list, by pointer, keyboard and offline."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

LEEDS = "/clinics/near/gb/ls1-4/"


@pytest.fixture
def visit(browser, base_url):
    """``visit(address, …)`` opens a page in a browser of its own; ``page.asked`` are the addresses it fetched."""
    contexts = []

    def visit(address: str, *, width: int = 1280, **options):
        context = browser.new_context(base_url=base_url, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.asked = []
        page.complaints = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def open_map(page):
    page.get_by_role("button", name="Show map").click()
    page.locator(".map-marker").first.wait_for()


def names_in_the_list(page) -> list[str]:
    return page.locator("ol.clinic-list .clinic-card__name a").all_inner_texts()


def test_nothing_of_the_map_is_fetched_before_it_is_asked_for(visit):
    page = visit(LEEDS)
    expect(page.get_by_role("button", name="Show map")).to_be_visible()
    assert not [url for url in page.asked if re.search(r"leaflet|/map/|map\.css", url)]


def test_the_map_has_the_clinics_of_the_list_and_asks_nobody_else(visit, base_url):
    page = visit(LEEDS)
    open_map(page)
    page.locator(".map-label > span").first.wait_for()
    spoken = " ".join(marker.get_attribute("aria-label") for marker in page.locator(".map-marker").all())
    assert not [name for name in names_in_the_list(page) if name not in spoken]
    assert {urlsplit(url).netloc for url in page.asked} == {urlsplit(base_url).netloc}
    assert page.complaints == []
    assert page.locator(".clinic-card__number").count() == len(names_in_the_list(page))
    page.get_by_role("button", name="Hide map").click()
    expect(page.locator(".clinic-card__number")).to_have_count(0)
    expect(page.locator("#map-frame")).to_be_hidden()


def test_pointing_at_one_shows_the_other(visit):
    page = visit(LEEDS)
    open_map(page)
    card = page.locator("ol.clinic-list .clinic-card").first
    card.hover()
    marker = page.locator(".map-marker.is-pointed-at")
    assert card.locator(".clinic-card__name").inner_text() in marker.get_attribute("aria-label")
    page.mouse.move(0, 0)
    expect(page.locator(".is-pointed-at")).to_have_count(0)
    marker = page.locator(".map-marker").last
    marker.focus()
    pointed = page.locator(".clinic-card.is-pointed-at .clinic-card__name").first.inner_text()
    assert pointed in marker.get_attribute("aria-label")


def test_by_keyboard_alone(visit):
    page = visit(f"{LEEDS}?within=10")
    page.get_by_role("button", name="Show map").focus()
    page.keyboard.press("Enter")
    page.locator(".map-marker").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "map-frame"
    page.keyboard.press("Tab")
    alone = page.locator(".map-marker:not(.map-marker--several)").first
    alone.focus()
    page.keyboard.press("Enter")
    name = page.locator(".map-card__name a").first
    expect(name).to_be_focused()
    assert name.inner_text().split(". ", 1)[1] in alone.get_attribute("aria-label")
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_have_count(0)
    expect(alone).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Hide map")).to_be_focused()


def test_searching_another_area(visit):
    page = visit(f"{LEEDS}?route=iv#map")
    page.locator(".map-marker").first.wait_for()
    link = page.get_by_role("link", name="Search this area")
    expect(link).to_be_hidden()
    page.locator("#map-frame").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(350)
    expect(link).to_be_visible()
    address = urlsplit(link.evaluate("link => link.href"))
    assert re.fullmatch(r"/clinics/near/at/-?\d+\.\d\d,-?\d+\.\d\d/", address.path)
    assert parse_qs(address.query)["route"] == ["iv"]
    link.click()
    page.wait_for_url("**/clinics/near/at/**")
    assert "the middle of the map" in page.get_by_role("heading", level=1).inner_text()
    assert urlsplit(page.url).fragment == "map"


def test_without_the_map_the_list_says_so_and_stays(visit):
    page = visit(LEEDS)
    page.route("**/leaflet.js", lambda route: route.abort())
    page.get_by_role("button", name="Show map").click()
    said = page.get_by_role("status").filter(has_text="could not be loaded")
    said.wait_for()
    assert names_in_the_list(page)
    still = visit(LEEDS, java_script_enabled=False)
    assert not still.get_by_role("button", name="Show map").is_visible()
    assert names_in_the_list(still)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_open_map_can_be_used_by_all(visit, axe, width, scheme):
    page = visit(LEEDS, width=width, color_scheme=scheme, reduced_motion="reduce")
    open_map(page)
    page.locator(".map-label > span").first.wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
