"""The API's promises, on the real gazetteer."""

from datetime import time
from ipaddress import ip_address
from urllib.parse import urlencode

import hypothesis
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from clinics import curation
from clinics.api import cursors
from clinics.criteria import CRITERIA
from clinics.models import Clinic, OpeningHours, Route
from ketamine_info.api import limits
from ketamine_info.api.v1 import api
from places.distance import Point
from tests.factories import create_clinic, create_user

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
    assert (answer["within_km"], answer["count"], answer["more"]) == (80, 2, False)
    assert (answer["next"], answer["next_cursor"], answer["remote"]) == (None, None, [])
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
        ({"near": "LS1", "limit": "0"}, 422, None),
        ({"near": "LS1", "limit": "101"}, 422, None),
        ({"near": "LS1", "place": "gb/ls1-4"}, 422, None),
        ({"near": "LS1", "cursor": "made-up"}, 422, None),
        ({"near": "LS1", "cursor": "a" * 201}, 422, None),
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


@pytest.mark.parametrize(
    "path", ["/api/v1/places?q=Leeds", "/api/v1/clinics?near=LS1", "/api/v1/clinics", "/api/v1/nowhere"]
)
def test_anybody_may_read_it(client, path):
    response = client.get(path)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


def test_a_browser_asks_before_it_sends_an_etag(client):
    response = client.options("/api/v1/clinics")
    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "If-None-Match"
    assert "ETag" in response["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_read_only(client, method):
    response = getattr(client, method)("/api/v1/clinics")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"


def test_head_is_get_without_a_body(client):
    whole, head = client.get("/api/v1/clinics?near=LS1"), client.head("/api/v1/clinics?near=LS1")
    assert head.status_code == 200
    assert head.content == b""
    assert head["ETag"] == whole["ETag"]
    assert head["Content-Length"] == whole["Content-Length"]


# --- Pages -----------------------------------------------------------------------------------------------------------


def pages_of(client, **asked):
    """The clinics' names on each page, from the first to the last."""
    pages, address = [], f"/api/v1/clinics?{urlencode(asked, doseq=True)}"
    while address:
        answer = client.get(address).json()
        pages.append([clinic["name"] for clinic in answer["results"]])
        address = answer["next"]
    return pages


def test_pages_hold_each_clinic_once_nearest_first(client):
    for number in range(7):  # the middle ones share a building
        create_clinic(
            name=str(number), point=Point(53.8 + (0.01 * number if number in (0, 6) else 0.03), -1.55)
        )
    assert pages_of(client, near="LS1 4AP", limit=2) == [["0", "1"], ["2", "3"], ["4", "5"], ["6"]]
    assert pages_of(client, near="LS1 4AP", limit=7) == [[*"0123456"]]


def test_a_page_stays_while_the_directory_changes(client):
    clinics = [
        create_clinic(name=str(number), point=Point(53.8 + number / 100, -1.55)) for number in range(4)
    ]
    first = client.get("/api/v1/clinics", {"place": "gb/ls1-4", "limit": 2}).json()
    create_clinic(name="new, and nearest", point=LEEDS)
    curation.pause(clinic=clinics[0], note="", by=create_user(is_superuser=True))
    second = client.get(first["next"]).json()
    assert [clinic["name"] for clinic in second["results"]] == ["2", "3"]


def test_the_next_page_names_no_exact_postcode(client):
    for _ in range(3):
        create_clinic(point=LEEDS)
    following = client.get("/api/v1/clinics", {"near": "LS1 4AP", "limit": 2}).json()["next"]
    assert "place=gb%2Fls1-4" in following
    assert "4AP" not in following.upper()


def test_a_cursor_belongs_to_its_search(client):
    for _ in range(3):
        create_clinic(point=LEEDS, routes=[Route.IV])
    asked = {"place": "gb/ls1-4", "limit": 1}
    cursor = client.get("/api/v1/clinics", asked).json()["next_cursor"]
    assert client.get("/api/v1/clinics", {**asked, "cursor": cursor}).status_code == 200
    others = [
        {"place": "gb/ls1-5"}, {"route": "iv"}, {"within_km": 5}, {"cursor": cursor[:-1]}, {"cursor": "x" + cursor},
    ]  # fmt: skip
    for other in others:
        response = client.get("/api/v1/clinics", {**asked, "cursor": cursor} | other)
        assert (response.status_code, "`cursor`" in response.json()["detail"]) == (422, True), other


def test_pages_end_at_a_thousand(client, monkeypatch):
    monkeypatch.setattr(cursors, "MOST_COUNTED", 3)
    for _ in range(5):
        create_clinic(point=LEEDS)
    assert [len(page) for page in pages_of(client, place="gb/ls1-4", limit=2)] == [2, 1]


# --- The site's filters ----------------------------------------------------------------------------------------------


def test_every_filter_of_the_site_is_a_parameter(client):
    for criterion in CRITERIA:
        for option in criterion.options:
            asked = {"place": "gb/ls1-4", criterion.name: criterion.slug(option)}
            assert client.get("/api/v1/clinics", asked).status_code == 200, asked


def test_remote_services_come_with_the_first_page(client):
    create_clinic(name="Remote", setting="remote", remote_regions=["GB"])
    for number in range(2):
        create_clinic(name=str(number), point=LEEDS)
    first = client.get("/api/v1/clinics", {"place": "gb/ls1-4", "limit": 1}).json()
    assert [(clinic["name"], clinic["latitude"]) for clinic in first["remote"]] == [("Remote", None)]
    assert client.get(first["next"]).json()["remote"] == []


# --- One clinic, places ----------------------------------------------------------------------------------------------


def test_one_clinic(client):
    clinic = create_clinic(
        name="Whole", point=LEEDS, routes=[Route.IV], payments=["public"], timezone="Europe/London"
    )
    clinic.opening_hours = [OpeningHours(weekday=0, opens=time(9), closes=time(17, 30))]
    clinic.save()
    answer = client.get(f"/api/v1/clinics/{clinic.pk}").json()
    assert (answer["id"], answer["name"], answer["status"]) == (clinic.pk, "Whole", "listed")
    assert answer["opening_hours"] == [{"weekday": 0, "opens": "09:00", "closes": "17:30"}]
    assert answer["parking"] is None
    assert (answer["sources"], answer["payments"]) == ([], ["public"])


def test_a_clinic_that_is_not_listed(client):
    somebody, clinic = create_user(is_superuser=True), create_clinic(name="Was here")
    curation.pause(clinic=clinic, note="Until May.", by=somebody)
    answer = client.get(f"/api/v1/clinics/{clinic.pk}").json()
    assert (answer["status"], answer["status_note"]) == ("paused", "Until May.")
    curation.delist(clinic=clinic, because="closed", by=somebody)
    response = client.get(f"/api/v1/clinics/{clinic.pk}")
    assert (response.status_code, response["Content-Type"]) == (410, "application/problem+json")
    assert "It has closed" in response.json()["detail"]
    draft = create_clinic(listed=False)
    assert client.get(f"/api/v1/clinics/{draft.pk}").status_code == 404


@pytest.mark.parametrize("id", ["0", "-1", "x", "1" * 30, "1%00"])
def test_no_such_clinic(client, id):
    response = client.get(f"/api/v1/clinics/{id}")
    assert response.status_code in {400, 404, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_suggested_places(client):
    names = [place["name"] for place in client.get("/api/v1/places/suggest", {"q": "Lee"}).json()["results"]]
    assert names[0] == "Leeds"
    assert client.get("/api/v1/places/suggest", {"q": "Qzx"}).json() == {"results": []}


# --- Asking again, and too often -------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(client):
    clinic = create_clinic(name="Before", point=LEEDS)
    address = "/api/v1/clinics?near=LS1"
    etag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Access-Control-Allow-Origin"] == "*"
    Clinic.objects.filter(pk=clinic.pk).update(name="After")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_caches_may_share_what_is_said_to_everybody(client):
    clinic = create_clinic()
    for address in (f"/api/v1/clinics/{clinic.pk}", "/api/v1/openapi.json", "/api/v1/docs"):
        response = client.get(address)
        assert response["Cache-Control"].startswith("public"), address
        assert "RateLimit" not in response, "a cache would tell it to somebody else"
        assert client.get(address, headers={"If-None-Match": response["ETag"]})["Cache-Control"].startswith(
            "public"
        )


def test_too_often(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 2

    def ask(address):
        return client.get("/api/v1/places?q=Leeds", REMOTE_ADDR=address)

    first = ask("192.0.2.1")
    assert first["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert first["RateLimit"].startswith('"minute";r=1;t=')
    assert [ask("192.0.2.1").status_code for _ in range(3)] == [200, 429, 429]
    refused = ask("192.0.2.1")
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Cache-Control"] == "private, no-store"
    assert ask("192.0.2.2").status_code == 200


def test_counting_costs_no_query_and_keeps_no_address(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/api/v1/openapi.json", REMOTE_ADDR="198.51.100.77")
    assert b"198.51.100.77" not in limits._counts[:]
    assert ip_address("198.51.100.77").packed not in limits._counts[:]


def test_a_limit_passes_with_its_minute():
    def left(address, at):
        return limits.take(address, limit=2, at=at).remaining

    assert [left("203.0.113.9", 600 + second) for second in (0, 1, 59, 60)] == [1, 0, 0, 1]
    assert limits.take("203.0.113.9", limit=2, at=719).resets_in == 1
    household = ["2001:db8::1", "2001:db8::2", "2001:db8::3"]
    assert limits.take(household[0], limit=2, at=900).remaining == 1
    assert [limits.take(each, limit=2, at=901).is_exceeded for each in household[1:]] == [False, True]
    assert limits.take("not an address", limit=1, at=900).is_exceeded is False


def test_document_and_page(client):
    document = client.get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == {
        "/api/v1/places", "/api/v1/places/suggest", "/api/v1/clinics", "/api/v1/clinics/{id}", "/api/v1/articles",
        "/api/v1/articles/{slug}",
    }  # fmt: skip
    assert document["components"]["schemas"]["PlaceOut"]["examples"]
    page = client.get("/api/v1/docs").content.decode()
    for words in (
        "/api/v1/clinics",
        "within_km",
        "whole number, 1 to 500",
        "one of iv, im",
        "429",
        "/api/v2/",
    ):
        assert words in page


def test_queries_do_not_grow(client):
    def queries(clinics: int) -> int:
        for _ in range(clinics):
            create_clinic(point=LEEDS, routes=[Route.IV, Route.ORAL])
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/v1/clinics", {"place": "gb/ls1-4"})
        return len(captured)

    assert queries(10) == queries(10) == 6


# --- Everything the document allows and forbids ----------------------------------------------------------------------


@pytest.fixture
def one_connection():
    """As Django's test client does it: the end of a request does not close the test's connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_it_is_what_its_document_says(db, one_connection, subtests):
    """Schemathesis asks each address all that the document allows, and much that it forbids."""
    # Imported here: that takes longer than all else in this file, and each process of the tests imports the file.
    import schemathesis
    from schemathesis import checks
    from schemathesis.pytest.lazy import get_all_tests

    kept = [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
        checks.unsupported_method,
    ]
    asked = hypothesis.settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    document = schemathesis.openapi.from_dict(api.get_openapi_schema())
    document.app = get_wsgi_application()

    def ask(case):
        case.call_and_validate(checks=kept)

    for test in get_all_tests(schema=document, test_func=ask, settings=asked, given_kwargs={}):
        operation, ask_all = test.ok()
        with subtests.test(operation.label):
            ask_all()
