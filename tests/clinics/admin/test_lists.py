"""The lists of the directory: what they tell, search, filters, queries."""

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.admin import listing
from clinics.models import Clinic, Provider, SavedList
from places.distance import Point
from tests.clinics.admin.screens import (
    DIRECTORY,
    address,
    count_queries,
    create_record,
)
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", DIRECTORY)
def test_a_list_costs_the_same_for_10_and_20_rows(client, publisher, model):
    def more():
        for _ in range(10):
            clinic = create_clinic(provider=Provider.objects.create(name="P"), routes=[1])
            create_record(clinic)
            clinic.save_revision()

    more()
    ten = count_queries(client, address(model, "list"))
    more()
    assert count_queries(client, address(model, "list")) == ten


def names_listed(client, **query):
    response = client.get(address(Clinic, "list"), query)
    return [clinic.name for clinic in response.context_data["object_list"]]


def test_the_list_tells_what_a_curator_asks_first(client, publisher):
    clinic = create_clinic(
        name="Heron", town="Leeds", status="paused", verified_on="2026-05-12", verified_how="phone"
    )
    create_record(clinic)
    page = client.get(address(Clinic, "list")).content.decode()
    for text in ("Heron", "Leeds", "GB", "Paused", "2026", "odhf"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "hero"}, ["Heron"]),
        ({"q": "leeds"}, ["Heron"]),
        ({"q": "m5v"}, ["Curlew"]),
        ({"country": "CA"}, ["Curlew"]),
        ({"status": "paused"}, ["Wren"]),
        ({"live": "false"}, ["Teal"]),
        ({"source": "odhf"}, ["Curlew"]),
        ({"latitude": "true"}, ["Heron"]),
        ({"q": "\x00"}, None),
        ({"country": "XX"}, None),
        ({"q": "x" * 200}, []),
        ({"q": "x" * 5000}, None),
    ],
)
def test_search_and_filters(client, publisher, query, names):
    create_clinic(name="Heron", town="Leeds", point=Point(53.8, -1.5))
    create_record(create_clinic(name="Curlew", country="CA", postcode="M5V 0X9"))
    create_clinic(name="Wren", status="paused")
    create_clinic(name="Teal", listed=False)
    if names is None:
        assert client.get(address(Clinic, "list"), query).status_code < 500
    else:
        assert names_listed(client, **query) == names


# --- Lists that a person keeps ---------------------------------------------------------------------------------------


def keep(client, name="Paused in Leeds", query="status=paused&q=leeds&p=3&country="):
    return client.post(reverse("curation:saved_lists"), {"name": name, "query": query})


def test_a_list_is_kept_without_its_page_and_found_in_the_menu(client, publisher):
    create_clinic(name="Heron", town="Leeds", status="paused")
    page = client.get(address(Clinic, "list"), {"status": "paused", "q": "leeds", "p": "1"}).content.decode()
    assert "lists/?query=status%3Dpaused%26q%3Dleeds" in page
    response = keep(client)
    assert response["Location"] == address(Clinic, "list") + "?status=paused&q=leeds"
    assert names_listed(client, status="paused", q="leeds") == ["Heron"]
    assert "Paused in Leeds" in client.get(address(Clinic, "list")).content.decode()


def test_lists_are_ones_own_and_can_be_forgotten(client, publisher):
    keep(client)
    saved = SavedList.objects.get()
    client.force_login(create_user(is_superuser=True))
    assert "Paused in Leeds" not in client.get(address(Clinic, "list")).content.decode()
    forget = reverse("curation:forget_list", args=[saved.pk])
    assert client.post(forget).status_code == 404
    client.force_login(publisher)
    assert client.get(forget).status_code == 405
    assert client.post(forget).status_code == 302
    assert not SavedList.objects.exists()


def test_a_list_needs_a_name_of_its_own_and_there_is_a_limit(client, publisher, monkeypatch):
    assert keep(client, name="").status_code == 422
    keep(client)
    assert "You have a list of this name." in keep(client).content.decode()
    monkeypatch.setattr(listing, "MOST_LISTS", 1)
    assert "Forget one first." in keep(client, name="Another").content.decode()
    assert keep(client, name="x", query="a" * 5000).status_code == 422


def test_a_kept_list_leads_nowhere_else(client, publisher):
    keep(client, name="<b>x</b>", query="//evil.example/?status=paused")
    page = client.get(reverse("curation:saved_lists")).content.decode()
    assert "<b>x</b>" not in page
    assert 'href="//evil' not in page


# --- The list as a table ---------------------------------------------------------------------------------------------


def test_the_list_as_csv_holds_what_is_filtered_and_no_formula(client, publisher):
    create_record(create_clinic(name="=1+1", phone="+44 113 496 0001", town="Leeds"))
    create_clinic(name="Curlew", town="York")
    response = client.get(address(Clinic, "list"), {"export": "csv", "q": "leeds"})
    (row,) = csv.DictReader(io.StringIO(b"".join(response).decode()))
    assert (row["Name"], row["Phone"], row["Town"]) == ("'=1+1", "'+44 113 496 0001", "Leeds")
    assert (row["Source"], row["With"], row["Tags"]) == ("odhf", "", "")


def test_the_list_as_xlsx_holds_no_formula(client, publisher):
    create_clinic(name="=1+1", access_note="\x0b", street="@SUM(A1)\x07")
    response = client.get(address(Clinic, "list"), {"export": "xlsx"})
    _, row = openpyxl.load_workbook(io.BytesIO(b"".join(response))).active.iter_rows()
    assert "f" not in {cell.data_type for cell in row}
    assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in row}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_costs_the_same_for_10_and_20_rows(client, publisher, form):
    def more():
        for _ in range(10):
            create_record(create_clinic(provider=Provider.objects.create(name="P")))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(address(Clinic, "list"), {"export": form}))
        return len(queries)

    more()
    count()
    ten = count()
    more()
    assert count() == ten
