"""The list for paper: what is on it, and when it ends."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.models import Route
from clinics.paper import qr_code
from places.distance import Point
from tests.factories import create_clinic

LEEDS = Point(53.795, -1.5521)


def words_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_paper_of_a_search(client, world):
    page = client.get("/clinics/near/gb/ls1-4/paper/?route=esketamine")
    words = words_of(page)
    today = timezone.localdate()
    assert f"Check again after {(today + timedelta(days=30)):%-d %B %Y}" in words
    assert page.context_data["fresh_url"] == "http://testserver/clinics/near/gb/ls1-4/?route=esketamine"
    assert 0 < len(page.context_data["clinics"]) <= 6
    assert words.count("Sample listing, not a real clinic") == len(page.context_data["clinics"])
    assert all("Esketamine nasal spray" in words for _ in page.context_data["clinics"])
    assert "Samaritans : call 116 123" in words
    assert "text SHOUT to 85258" in words
    assert "Whom do I call at night or at the weekend?" in words


def test_paper_of_a_comparison(client, world):
    page = client.get("/clinics/compare/paper/?clinic=sample-bittern-leeds&clinic=sample-dipper-leeds")
    assert [clinic.name for clinic in page.context_data["clinics"]] == [
        "Sample Clinic Bittern (Leeds)",
        "Sample Clinic Dipper (Leeds)",
    ]
    assert client.get(page.context_data["fresh_url"]).status_code == 200


def test_more_clinics_ask_no_more(client, db):
    def paper(*, more: int) -> tuple[int, int]:
        """How many clinics are on it, and how many queries it asked, with *more* clinics than before."""
        for _ in range(more):
            create_clinic(point=LEEDS, town="Leeds", routes=[Route.IV])
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/clinics/near/gb/ls1-4/paper/?within=5")
        return len(page.context_data["clinics"]), len(captured)

    (few, asked), (many, asked_of_many) = paper(more=2), paper(more=4)
    assert (few, many) == (2, 6)
    assert asked == asked_of_many


@pytest.mark.parametrize(
    ("address", "number"),
    [("/clinics/near/us/10001/paper/", "988"), ("/clinics/near/au/2000/paper/", "13 11 14")],
)
def test_paper_has_the_crisis_lines_of_its_country(client, world, address, number):
    words = words_of(client.get(address))
    assert number in words
    assert "116 123" not in words


@pytest.mark.parametrize(
    "address",
    ["/clinics/near/gb/ls99-9/paper/", "/clinics/compare/paper/", "/clinics/compare/paper/?clinic=x"],
)
def test_no_paper_of_nothing(client, world, address):
    assert client.get(address).status_code == 404


def test_paper_where_nothing_fits(client, world):
    address = "/clinics/near/gb/ls1-4/paper/?within=5&route=im&payment=public&with=wheelchair"
    assert "We know of none there yet" in words_of(client.get(address))


def test_the_code_is_plain_svg():
    svg = qr_code("https://ketamine.example/clinics/near/gb/ls1-4/")
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "<script" not in svg
