"""What every answer carries, and what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect

SHARED = "public, max-age=60, s-maxage=300, stale-while-revalidate=600, stale-if-error=86400"
ARTICLES = ["/", "/articles/ketamine-for-depression/", "/about/", "/get-help-now/"]
SEARCHES = ["/clinics/", "/clinics/near/gb/ls1-4/", "/clinics/near/gb/ls1-4/?route=iv&page=2"]
API = ["/api/v1/places?q=LS1+4AP", "/api/v1/clinics?near=LS1+4AP&within_km=80"]
MISSING = ["/nothing-here/", "/api/v1/nothing-here/"]
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}


def policy_of(answer) -> set[str]:
    return {directive.strip() for directive in answer.headers["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("address", [*ARTICLES, *SEARCHES, *API, *MISSING])
def test_headers_of_public_answers(world, client, address):
    answer = client.get(address)
    assert answer.status_code == (404 if address in MISSING else 200)
    assert policy_of(answer) == POLICY
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    corp = "cross-origin" if address.startswith("/api/") else "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == corp
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("address", ARTICLES)
def test_articles_may_be_shared(world, client, address):
    assert client.get(address).headers["Cache-Control"] == SHARED
    assert client.head(address).headers["Cache-Control"] == SHARED


@pytest.mark.parametrize("address", [*SEARCHES, *API, *MISSING, "/admin/", "/accounts/login/"])
def test_everything_else_is_stored_by_nobody(world, client, address):
    assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_a_page_for_some_people_is_not_shared(world, client):
    from wagtail.models import Page, PageViewRestriction

    page = Page.objects.get(slug="about")
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="swordfish")
    answer = client.get("/about/")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_posting_a_search_leaves_no_cookie(world, client):
    answer = client.post("/clinics/", {"where": "LS1 4AP"})
    assert answer.status_code == 303
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_admin_has_a_policy_of_its_own(world, client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("ada", password="violet anchor seventeen"))
    answer = client.get("/admin/")
    assert "script-src 'self' 'unsafe-inline'" in policy_of(answer)
    assert "default-src 'self'" in policy_of(answer)
    assert "unsafe-inline" not in client.get("/").headers["Content-Security-Policy"]


def test_head_has_no_body(world, client):
    answer = client.head("/")
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) > 1000


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("get", "/?a=%00", "", 400),
        ("get", "/?%00=a", "", 400),
        ("get", "/a%00b/", "", 400),
        ("get", "/clinics/?q=LS1%004AP", "", 400),
        ("get", "/admin/?a=%00", "", 400),
        ("get", "/api/v1/places?q=%00", "", 400),
        ("get", "/clinics/?q=" + "a" * 3000, "", 414),
        ("get", "/api/v1/places?q=" + "a" * 3000, "", 414),
        ("post", "/clinics/", "where=LS1%004AP", 400),
        ("post", "/clinics/", "wh%00ere=LS1", 400),
        ("post", "/clinics/", "where=" + "a" * 70_000, 413),
        ("post", "/accounts/login/", "login=%00", 400),
        ("post", "/accounts/login/", "login=" + "a" * 3_000_000, 413),
        ("get", "/clinics/?q=%2500", "", 422),  # the text %00, which is only no postcode
    ],
)
def test_refused(world, client, method, address, body, status):
    answer = client.generic(method.upper(), address, body, content_type=FORM)
    assert answer.status_code == status
    if address.startswith("/api/"):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status
    elif status != 422:
        assert "<h1>" in answer.text


def test_nul_in_a_part_of_a_form_is_refused_and_in_a_file_is_not(world, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("a.bin", b"\0\1\2")
    assert client.post("/clinics/", {"where": "Leeds\0", "file": file}).status_code == 400
    file.seek(0)
    assert client.post("/clinics/", {"where": "LS1 4AP", "file": file}).status_code == 303


def test_a_stranger_host_is_refused(world, client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_form_without_its_token_is_refused(world):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada"})
    assert answer.status_code == 403
    assert "This page is not open to you" in answer.text


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/clinics/x/", "text/html"), ("/api/v1/places?q=LS1+4AP", "application/problem+json")],
)
def test_without_a_database_it_says_so(world, client, address, kind):
    from django.db import OperationalError

    def broken(execute, sql, params, many, context):
        raise OperationalError("the connection is lost")

    client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/admin/", "/accounts/login/", "/clinics/"])
def test_nul_in_a_cookie_is_refused(world, client, address):
    assert client.get(address, headers={"cookie": 'sessionid="aaaaaaaaaaaa\\000bbbb"'}).status_code == 400


@pytest.mark.parametrize(
    ("moved", "asked"),
    [
        ("/old", "/old/"),
        ("/old", "/old/?from=letter"),
        ("/old?page=2", "/old/?page=2"),
        ("/café", "/caf%C3%A9/"),
        ("/caf%C3%A9", "/caf%C3%A9/?from=letter"),
    ],
)
def test_a_page_that_moved_is_found_however_it_is_asked_for(world, client, moved, asked):
    Redirect.objects.create(old_path=moved, redirect_link="/about/")
    assert client.get(asked).headers["Location"] == "/about/"


def test_an_address_that_leads_nowhere_asks_once_whether_it_led_somewhere(world, client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/data/nothing.csv?page=2").status_code == 404
    assert len(queries) == 1
