"""Tests in a real browser: Debian's Chromium against the ``site`` fixture's gunicorn.

``page`` and ``context`` are pytest-playwright's; ``page.goto("/clinics/")`` leads to the site. ``axe``
asserts that a page breaks no rule of axe-core.
"""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

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
def axe():
    """``axe(page)`` fails, naming rule and element, when axe-core finds anything wrong; ``rules`` for some."""

    def check(page, *, rules: list[str] | None = None) -> None:
        page.wait_for_load_state()  # a click returns as soon as the next document begins
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        violations = Axe().run(page, options=options).response["violations"]
        found = [
            f"{violation['id']}: {violation['help']}\n    "
            + "\n    ".join(node["html"] for node in violation["nodes"])
            for violation in violations
        ]
        assert not found, f"axe on {page.url}:\n" + "\n".join(found)

    return check
