"""The search box with JavaScript: where somebody is, and places suggested while typing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

LEEDS = {"latitude": 53.799671, "longitude": -1.549213}


@pytest.fixture
def visit(browser, base_url):
    """``visit(address, …)`` opens a page in a browser of its own, on a phone."""
    contexts = []

    def visit(address: str, **options):
        context = browser.new_context(
            base_url=base_url, **{"viewport": {"width": 360, "height": 800}} | options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def use_my_location(page):
    page.get_by_role("button", name="Use my location").click()


def test_a_position_is_rounded_before_it_is_sent(visit):
    page = visit("/clinics/", permissions=["geolocation"], geolocation=LEEDS)
    sent = []
    page.on("request", lambda request: sent.append(request))
    use_my_location(page)
    page.wait_for_url("**/clinics/near/at/53.80,-1.55/")
    posted = [parse_qs(request.post_data) for request in sent if request.method == "POST"]
    assert posted == [{"at": ["53.80,-1.55"]}]
    assert not [request for request in sent if "53.7996" in f"{request.url}{request.post_data}"]
    assert "from where you are, to about 1 km" in page.locator(".results-head").inner_text()


def test_a_position_refused_is_told_beside_the_box(visit, axe):
    page = visit("/clinics/")
    use_my_location(page)
    page.get_by_role("status").filter(has_text="did not let us see where you are").wait_for()
    assert urlsplit(page.url).path == "/clinics/"
    axe(page)


def test_a_device_that_cannot_tell_where_it_is(visit):
    page = visit("/clinics/", permissions=["geolocation"])
    page.context.new_cdp_session(page).send("Emulation.setGeolocationOverride", {})  # there is no position
    use_my_location(page)
    page.get_by_role("status").filter(has_text="could not tell where it is").wait_for()


def test_a_position_that_takes_too_long(visit):
    page = visit("/clinics/")
    # No browser under test is that slow by itself.
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (_, no) => no({ code: 3 }) }")
    use_my_location(page)
    page.get_by_role("status").filter(has_text="took too long").wait_for()


def test_nothing_is_promised_without_javascript(visit):
    page = visit("/clinics/", java_script_enabled=False)
    assert not page.get_by_role("button", name="Use my location").is_visible()
    assert page.get_by_label("Postcode or town").is_visible()


def typing(page, text: str):
    """The field, with *text* typed key by key; suggestions may follow."""
    field = page.get_by_label("Postcode or town")
    field.press_sequentially(text, delay=20)
    return field


def test_a_suggestion_is_chosen_by_keyboard(visit, axe):
    page = visit("/clinics/")
    field = typing(page, "leed")
    page.get_by_role("option").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("status").filter(has_text="Use the down arrow").count() == 1
    axe(page)
    field.press("ArrowDown")
    option = page.get_by_role("option", selected=True)
    assert option.inner_text().startswith("Leeds")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    assert field.evaluate("field => field === document.activeElement")
    axe(page)
    field.press("Enter")
    page.wait_for_url("**/clinics/near/gb/leeds-eng/")


def test_a_suggestion_is_chosen_by_pointer(visit):
    page = visit("/clinics/")
    typing(page, "leed")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/clinics/near/gb/leeds-eng/")


def test_the_keyboard_goes_round_and_escape_closes(visit):
    page = visit("/clinics/")
    field = typing(page, "new")
    options = page.get_by_role("option")
    options.first.wait_for()
    field.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true"
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert (options.count(), field.input_value()) == (0, "new")
    field.press("ArrowDown")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"


def test_enter_without_a_choice_searches_for_what_was_typed(visit):
    page = visit("/clinics/")
    field = typing(page, "LS1 4AP")
    page.get_by_role("option").first.wait_for()
    field.press("Enter")
    page.wait_for_url("**/clinics/near/gb/ls1-4/")


def test_one_character_is_not_asked_about_and_what_is_typed_is_in_no_address(visit):
    page = visit("/clinics/")
    asked = []
    # the browser may still be fetching the page's icon when the typing begins
    page.on("request", lambda request: "/static/" in request.url or asked.append(request))
    field = typing(page, "l")
    page.wait_for_timeout(400)
    assert not asked
    field.press_sequentially("eeds")
    page.get_by_role("option").first.wait_for()
    assert {(request.method, urlsplit(request.url)[2:]) for request in asked} == {
        ("POST", ("/clinics/suggest", "", ""))
    }


def test_a_late_answer_to_an_earlier_text_is_not_shown(visit):
    page = visit("/clinics/")
    held = []
    page.route("**/clinics/suggest", lambda route: held.append(route), times=1)  # the first is kept waiting
    with page.expect_request("**/clinics/suggest"):
        field = typing(page, "par")
    field.fill("leed")
    page.get_by_role("option").filter(has_text="Leeds").first.wait_for()
    assert len(held) == 1
    held[0].fulfill(json={"places": [{"label": "Late", "country": "", "url": "/"}]})
    page.wait_for_timeout(200)
    assert page.get_by_role("option").filter(has_text="Late").count() == 0


def test_the_box_works_when_suggestions_are_slow_or_do_not_come(visit, axe):
    page = visit("/clinics/")
    page.clock.install()
    held = []
    page.route("**/clinics/suggest", lambda route: held.append(route), times=1)
    field = typing(page, "LS1")
    with page.expect_request("**/clinics/suggest"):
        page.clock.run_for(150)  # the pause
    said = page.locator(".search-box [role=status].suggestions--none")
    assert said.count() == 0
    page.clock.run_for(400)
    expect(said).to_have_text("Searching…")
    assert len(held) == 1
    assert field.get_attribute("aria-expanded") == "false"
    page.clock.run_for(2600)
    expect(said).to_contain_text("No suggestions just now")
    axe(page)
    page.route("**/clinics/suggest", lambda route: route.abort())
    field.press_sequentially(" 4AP")
    expect(said).to_have_count(0)
    page.clock.run_for(150)
    expect(said).to_contain_text("No suggestions just now")
    field.press("Enter")
    page.wait_for_url("**/clinics/near/gb/ls1-4/")
