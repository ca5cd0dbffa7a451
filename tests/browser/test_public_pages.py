"""What every public page owes every reader: nothing hidden, nothing too wide, nothing sent elsewhere."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.articles import test_pages as editorial

PAGES = {
    **{address: address for address in editorial.PAGES},
    "site search": "/search/?q=bladder",
    "directory as data": "/data/",
    "start of the finder": "/clinics/",
    "results": "/clinics/near/gb/ls1-4/",
    "results from a position": "/clinics/near/at/53.80,-1.55/",
    "filtered results, widened": "/clinics/near/gb/ls1-4/?route=oral&payment=public",
    "none near": "/clinics/near/gb/ls1-4/?within=5&route=im&payment=public&with=wheelchair",
    "none near, remote ones": "/clinics/near/gb/leeds-eng/?within=5&route=oral",
    "clinic": "/clinics/sample-bittern-leeds/",
    "paused clinic": "/clinics/sample-jackdaw-leeds/",
    "delisted clinic": "/clinics/sample-kingfisher-leeds/",
    "report a mistake": "/clinics/sample-bittern-leeds/report/",
    "suggest a clinic": "/clinics/suggest-a-clinic/",
    "no such report": "/clinics/your-report/?key=none",
    "clinic, with a start": "/clinics/sample-dipper-leeds/?near=gb/york-eng",
    "comparison": "/clinics/compare/?clinic=sample-bittern-leeds&clinic=sample-dipper-leeds&clinic=sample-hobby-leeds&near=gb/ls1-4",
    "comparison of one": "/clinics/compare/?clinic=sample-bittern-leeds&clinic=nobody",
    "list for paper": "/clinics/near/gb/ls1-4/paper/",
    "countries": "/clinics/browse/",
    "regions": "/clinics/browse/gb/",
    "towns": "/clinics/browse/gb/england/",
    "clinics of a town": "/clinics/browse/gb/england/leeds/",
    "where nothing was found": "/clinics/where-nothing-was-found/",
    "box for other sites": "/embed/",
    "code of the box": "/embed/code/?colours=dark",
    "no such page": "/no/such/page/",
    "API": "/api/v1/docs",
    "sign in": "/accounts/login/",
}
ASKED = {
    "nothing typed": " ",
    "malformed": "%%%",
    "unknown": "LS99 9ZZ",
    "ambiguous": "Newcastle",
    "not covered": "Paris",
    "part of a postcode": "SE",
}
# The widths, and sizes of text, at which a page is not scrolled sideways.
SIZES = [(1280, "100%"), (768, "100%"), (360, "100%"), (320, "100%"), (640, "200%")]
# Of what is folded; the list of claims folds ninety that are alike.
UNFOLD = "[...document.querySelectorAll('main details')].slice(0, 12).forEach(details => details.open = true)"
every_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)


@pytest.fixture(scope="session")
def reader(browser, base_url):
    """A tab that goes from page to page, the hosts that it asked, and what it complained of."""
    hosts: set[str] = set()
    complaints: list[str] = []
    with browser.new_context(base_url=base_url) as context:
        page = context.new_page()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda message: complaints.append(message.text))
        yield page, hosts, complaints


@pytest.fixture
def visit(browser, base_url):
    """``visit(address, width=…, …)`` opens a page in a browser of its own."""
    contexts = []

    def visit(address: str, *, width: int = 360, **options):
        context = browser.new_context(base_url=base_url, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def too_wide(page) -> list[tuple[int, str]]:
    """At which widths, with text of which size, a page has to be scrolled sideways."""
    found = []
    for width, text_size in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text_size)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((width, text_size))
    return found


def ask(page, text: str) -> None:
    page.get_by_label("Postcode or town").first.fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").first.click()


def test_what_cannot_be_read_is_found(page, axe):
    page.set_content(
        '<html lang="en"><title>Greys</title><main style="color: rgb(119, 119, 119)"><h1>Greys</h1>'
        '<p id="light" style="background: white">4.48</p><p id="dark" style="background: #222">3.55</p>'
        '<p id="black" style="background: black">4.69</p><p><img src="data:,"></p>'
    )
    with pytest.raises(AssertionError) as found:
        axe(page)
    assert "image-alt" in str(found.value)
    assert set(re.findall(r'id="(\w+)"', str(found.value))) == {"light", "dark"}


@every_page
def test_a_page_can_be_read_by_all_and_tells_nobody(reader, axe, address):
    page, hosts, complaints = reader
    hosts.clear()
    complaints.clear()
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(UNFOLD)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, rules=["color-contrast", "link-in-text-block"])
    assert too_wide(page) == []

    assert hosts == {urlsplit(page.url).netloc}
    assert not [text for text in complaints if "Content Security Policy" in text]


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED)
def test_each_answer_to_a_search_can_be_read_by_all(visit, axe, text):
    page = visit("/clinics/")
    ask(page, text)
    axe(page)


@pytest.mark.parametrize(("address", "most"), [(editorial.ARTICLE, 60_000), (PAGES["results"], 120_000)])
def test_a_first_visit_is_light(browser, base_url, address, most):
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    assert 0 < sum(len(gzip.compress(answer.body())) for answer in answers) <= most
    context.close()


def test_the_whole_way_without_javascript(visit):
    page = visit("/articles/ketamine-for-depression/", java_script_enabled=False)
    ask(page, "LS1 4AP")
    page.wait_for_url("**/clinics/near/gb/ls1-4/")
    page.locator(".filter-panel__toggle").click()
    page.get_by_label("Intravenous infusion").check()
    page.get_by_role("button", name="Show these clinics").click()
    page.wait_for_url("**route=iv**")
    page.locator(".clinic-card__name a").first.click()
    expect(page.get_by_role("link", name="Call")).to_be_visible()


@pytest.mark.parametrize(("width", "folded"), [(360, True), (768, False), (1280, False)])
def test_the_menu_folds_on_a_phone_only(visit, width, folded):
    page = visit("/", width=width)
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Find a clinic")
    assert link.is_visible() is not folded
    if folded:
        page.get_by_text("Menu", exact=True).click()
    link.click()
    page.wait_for_url("**/clinics/")


def test_help_is_in_sight_on_a_phone(visit):
    page = visit("/articles/ketamine-for-depression/", width=320)
    box = page.get_by_role("link", name="Get help now", exact=True).first.bounding_box()
    assert box["y"] + box["height"] < 150
    assert box["height"] >= 44


def test_a_mistake_keeps_what_was_typed_and_the_cursor(visit):
    page = visit("/clinics/")
    ask(page, "LS99 9ZZ")
    field = page.get_by_label("Postcode or town")
    assert field.input_value() == "LS99 9ZZ"
    expect(field).to_be_focused()
    assert field.get_attribute("aria-invalid") == "true"
    assert "LS99" in page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit):
    page = visit("/clinics/near/gb/ls1-4/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    assert link.evaluate("link => link === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_leaving_quickly_leaves_no_way_back(visit):
    page = visit("/")
    page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="Weather"))
    page.goto("/clinics/")
    page.get_by_role("link", name="Leave this site quickly").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")
    page.go_back()
    assert urlsplit(page.url).path == "/"
