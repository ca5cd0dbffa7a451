"""Tests in a real browser: Debian's Chromium against the ``site`` fixture's gunicorn.

``page`` and ``context`` are pytest-playwright's; ``page.goto("/clinics/")`` leads to the site. ``axe``
asserts that a page breaks no rule of axe-core. ``sign_in`` makes somebody whom the admin knows.
"""

import os
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import expect

from tests.template_databases import connected_to

expect.set_options(timeout=15_000)  # milliseconds; a busy machine takes its time over a page of the admin

# The headless shell is the same engine without windows and toolbars, and half as long at it.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
WITHOUT = (
    "Chromium is not installed, so nothing is tested in a browser"
    " (on Debian: apt install chromium-headless-shell)"
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Chromium of the system; nothing is downloaded. Without it these tests are skipped, in CI failed."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(WITHOUT)
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        # Root cannot use Chromium's sandbox, and containers have little shared memory.
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def base_url(site) -> str:
    return site


@pytest.fixture
def sign_in(base_url, site_database, django_db_blocker):
    """``sign_in(context, create_user, …)``: whom that makes in the site's database, signed in from now on.

    Without the form, which takes its second over a password; one journey goes through it (test_reporting).
    """

    def sign_in(context, make, *args, **kwargs):
        with django_db_blocker.unblock(), connected_to(site_database):
            user = make(*args, **kwargs)
            client = Client()
            client.force_login(user)
        session = client.cookies["sessionid"]
        context.add_cookies([{"name": session.key, "value": session.value, "url": base_url}])
        return user

    return sign_in


# Most of axe-core's time goes into reading the same few colours over and over: each is read once instead. Its private
# fields are WeakMaps, which keep the collector busy; in a page that is soon gone they are properties.
AXE = (
    """(() => {
  class Properties {
    name = Symbol()
    has(object) { return this.name in object }
    get(object) { return object[this.name] }
    set(object, value) { object[this.name] = value; return this }
    add(object) { return this.set(object, true) }
    delete(object) { return delete object[this.name] }
  }
  ((WeakMap, WeakSet) => {"""
    + AXE_SCRIPT
    + """})(Properties, Properties)

  const color = axe.commons.color.Color.prototype, read = color.parseString, known = new Map()
  color.parseString = function (text) {
    const { r, g, b, alpha } = known.get(text) ?? read.call(this, text)
    known.set(text, { r, g, b, alpha })
    return Object.assign(this, { r, g, b, alpha })
  }
})()"""
)
# Only what is wrong is handed over; what is right would be megabytes.
VIOLATIONS = """rules => axe.run({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) })
  .then(({ violations }) => violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html }) => html)]))"""


@pytest.fixture
def axe():
    """``axe(page)`` fails, naming rule and element, when axe-core finds anything wrong; ``rules`` for some."""

    def check(page, *, rules: list[str] | None = None) -> None:
        page.wait_for_load_state()  # a click returns as soon as the next document begins
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        violations = page.evaluate(VIOLATIONS, rules)
        found = [f"{name}: {text}\n    " + "\n    ".join(nodes) for name, text, nodes in violations]
        width = page.viewport_size["width"]
        assert not found, f"axe on {page.url}, {width} px wide:\n" + "\n".join(found)

    return check
