"""The search box with JavaScript: where somebody is, and places suggested while typing."""

from urllib.parse import parse_qs, urlsplit

import pytest

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
