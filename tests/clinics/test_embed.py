"""The finder box for other sites: what may frame it, and what it is told."""

import html
import re

import pytest

pytestmark = pytest.mark.django_db


def policy(response) -> dict[str, str]:
    directives = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in directives if name}


def test_any_site_may_frame_the_box_and_nothing_else(client):
    box = client.get("/embed/")
    assert policy(box)["frame-ancestors"] == "*"
    assert "X-Frame-Options" not in box
    assert box["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert policy(box)["default-src"] == "'none'"
    assert policy(box)["form-action"] == "'self'"
    for address in ("/embed/code/", "/clinics/", "/clinics/browse/", "/embed/nothing/"):
        response = client.get(address)
        assert policy(response)["frame-ancestors"] == "'none'", address
        assert response["X-Frame-Options"] == "DENY"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert policy(client.get("/embed/code/"))["frame-src"] == "'self'"
    assert "frame-src" not in policy(client.get("/clinics/"))


def test_the_box_sets_no_cookie_and_answers_in_a_tab_of_its_own(client):
    response = client.get("/embed/")
    body = response.content.decode()
    assert not response.cookies
    assert 'target="_blank" rel="noopener"' in body
    assert "<script" not in body
    assert "Use my location" not in body


@pytest.mark.parametrize(
    ("query", "present", "absent"),
    [
        ("", 'lang="en-GB">', "data-colours"),
        ("?colours=dark", 'data-colours="dark"', 'value="Leeds"'),
        ("?colours=purple", 'lang="en-GB">', "purple"),
        ("?country=us", '<input type="hidden" name="country" value="US">', "data-colours"),
        ("?country=xx", "Postcode or town", "XX"),
        ("?place=Leeds", 'value="Leeds"', "data-colours"),
        ("?place=%22%3E%3Cscript%3E", "&lt;script&gt;", "<script"),
        (f"?place={'x' * 500}", "Postcode or town", "xxx"),
    ],
)
def test_options_of_the_box(client, query, present, absent):
    body = client.get(f"/embed/{query}").content.decode()
    assert present in body
    assert absent not in body


def test_the_code_to_copy_is_a_frame_of_the_box_that_was_chosen(client):
    body = client.get("/embed/code/?country=au&colours=light&place=Wagga+Wagga").content.decode()
    code = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", body, re.DOTALL)[1])
    address = html.unescape(re.search(r'src="([^"]*)"', code)[1])
    assert address == "http://testserver/embed/?country=au&colours=light&place=Wagga+Wagga"
    assert code.startswith("<iframe ")
    assert 'value="Wagga Wagga"' in client.get(address).content.decode()


def test_a_place_too_long_is_told_beside_its_field(client):
    response = client.get("/embed/code/", {"place": "x" * 81})
    assert response.status_code == 200
    assert "at most 80 characters" in response.content.decode()
    assert "place=" not in response.context_data["code"]
