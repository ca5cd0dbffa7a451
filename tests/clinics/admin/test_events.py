"""The history of the directory: the database keeps it as it was written, and curators read it."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from clinics import curation
from clinics.models import ClinicEvent
from ketamine_info.benchmark.directory import empty
from tests.clinics.admin.screens import NOON, count_queries
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("https://example.org","Heron")'


def create_event(clinic=None, **fields) -> ClinicEvent:
    clinic = clinic or create_clinic()
    return ClinicEvent.objects.create(**{"clinic": clinic, "kind": "verify", "at": NOON} | fields)


def because(client, **query) -> list[str]:
    """The reasons of the events that the page shows."""
    return [
        event.because for event in client.get(reverse("curation:events"), query).context_data["object_list"]
    ]


# --- What the database refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinics_clinicevent SET because = 'Another reason.'",
        "UPDATE clinics_clinicevent SET by_id = NULL, at = now()",
        "DELETE FROM clinics_clinicevent",
        "TRUNCATE clinics_clinicevent",
        "TRUNCATE clinics_clinic CASCADE",
        "TRUNCATE accounts_user CASCADE",
        "INSERT INTO clinics_clinicevent (id, clinic_id, kind, because, data, at) "
        "SELECT id, clinic_id, 'edit', '', '{}', at FROM clinics_clinicevent "
        "ON CONFLICT (id) DO UPDATE SET because = 'Another reason.'",
    ],
)
def test_the_database_refuses_to_rewrite_history(statement):
    event = create_event(because="They moved.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert ClinicEvent.objects.get().because == event.because


def test_no_way_of_the_models_leads_around_it():
    event = create_event(because="They moved.", by=create_user())
    event.because = "Another reason."
    for attempt in (
        event.save,
        event.delete,
        ClinicEvent.objects.all().delete,
        lambda: ClinicEvent.objects.update(because=""),
        lambda: ClinicEvent.objects.bulk_update([event], ["because"]),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            attempt()
    for owner in (event.clinic, event.by):
        with pytest.raises(ProtectedError):
            owner.delete()
    assert ClinicEvent.objects.get().because == "They moved."


def test_the_benchmark_still_empties_its_own_database():
    create_event()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        empty(cursor)
    assert not ClinicEvent.objects.exists()
    event = create_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_tells_who_did_what_when_and_why(client, publisher):
    clinic = create_clinic(name="Heron")
    curation.pause(clinic=clinic, note="Refurbishment.", by=publisher)
    page = client.get(reverse("curation:events")).content.decode()
    for text in ("Heron", "pause", "Refurbishment.", "publisher"):
        assert text in page
    assert reverse("wagtailsnippets_clinics_clinic:edit", args=[clinic.pk]) in page


def test_nothing_can_be_written_there(client, publisher):
    create_event(because="They moved.")
    for name in ("curation:events", "curation:events_results"):
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(reverse(name), {"because": "Another."}).status_code == 405
    assert ClinicEvent.objects.get().because == "They moved."


@pytest.mark.parametrize("name", ["curation:events", "curation:events_results"])
def test_it_is_closed_to_who_may_not_read_it(client, drafter, name):
    assert client.get(reverse(name)).status_code in (302, 403)


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ({}, ["third", "second", "first"]),
        ({"kind": "delist"}, ["second"]),
        ({"kind": ["delist", "pause"]}, ["third", "second"]),
        ({"clinic": "hero"}, ["second", "first"]),
        ({"clinic": "nobody"}, []),
        ({"since": "2026-11-24"}, ["third", "second"]),
        ({"until": "2026-11-24"}, ["second", "first"]),
        ({"since": "2026-11-24", "until": "2026-11-24"}, ["second"]),
        ({"by": "none"}, ["third"]),
        ({"p": "99"}, ["third", "second", "first"]),
    ],
)
def test_filters(client, publisher, query, reasons):
    heron, curlew = create_clinic(name="Heron"), create_clinic(name="Curlew")
    create_event(heron, because="first", by=publisher)
    create_event(heron, because="second", by=publisher, kind="delist", at=datetime(2026, 11, 24, tzinfo=UTC))
    create_event(curlew, because="third", kind="pause", at=datetime(2026, 11, 25, tzinfo=UTC))
    assert because(client, **query) == reasons


def test_filters_by_number_and_by_person(client, publisher):
    clinic, colleague = create_clinic(name="Heron"), create_user(username="colleague")
    create_event(clinic, because="mine", by=publisher)
    create_event(because="theirs", by=colleague)
    assert because(client, clinic=clinic.pk) == ["mine"]
    assert because(client, by=colleague.pk) == ["theirs"]


@pytest.mark.parametrize(
    "query",
    [
        {"clinic": "\x00"},
        {"clinic": "9" * 40},
        {"clinic": "²"},
        {"clinic": "x" * 5000},
        {"since": "0000-00-00"},
        {"by": "x"},
        {"kind": "x"},
        {"ordering": "-because"},
        {"export": "pdf"},
    ],
)
def test_odd_filters_are_answered(client, publisher, query):
    create_event()
    assert client.get(reverse("curation:events"), query).status_code in (200, 400)


def test_it_costs_the_same_for_10_and_20_events(client, publisher):
    def more():
        for _ in range(10):
            create_event(by=create_user(), kind="delist")

    more()
    ten = count_queries(client, reverse("curation:events"))
    more()
    assert count_queries(client, reverse("curation:events")) == ten


# --- Spreadsheets ----------------------------------------------------------------------------------------------------


@pytest.fixture
def naughty():
    clinic = create_clinic(name=FORMULA)
    return create_event(clinic, because="@SUM(A1)", data={"changed": {"phone": ["+44", "\x0b\t"]}})


def test_a_csv_of_events_holds_no_formula(client, publisher, naughty):
    response = client.get(reverse("curation:events"), {"export": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(response).decode()))
    assert row["Clinic"] == f"'{FORMULA}"
    assert row["Why"] == "'@SUM(A1)"
    assert row["Who"] == "A command"
    assert '"phone"' in row["Details"]


def test_an_xlsx_of_events_holds_no_formula(client, publisher, naughty):
    response = client.get(reverse("curation:events"), {"export": "xlsx", "kind": "verify"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response))).active
    _, row = sheet.iter_rows()
    assert {cell.data_type for cell in row} <= {"n", "d", "s"}
    assert FORMULA in [cell.value for cell in row]
    assert "@SUM(A1)" in [cell.value for cell in row]
