"""What people search for is in no log."""

import json
import logging
import sys
import time
import urllib.request

import pytest

from ketamine_info.logs import JSONFormatter, LineFormatter, without_query

CANARY = "ZE1 0AA"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Not Found: /clinics/?q=ZE1+0AA", "Not Found: /clinics/?..."),
        ("Error handling request /api/v1/places?q=ZE1 0AA", "Error handling request /api/v1/places?..."),
        ("Invalid HTTP request line: 'GET /x?q=ZE1 0AA'", "Invalid HTTP request line: 'GET /x?..."),
        ("Found: /clinics/near/at/53.791373,-1.541913/", "Found: /clinics/near/at/.../"),
        ("Is it up?", "Is it up?"),
    ],
)
def test_queries_are_cut(said, logged):
    assert without_query(said) == logged


def record_of_an_error() -> logging.LogRecord:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(f"no place {CANARY}") from error
    except RuntimeError:
        return logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/x?q=1",), sys.exc_info()
        )


@pytest.mark.parametrize("formatter", [LineFormatter, JSONFormatter])
def test_errors_are_told_without_their_words(formatter, monkeypatch):
    monkeypatch.setenv("LOG_EXCEPTION_MESSAGES", "false")
    line = formatter().format(record_of_an_error())
    assert CANARY not in line
    assert "builtins.ValueError" in line
    assert "builtins.RuntimeError" in line
    assert "test_logs.py" in line


def test_words_are_there_for_who_asks(monkeypatch):
    monkeypatch.setenv("LOG_EXCEPTION_MESSAGES", "true")
    assert CANARY in LineFormatter().format(record_of_an_error())


def test_a_line_of_json_for_each_request():
    atoms = {"m": "GET", "U": '/a"b', "s": "200", "B": 12, "M": 3}
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, "%(m)s %(U)s", (atoms,), None)
    entry = json.loads(JSONFormatter().format(record))
    assert entry.pop("at").endswith("+00:00")
    assert entry == {
        "level": "INFO",
        "logger": "gunicorn.access",
        "method": "GET",
        "path": '/a"b',
        "status": 200,
        "bytes": 12,
        "milliseconds": 3,
    }


def test_the_served_site_writes_no_search_down(site, site_log):
    """A search in each way there is, then everything the server wrote is read."""
    urllib.request.urlopen(f"{site}/clinics/", data=b"where=ZE1+0AA", timeout=60).close()
    urllib.request.urlopen(f"{site}/clinics/?q=ZE1+0AA", timeout=60).close()
    urllib.request.urlopen(f"{site}/api/v1/places?q=ZE1+0AA", timeout=60).close()
    deadline = time.monotonic() + 10  # the line of a request is written when its answer is sent
    while "/api/v1/places" not in (written := site_log.read_text()):
        assert time.monotonic() < deadline, written
        time.sleep(0.1)
    for form in ("ZE1 0AA", "ZE1+0AA", "ZE1%200AA", "ZE10AA"):
        assert form.lower() not in written.lower()
