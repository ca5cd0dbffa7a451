"""What a person typed leaves no trace: not in a log, a table, a session or an address."""

import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import psycopg
import pytest
from django.db import connection

from tests import template_databases

POSTCODE = "LS1 4QJ"  # right shape, in a sector that is known: it is answered, by the sector
NAME = "Qzxcanaryville"  # a town that is not known: it is answered with an error page that shows it
POSITION = "53.791373,-1.541913"
FORM = {
    "name": NAME,
    "town": POSTCODE,
    "note": f"{POSTCODE} {NAME}",
    "correction": POSTCODE,
    "phone": NAME,
    "sender": NAME,
}
TRACES = ("53.791373", "1.541913", "LS1 4QJ", "LS14QJ", "LS1-4QJ", "LS1+4QJ", "LS1%204QJ", "4QJ", NAME)


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def fetch(address: str, data: dict[str, str] | None = None):
    """(status, headers, body); an answer that is an error or a redirection is an answer too."""
    body = urlencode(data).encode() if data else None
    beside = {"Referer": f"https://elsewhere.example/?q={quote(POSTCODE)}", "User-Agent": NAME}
    try:
        response = build_opener(NoRedirect).open(Request(address, data=body, headers=beside), timeout=30)
    except HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read().decode()


@pytest.fixture(scope="module")
def asked(site):
    """Every path by which a text reaches the site, asked with each canary; the answers."""
    answers = [
        fetch(f"{site}/clinics/", {"at": POSITION}),
        fetch(f"{site}/clinics/", {"at": f"{POSITION},0"}),
        fetch(f"{site}/clinics/near/at/{POSITION}/?from=map"),  # finer than the site ever writes it
        fetch(f"{site}/embed/?place={quote(POSITION)}"),
    ]
    answers += [  # forms that were not sent as the site made them: they come back filled, and nothing is kept
        fetch(f"{site}/clinics/{form}", FORM | {"near": POSTCODE})
        for form in ("suggest-a-clinic/", "sample-bittern-leeds/report/", "your-listing/")
    ]
    answers += [
        fetch(f"{site}/search/", {"q": POSTCODE}),
        fetch(f"{site}/search/", {"q": f"ketamine near {POSTCODE}"}),
    ]
    for text in (POSTCODE, NAME):
        word = quote(text)
        answers += [
            fetch(f"{site}/clinics/", {"where": text, "route": "esketamine"}),
            fetch(f"{site}/clinics/", {"where": text, "country": "US"}),
            fetch(f"{site}/clinics/suggest", {"q": text}),
            fetch(f"{site}/clinics/?q={word}"),
            fetch(f"{site}/clinics/?where={word}&within={word}"),
            fetch(f"{site}/clinics/near/gb/ls1-4/?q={word}&page={word}"),
            fetch(f"{site}/api/v1/places?q={word}"),
            fetch(f"{site}/api/v1/clinics?near={word}"),
            fetch(f"{site}/api/v1/clinics?near={word}&limit=1&language=pl&with=open-now"),
            fetch(f"{site}/api/v1/clinics/1?near={word}"),
            fetch(f"{site}/api/v1/places/suggest?q={word}"),
            *(
                fetch(f"{site}/clinics/near/gb/ls1-4/?{name}={word}")
                for name in (
                    "route",
                    "payment",
                    "with",
                    "setting",
                    "age",
                    "language",
                    "within",
                    "unit",
                    "sort",
                )
            ),
            fetch(f"{site}/api/v1/clinics?near=LS1&route={word}"),
            fetch(f"{site}/clinics/sample-bittern-leeds/from/", {"where": text}),
            fetch(f"{site}/clinics/sample-bittern-leeds/?near=gb/{word}"),
            fetch(f"{site}/clinics/compare/?clinic={word}&near={word}"),
            fetch(f"{site}/clinics/near/gb/ls1-4/paper/?q={word}"),
            fetch(f"{site}/clinics/compare/paper/?clinic={word}&near={word}"),
            fetch(f"{site}/clinics/browse/gb/england/leeds/?near={word}&route={word}"),
            fetch(f"{site}/embed/?place={word}"),
            fetch(f"{site}/embed/code/?place={word}&country={word}"),
            fetch(f"{site}/clinics/suggest-a-clinic/?name={word}"),
            fetch(f"{site}/clinics/sample-bittern-leeds/report/?about={word}"),
            fetch(f"{site}/no-such-page/?q={word}"),
            fetch(f"{site}/search/?q={word}"),
            fetch(f"{site}/search/?q=ketamine+near+{word}&page={word}"),
            fetch(f"{site}/clinics/your-report/?key={word}"),
            fetch(f"{site}/clinics/your-listing/?key={word}"),
        ]
    return answers


def test_no_answer_is_a_fault_or_sets_a_cookie(asked):
    assert {status for status, _, _ in asked} <= {200, 302, 303, 404, 405, 422}
    assert not [headers for _, headers, _ in asked if "Set-Cookie" in headers]


def test_no_address_holds_what_was_typed(asked):
    addresses = [headers["Location"] for _, headers, _ in asked if "Location" in headers]
    assert addresses
    assert not [address for address in addresses for trace in TRACES if trace.lower() in address.lower()]


def test_answers_to_a_search_are_not_kept_by_caches(asked):
    kept = [
        headers["Cache-Control"] for status, headers, _ in asked if "no-store" not in headers["Cache-Control"]
    ]
    assert not kept


@pytest.fixture
def asked_amiss(site):
    """The same words in requests that no browser sends, and that the server cannot read."""
    port = urlsplit(site).port
    for first_line in ("GET /clinics/?where=LS1 4QJ HTTP/1.1", "where=LS1+4QJ&country=GB", f"GET /{NAME}"):
        with socket.create_connection(("localhost", port), timeout=10) as connected:
            connected.sendall(f"{first_line}\r\nHost: localhost\r\n\r\n".encode())
            assert b" 400 " in connected.recv(4096)


def test_no_log_holds_what_was_typed(asked, asked_amiss, site_log):
    logs = [site_log, Path(connection.settings_dict["HOST"]) / "postgres.log"]
    written = "".join(log.read_text(errors="replace") for log in logs).lower()
    assert "/clinics/" in written  # the requests were logged, without what they asked for
    assert not [trace for trace in TRACES if trace.lower() in written]


def test_no_table_holds_what_was_typed(asked, site_database):
    with psycopg.connect(template_databases.url_of(site_database)) as database:
        tables = database.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 50
        for (table,) in tables:
            found = database.execute(
                f"SELECT row::text FROM {table} AS row WHERE row::text ILIKE ANY(%s)",
                [[f"%{trace}%" for trace in TRACES]],
            ).fetchone()
            assert found is None, f"{table} holds {found}"
