"""HTML of the public pages, by the rules of the standard.

Always: a parser that reports end tags without a start and the like; it forgives more than the standard does. Where VNU_JAR
names the jar of the Nu checker (in the npm package vnu-jar; it needs Java): everything that the standard asks, as
``VNU_JAR=… pytest tests/test_html.py``.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse
from justhtml import JustHTML

from tests.browser.test_public_pages import ASKED, PAGES

NU_CHECKER = os.environ.get("VNU_JAR")
SEARCHES = {
    "search": "/search/",
    "search results": "/search/?q=ketamine&page=2",
    "search corrected": "/search/?q=ketmine",
    "search, nothing found": "/search/?q=qwertyuiop",
    "search, in danger": "/search/?q=suicide",
    "search, a place": "/search/?q=Leeds",
}
ADDRESSES = {**PAGES, **SEARCHES}
POSTED = [
    *(("clinics:search", {"where": text}) for text in ASKED.values()),
    ("articles:search", {"q": ""}),
    ("articles:search", {"q": "LS99 9ZZ"}),
]


def errors_in(html: str) -> list[str]:
    parsed = JustHTML(html, collect_errors=True, sanitize=False)
    return [f"line {error.line}: {error.message}" for error in parsed.errors]


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_page_is_html_that_no_browser_has_to_repair(world, client, address):
    assert errors_in(client.get(address).content.decode()) == []


@pytest.mark.parametrize(("view", "form"), POSTED)
def test_an_answer_to_a_form_is_too(world, client, view, form):
    assert errors_in(client.post(reverse(view), form).content.decode()) == []


@pytest.mark.parametrize("html", ["<p><div></div></p>", "<p>x</b>", "<a href='x''>x</a>"])
def test_an_error_would_be_seen(html):
    assert errors_in(f"<!DOCTYPE html><html lang=en><head><title>x</title></head><body>{html}</body></html>")


@pytest.mark.skipif(not NU_CHECKER, reason="VNU_JAR does not name the Nu checker's jar")
def test_the_nu_checker_finds_nothing(world, client, tmp_path):
    pages = {name.replace("/", "_"): client.get(address) for name, address in ADDRESSES.items()}
    pages |= {f"posted {n}": client.post(reverse(view), form) for n, (view, form) in enumerate(POSTED)}
    for name, page in pages.items():
        Path(tmp_path, f"{name}.html").write_bytes(page.content)
    answer = subprocess.run(
        ["java", "-jar", NU_CHECKER, "--format", "json", "--skip-non-html", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        f"{Path(message.get('url', '')).name} {message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}"
        for message in json.loads(answer.stderr)["messages"]
    }
    assert not found, "\n".join(sorted(found))
