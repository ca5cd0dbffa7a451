"""Health, and errors, on the real server: gunicorn with a database that can be taken away."""

import json
import urllib.error
import urllib.request

import pytest
from django.db import OperationalError, connection


def get(address: str, **headers: str):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.loads(answer.read())


def test_the_served_site_is_alive_and_ready_whatever_it_is_called(site):
    assert get(f"{site}/livez", Host="10.0.0.7") == (200, {"status": "pass"})
    ready = (200, {"status": "pass", "checks": {"database": [{"status": "pass"}]}})
    assert get(f"{site}/readyz", Host="10.0.0.7") == ready


def test_livez_asks_the_database_nothing(client):
    assert client.get("/livez").status_code == 200  # without `db`, a query would fail the test


@pytest.mark.django_db
def test_readyz_without_a_database(client):
    def broken(execute, sql, params, many, context):
        raise OperationalError("connection to 10.1.2.3 as secret_user failed")

    with connection.execute_wrapper(broken):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "fail", "checks": {"database": [{"status": "fail"}]}}
