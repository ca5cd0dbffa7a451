"""Up to three clinics side by side, from an address alone."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic, ClinicAddress, Route
from places.distance import Point
from tests.factories import create_attempt, create_clinic

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)


def create(name: str, **fields) -> Clinic:
    return create_clinic(name=name, slug=name.lower(), **{"point": LEEDS, "routes": [Route.IV]} | fields)


def words_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def clinics():
    return [create(name) for name in ("Avocet", "Bunting", "Curlew", "Dunlin")]


@pytest.mark.parametrize(
    ("query", "status", "names", "words"),
    [
        ("", 200, [], "Tick up to three clinics"),
        ("clinic=avocet", 200, ["Avocet"], "Add one or two to compare"),
        ("clinic=avocet&clinic=bunting", 200, ["Avocet", "Bunting"], "Add one to compare"),
        ("clinic=curlew&clinic=avocet", 200, ["Curlew", "Avocet"], "Add one to compare"),
        ("clinic=avocet&clinic=avocet", 200, ["Avocet"], "Add one or two"),
        (
            "clinic=avocet&clinic=bunting&clinic=curlew&clinic=dunlin",
            200,
            ["Avocet", "Bunting", "Curlew"],
            "Three fit side by side",
        ),
        ("clinic=avocet&clinic=nobody", 200, ["Avocet"], "We have no listing at one address"),
        ("clinic=no-one&clinic=nobody", 404, [], "We have no listing at some addresses"),
        ("clinic=", 200, [], "Tick up to three clinics"),
        ("clinic=draft", 404, [], "We have no listing at one address"),
        ("clinic=%F0%9F%92%8A&clinic='&clinic=%3Cb%3E&near=%22", 404, [], "We have no listing"),
    ],
)
def test_what_an_address_compares(client, clinics, query, status, names, words):
    create("Draft", listed=False)
    response = client.get(f"/clinics/compare/?{query}")
    assert response.status_code == status
    assert [column.clinic.name for column in response.context_data["columns"]] == names
    assert words in words_of(response)
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_an_old_address_stands_for_its_clinic(client, clinics):
    ClinicAddress.objects.create(slug="wader", clinic=clinics[0])
    response = client.get("/clinics/compare/?clinic=wader&clinic=avocet&clinic=bunting")
    assert [column.clinic.name for column in response.context_data["columns"]] == ["Avocet", "Bunting"]


def test_what_became_of_a_clinic_is_said(client, clinics):
    Clinic.objects.filter(slug="avocet").update(status="paused")
    Clinic.objects.filter(slug="bunting").update(
        status="delisted", delisted_because="closed", phone="0113 496 0000"
    )
    words = words_of(client.get("/clinics/compare/?clinic=avocet&clinic=bunting"))
    assert "Has paused" in words
    assert "No longer listed: it has closed" in words
    assert "496 0000" not in words


def test_adding_and_removing_are_links(client, clinics):
    page = client.get("/clinics/compare/?clinic=avocet&clinic=bunting&near=gb/ls1-4")
    first = page.context_data["columns"][0]
    assert first.url_without == "/clinics/compare/?clinic=bunting&near=gb/ls1-4"
    assert first.km_away < 2
    offered, _, url = page.context_data["offers"][0]
    assert offered.name in {"Curlew", "Dunlin"}
    assert [column.clinic.name for column in client.get(url).context_data["columns"]] == [
        "Avocet",
        "Bunting",
        offered.name,
    ]
    assert not client.get(url).context_data["offers"]


def test_unknown_is_not_no_in_a_comparison(client, clinics):
    words = words_of(client.get("/clinics/compare/?clinic=avocet&clinic=bunting"))
    assert words.count("Not known") > 10
    assert " No " not in words


def test_safety_and_reachability_side_by_side(client, clinics):
    answered, silent, _, _ = clinics
    given = {"monitored": "yes", "price": "declined"}
    create_attempt(answered, at=datetime(2026, 11, 2, 12, tzinfo=UTC), wait_weeks=3, answers=given)
    create_attempt(silent, outcome="no-answer")
    page = client.get("/clinics/compare/?clinic=avocet&clinic=bunting&clinic=curlew")
    words = words_of(page)
    assert "Answered by phone 2 November 2026 ; first appointment in about 3 weeks" in words
    assert "No answer yet: tried once" in words
    assert "Not tried yet" in words
    rows = {facts[0].answer: [fact.words for fact in facts] for _, facts in page.context_data["safety_rows"]}
    assert rows["yes"] == ["Yes", "Not asked", "Not asked"]
    assert rows["declined"][1:] == ["Not asked", "Not asked"]
    assert len(page.context_data["safety_rows"]) == 11
    assert "Not asked yet" in words_of(client.get("/clinics/compare/?clinic=bunting&clinic=curlew"))


def test_cards_offer_the_comparison_without_javascript(client, clinics):
    body = client.get("/clinics/near/gb/ls1-4/").content.decode()
    assert '<form class="compare-bar"' in body
    assert len(re.findall(r'name="clinic"\s+value="\w+"\s+form="compare"', body)) == 4
    assert '<input type="hidden" name="near" value="gb/ls1-4">' in body
    assert 'href="/clinics/compare/?clinic=avocet"' in client.get("/clinics/avocet/").content.decode()


def test_what_is_ticked_goes_along(client, clinics):
    page = client.get(
        "/clinics/near/gb/ls1-4/?clinic=avocet&clinic=elsewhere&clinic=%22%3E&clinic=avocet&within=50"
    )
    create("Elsewhere", point=Point(51.5, -0.1))
    assert page.context_data["search"].ticked == ("avocet", "elsewhere")
    page = client.get(page.context_data["search"].get_absolute_url())
    body = page.content.decode()
    ticked = re.findall(r'value="([\w-]+)"\s+form="compare"\s+checked', body)
    assert sorted(ticked) == ["avocet", "elsewhere"]
    assert all("clinic=avocet&clinic=elsewhere" in radius.url for radius in page.context_data["radii"])
    assert "clinic=" not in page.context_data["share_url"]
    assert "clinic=" not in page.context_data["paper_url"]
    assert "noindex" in body


def test_queries_of_a_comparison(client):
    call_command("load_schedules", verbosity=0)

    def queries(count: int) -> int:
        names = [f"{count}-{number}" for number in range(count)]
        for name in names:
            create(name)
        with CaptureQueriesContext(connection) as captured:
            client.get("/clinics/compare/", {"clinic": names, "near": "gb/ls1-4"})
        return len(captured)

    two = queries(2)
    # clinics, treatments, hours, closed dates, sources, place, schedules; what could be added; and of each: calls, safety
    assert two <= 8 + 2 * 2
    assert queries(3) == two - 1 + 2


# --- Passing it on ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("/clinics/near/gb/ls1-4/?route=iv", "/clinics/near/gb/ls1-4/?route=iv"),
        ("/clinics/near/at/53.80,-1.55/", "/clinics/near/gb/leeds-eng/"),
        ("/clinics/near/at/-60.00,-140.00/", None),
        ("/clinics/avocet/?near=gb/ls1-4", "/clinics/avocet/"),
    ],
)
def test_a_shared_address_gives_nothing_away(client, clinics, address, shared):
    body = client.get(address).content.decode()
    found = re.search(r'id="share-address"\s+type="text"\s+value="([^"]*)"', body)
    assert (found and found[1]) == (shared and f"http://testserver{shared}")
