"""Texts that have broken other programs, in every field and every part of an address that strangers can write.

Every answer is one of those that were meant (Django's client raises what would have been a 500), and none gives back
markup that was sent.
"""

from datetime import timedelta
from html import unescape
from re import search
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache

from clinics import owners, submissions
from clinics.criteria import CRITERIA
from clinics.models import Report
from tests.factories import create_clinic, create_report

pytestmark = pytest.mark.django_db

# Code, quotation, formats, controls, directions, widths, sizes, numbers, halves of pairs.
NAUGHTY = [
    "undefined", "null", "NULL", "None", "true", "nil", "NaN", "-0", "1e400", "0x1F", "1/0", "9" * 400, "-1", "٠", "½",
    "' OR 1=1 --", "1; DROP TABLE clinics_clinic", "SELECT pg_sleep(5)", "\"><script>alert(1)</script>",
    "<svg onload=alert(1)>", "javascript:alert(1)", "{{7*7}}", "{% load x %}", "${7*7}", "$(reboot)", "`id`", "%s%x%n",
    "%00", "%", "%%", "_", "\\", "\\0", "'", "\"", "../../etc/passwd", "C:\\con", "\r\nSet-Cookie: a=b", "\x1b[31m",
    "\u0000", "\ufeff", "\u200b", "L\u200bS1 4AP", "\u202eSL1 4PA", "\u2028", "\ud800", "\udcff", "\uffff", "\U0010ffff",
    "a" * 5000, "(" * 300, "! & | <->", "💊" * 30, "👩‍⚕️", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙", "e" + "\u0301" * 300, "ﷺ", "Ⅷ", "１０００１", "١٠٠٠١", "日本", "部落格",
    "ﬀ", "ß", "İstanbul", "ıI", "ǅ", "Ω≈ç√∫˜µ≤", "مكتب", "שלום", "\u2067\u2066test\u2069", "test\u2060test", "ᚐ", "\x7f",
    "[]", "{}", "a[]=1", "route=iv&route=im", "+", "&", "#", "?", ";", ",", ",,,,", ".", "-", "/",
    "A" * 20_000, "0" * 120, "9999999999999999999", "-9223372036854775809", "1e999", "Infinity", "-inf", "0.1e-400", "１e5",
    "1,5", "1.0.0", "\u0661", "2026-02-30", "true\u0000", "\u0000\u0000", "a\u0000b@c", "LS1\u00004AP", "%2e%2e%2f", "%c0%ae", "%u0041",
    "..", "...", "~root", "|", "`", "^", "$(", "{0.__class__}", "%(a)s", "%n%n%n", "{% csrf_token %}", "<!--", "]]>", "--></script>",
    "'; SELECT 1/0; --", "\" OR \"\"=\"", "\\'", "/*", "\\u0000", "\\x00", "(?:(?:a+)+)+$", "a" * 64 + "!", "🏳️‍🌈", "\u202e\u202d\u202c",
    "\u2066" * 50, "\ufff9\ufffa", "\U000e0001", "Ⓛⓢ①", "ls\u00ad1", "\u1680", "\u3000", "\x85", "\x0b\x0c", "é" * 200, "नमस्ते", "ไทย", "한국어",
]  # fmt: skip

# One of each kind, where an answer takes long.
HARDEST = [
    "\u0000", "a\u0000b", "\ud800", "\uffff", "a" * 5000, "9" * 400, "NaN", "1e400", "-1", "' OR 1=1 --", "\"><script>alert(1)</script>",
    "<svg onload=alert(1)>", "{{7*7}}", "%s%x%n", "../../etc/passwd", "\r\nSet-Cookie: a=b", "\u202eSL1 4PA", "e" + "\u0301" * 300, "💊" * 30,
    "İstanbul", "١٠٠٠١", "{0.__class__}", "(?:(?:a+)+)+$",
]  # fmt: skip

# What no form can send: halves of escapes, bytes that are no UTF-8, a name without a value, one given many times.
RAW = [
    "%", "%%%", "%4", "%zz", "%00", "%ff%fe", "%c3%28", "%ed%a0%80", "%f5%80%80%80", "&&&", "===", "&".join(["a=b"] * 300),
    "=x", "%00=%00", "?" * 50, ";", "#",
]  # fmt: skip

FILTERS = [criterion.name for criterion in CRITERIA]
SEARCH = ["where", "q", "country", "at", *FILTERS, "within", "unit", "sort", "page", "from", "near", "clinic"]
CLINIC = "/clinics/heron/"

# Each page of the public, with every parameter that any of its parts reads.
PAGES = {
    "/clinics/": SEARCH,
    "/clinics/near/gb/ls1-4/": SEARCH,
    "/clinics/near/at/53.80,-1.55/": SEARCH,
    "/clinics/near/gb/ls1-4/paper/": SEARCH,
    "/clinics/compare/": ["clinic", "near"],
    "/clinics/compare/paper/": ["clinic", "near"],
    CLINIC: ["near"],
    f"{CLINIC}report/": ["about"],
    "/clinics/suggest-a-clinic/": ["name", "about"],
    "/clinics/your-report/": ["key"],
    "/clinics/your-listing/": ["key"],
    "/clinics/browse/": ["page"],
    "/embed/": ["country", "colours", "place"],
    "/embed/code/": ["country", "colours", "place"],
    "/search/": ["q", "page"],
    "/data/": ["name"],
}
API = {
    "/api/v1/places": ["q", "country"],
    "/api/v1/places/suggest": ["q", "country"],
    "/api/v1/clinics": ["near", "country", "place", "within_km", "limit", "cursor", *FILTERS],
    "/api/v1/articles": ["q"],
}
ADDRESSES = [
    "/clinics/{}/", "/clinics/{}/report/", "/clinics/near/gb/{}/", "/clinics/near/{}/leeds/", "/clinics/near/at/{},0/",
    "/clinics/near/gb/{}/paper/", "/clinics/browse/{}/", "/clinics/browse/gb/{}/", "/clinics/browse/gb/england/{}/",
    "/api/v1/clinics/{}", "/api/v1/articles/{}", "/data/{}", "/map/base/{}/0/0.json", "/map/pictures/0/{}/0",
    "/share-images/{}.png", "/articles/{}/", "/{}/", "/sitemap-{}.xml", "/documents/{}/x",
]  # fmt: skip
ANSWERS = {200, 301, 302, 303, 304, 400, 404, 405, 410, 413, 414, 422}


def form(fields: dict[str, str]) -> str:
    return urlencode({name: text.encode("utf-8", "surrogatepass") for name, text in fields.items()})


def check(response, *about) -> None:
    assert response.status_code in ANSWERS, about
    if not response.streaming and response["Content-Type"].startswith("text/html"):
        body = response.content.decode()
        assert "<script>alert(1)" not in body, about
        assert "<svg onload" not in body, about
        assert ">49<" not in body, about
    assert "\r" not in str(response.headers.get("Location", "")), about


@pytest.fixture(autouse=True)
def unhurried(monkeypatch, settings):
    """No bound on how many are sent, nor on how quickly: what is tested is each of them."""
    monkeypatch.setattr(submissions, "QUICKEST", timedelta(seconds=-1))
    monkeypatch.setattr(submissions, "PER_HOUR", 10**9)
    monkeypatch.setattr(submissions, "PER_HOUR_OF_ALL", 10**9)
    settings.API_REQUESTS_PER_MINUTE = 10**6
    cache.clear()


@pytest.fixture
def heron():
    return create_clinic(name="Heron", slug="heron", town="Leeds")


@pytest.mark.parametrize(("path", "names"), PAGES.items())
def test_in_the_address_of_a_page(client, heron, path, names):
    """Each text in all parameters at once, which pages read one by one."""
    for text in NAUGHTY if path in {"/embed/", "/search/"} else HARDEST:
        check(client.get(f"{path}?{form(dict.fromkeys(names, text))}"), path, text)
    for raw in RAW:
        check(
            client.get(path, QUERY_STRING="&".join(f"{name}={raw}&{name}={raw}" for name in names)), path, raw
        )


@pytest.mark.parametrize(("path", "names"), API.items())
def test_in_the_address_of_the_api(client, heron, path, names):
    """One parameter at a time: the first that is refused would hide the others."""
    beside = {"near": "LS1", "q": "LS1"}
    for number, name in enumerate(names):
        kept = {key: value for key, value in beside.items() if key in names}
        for text in [*HARDEST, *NAUGHTY[number :: len(names)]]:
            response = client.get(f"{path}?{form(kept | {name: text})}")
            check(response, path, name, text)
            assert response["Content-Type"].partition(";")[0] in {
                "application/json",
                "application/problem+json",
            }
        for raw in RAW:
            check(client.get(path, QUERY_STRING=f"{name}={raw}"), path, name, raw)


@pytest.mark.parametrize(("number", "address"), list(enumerate(ADDRESSES)))
def test_in_the_path(client, heron, number, address):
    """One of each kind in every address, and every text in one."""
    for text in [text for text in {*HARDEST, *NAUGHTY[number :: len(ADDRESSES)]} if len(text) < 3000]:
        path = address.format(quote(text.encode("utf-8", "surrogatepass"), safe=""))
        check(client.get(path), path)


@pytest.mark.parametrize("field", SEARCH)
def test_in_each_field_of_the_box(client, field):
    for text in NAUGHTY if field in {"where", "q", "at"} else HARDEST:
        for path in ("/clinics/", "/clinics/suggest") if field in {"q", "country"} else ("/clinics/",):
            sent = form({"where": "LS1 4AP", "q": "LS1", field: text})
            check(
                client.post(path, sent, content_type="application/x-www-form-urlencoded"), path, field, text
            )


def test_where_a_course_would_start_from(client, heron):
    for text in HARDEST:
        for fields in ({"where": text}, {"where": "LS1", "country": text}):
            sent = form(fields)
            check(
                client.post(f"{CLINIC}from/", sent, content_type="application/x-www-form-urlencoded"), fields
            )


@pytest.mark.parametrize("which", ["mistake", "suggestion", "owner"])
def test_in_each_field_of_the_forms(client, heron, which):
    path, good = {
        "mistake": (f"{CLINIC}report/", {"about": "phone", "note": "It rings at a bakery.", "correction": "", "email": ""}),
        "suggestion": (
            "/clinics/suggest-a-clinic/",
            {"name": "Curlew", "town": "York", "country": "GB", "phone": "", "website": "", "note": "", "email": ""},
        ),
        "owner": (
            owners.owner_link(heron).partition("/clinics/")[2].join(["/clinics/", ""]),
            dict.fromkeys(["phone", "website", "street", "town", "postcode", "taking_new_patients", "note", "email"], "")
            | {"sender": "Reception"},
        ),
    }[which]  # fmt: skip
    fields = [*good, "token", "nickname"]
    each = [{field: text} for number, field in enumerate(fields) for text in NAUGHTY[number :: len(fields)]]
    tried = each + [dict.fromkeys(good, text) for text in HARDEST]
    page = client.get(path).content.decode()
    for said in tried:
        token = unescape(search('name="token" value="([^"]+)"', page)[1])
        sent = form({"token": token, "nickname": ""} | good | said)
        response = client.post(path, sent, content_type="application/x-www-form-urlencoded")
        check(response, which, said)
        if response.status_code == 303:  # kept: the next is a form of its own
            page = client.get(path).content.decode()
    for report in Report.objects.order_by("pk")[:20]:
        check(client.get(f"/clinics/your-report/?key={report.token}"), which)


def test_in_bodies_that_are_no_forms(client, heron):
    bodies = [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"%",
        b"where=%ff%fe",
        b"where=%00",
        b"a" * 3_000_000,
        b"&" * 1000,
        b"--x\r\n",
    ]
    for body in bodies:
        for kind in (
            "application/x-www-form-urlencoded",
            "application/json",
            "multipart/form-data; boundary=x",
            "text/x; charset=nope",
        ):
            for path in (
                "/clinics/",
                "/clinics/suggest",
                f"{CLINIC}from/",
                f"{CLINIC}report/",
                "/api/v1/clinics",
            ):
                response = client.generic("POST", path, body, content_type=kind)
                assert response.status_code < 500, (path, kind, body[:20])


def test_a_report_full_of_them_can_be_read(client, heron):
    said = " ".join(text for text in NAUGHTY if "\x00" not in text and text.isprintable())[:2000]
    report = create_report(clinic=heron, note=said, proposed={"phone": said[:300]})
    check(client.get(f"/clinics/your-report/?key={report.token}"), "report")
