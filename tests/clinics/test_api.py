"""The API's promises, on the real gazetteer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Route
from places.distance import Point
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)


def test_place_found(client):
    answer = client.get("/api/v1/places", {"q": "LS1 4AP", "country": "GB"}).json()
    assert answer["outcome"] == "found"
    (place,) = answer["results"]
    assert place["latitude"] == pytest.approx(53.8, abs=0.02)
    assert place["longitude"] == pytest.approx(-1.55, abs=0.02)
    assert {key: place[key] for key in ("id", "kind", "code", "country", "precision")} == {
        "id": "gb/ls1-4",
        "kind": "sector",
        "code": "LS1 4",
        "country": "GB",
        "precision": "sector",
    }


@pytest.mark.parametrize(
    ("q", "outcome"),
    [
        ("LS1", "partial"),
        ("LS99 9ZZ", "unknown"),
        ("%%%", "malformed"),
        ("Newcastle", "ambiguous"),
        ("Paris", "not_covered"),
    ],
)
def test_place_outcomes_are_all_200(client, q, outcome):
    response = client.get("/api/v1/places", {"q": q})
    assert (response.status_code, response.json()["outcome"]) == (200, outcome)


def test_clinics_nearest_first(client):
    create_clinic(name="Far", point=Point(53.9, -1.55), routes=[Route.IV])
    create_clinic(name="Near", point=LEEDS, routes=[Route.ORAL], is_sample=True)
    answer = client.get("/api/v1/clinics", {"near": "LS1 4AP", "within_km": 80}).json()
    assert answer["place"]["id"] == "gb/ls1-4"
    assert (answer["within_km"], answer["count"], answer["more"], answer["pages"]) == (80, 2, False, 1)
    near, far = answer["results"]
    assert (near["name"], near["is_sample"], far["name"]) == ("Near", True, "Far")
    assert near["distance_km"] < far["distance_km"] < 13
    assert near["treatments"] == [
        {"route": "oral", "price_from": None, "price_to": None, "currency": "", "price_unit": ""}
    ]
    assert near["taking_new_patients"] is None
    assert client.get(near["url"].removeprefix("http://testserver")).status_code == 200


def test_filters(client):
    create_clinic(name="Infusion", point=LEEDS, routes=[Route.IV])
    create_clinic(name="Oral", point=LEEDS, routes=[Route.ORAL], taking_new_patients=True)

    def found(**asked):
        answer = client.get("/api/v1/clinics", {"place": "gb/ls1-4", **asked}).json()
        return [clinic["name"] for clinic in answer["results"]]

    assert found(route="iv") == ["Infusion"]
    assert found(route=["iv", "oral"]) == ["Infusion", "Oral"]
    assert found(**{"with": "new-patients"}) == ["Oral"]
    assert found(payment="public") == []


@pytest.mark.parametrize(
    ("asked", "status", "outcome"),
    [
        ({"near": "LS99 9ZZ"}, 404, "unknown"),
        ({"place": "gb/nowhere"}, 404, "unknown"),
        ({"near": "Paris"}, 404, "not_covered"),
        ({"near": "%%%"}, 422, "malformed"),
        ({"near": "Newcastle"}, 422, "ambiguous"),
        ({}, 422, None),
        ({"near": "LS1", "within_km": "0"}, 422, None),
        ({"near": "LS1", "within_km": "1e400"}, 422, None),
        ({"near": "LS1", "within_km": "9" * 400}, 422, None),
        ({"near": "LS1", "page": "0"}, 422, None),
        ({"near": "LS1", "route": "magic"}, 422, None),
        ({"near": "LS1", "colour": "blue"}, 422, None),
        ({"near": ["LS1", "LS2"]}, 422, None),
        ({"near": "LS1", "country": "GBR"}, 422, None),
        ({"near": "a" * 101}, 422, None),
        ({"place": "../../etc"}, 422, None),
    ],
)
def test_problems(client, asked, status, outcome):
    response = client.get("/api/v1/clinics", asked)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem.get("outcome")) == (status, outcome)
    assert problem["title"]
    assert problem["detail"]
    if outcome == "ambiguous":
        choice = problem["choices"][0]["id"]
        assert client.get("/api/v1/clinics", {"place": choice}).status_code == 200


def test_a_problem_does_not_repeat_what_was_sent(client):
    assert "CANARY" not in client.get("/api/v1/clinics", {"near": "LS1", "route": "CANARY"}).content.decode()


def test_a_nul_byte_is_refused(client):
    assert client.get("/api/v1/places", {"q": "a\x00b"}).status_code in {400, 422}


@pytest.mark.parametrize("path", ["/api/v1/places?q=Leeds", "/api/v1/clinics?near=LS1", "/api/v1/clinics"])
def test_anybody_may_read_it(client, path):
    response = client.get(path)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_read_only(client, method):
    assert getattr(client, method)("/api/v1/clinics").status_code == 405


def test_document_and_page(client):
    document = client.get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == {"/api/v1/places", "/api/v1/clinics"}
    page = client.get("/api/v1/docs").content.decode()
    for words in ("/api/v1/clinics", "within_km", "whole number, 1 to 500", "one of iv, im"):
        assert words in page


def test_queries_do_not_grow(client):
    def queries(clinics: int) -> int:
        for _ in range(clinics):
            create_clinic(point=LEEDS, routes=[Route.IV, Route.ORAL])
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/v1/clinics", {"place": "gb/ls1-4"})
        return len(captured)

    assert queries(10) == queries(10) == 5
