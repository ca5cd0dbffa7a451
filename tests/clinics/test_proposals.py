"""What a list proposes when it changes, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics import curation, proposals
from clinics.curation import DraftPendingError
from clinics.duplicates import deciding
from clinics.importing.applying import import_list
from clinics.importing.mappings import MAPPINGS
from clinics.models import Clinic, ClinicEvent, DuplicatePair, ProposedChange
from clinics.proposals import DecidedError
from tests.factories import create_user

HEADING = "index,facility_name,unit,street_no,street_name,postal_code,city,province,latitude,longitude\n"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator():
    return create_user(is_superuser=True)


@pytest.fixture
def load(tmp_path):
    """``load("1,Name,,12,oak st,T3B 0X9,calgary,ab,51.0,-114.0")`` imports a list of these rows."""
    days = iter(range(100))

    def load(*rows: str, listed: bool = True):
        path = Path(tmp_path / "list.csv")
        path.write_text(HEADING + "".join(f"{row}\n" for row in rows))
        return import_list(path, MAPPINGS["odhf"], at=AT + timedelta(days=next(days)), listed=listed)

    return load


def row(number=1, *, street="oak st", name="Northside", position="51.0,-114.0"):
    return f"{number},{name},,12,{street},T3B 0X9,calgary,ab,{position}"


def open_changes():
    return [(change.about, change.values) for change in ProposedChange.objects.open()]


def test_a_changed_row_proposes_each_change_once_and_changes_no_clinic(load):
    load(row())
    before = Clinic.objects.values().get()
    first = load(row(street="elm st", name="Southside"))
    second = load(row(street="elm st", name="Southside"))
    assert (first.changed, first.proposed) == (1, 2)
    assert (second.unchanged, second.proposed) == (1, 0)
    assert sorted(open_changes()) == [("name", {"name": "Southside"}), ("street", {"street": "12 Elm St"})]
    assert Clinic.objects.values().get() == before


def test_the_parts_of_a_position_are_one_change(load, curator):
    load(row())
    load(row(position="51.5,-114.0"))
    (change,) = ProposedChange.objects.open()
    assert (change.about, change.values["latitude"], change.before["latitude"]) == ("position", 51.5, 51.0)
    proposals.accept(change=change, by=curator)
    assert Clinic.objects.get().latitude == 51.5


def test_what_a_list_takes_away_is_not_proposed(load):
    load(row())
    load(row(position=","))
    assert open_changes() == []


def test_what_the_clinic_says_already_is_not_proposed(load, curator):
    load(row())
    curation.correct(clinic=Clinic.objects.get(), corrections={"street": "12 Elm St"}, because="", by=curator)
    assert load(row(street="elm st")).proposed == 0


def test_an_open_change_follows_its_source(load):
    load(row())
    load(row(street="elm st"))
    assert load(row(street="ash st")).proposed == 1
    assert open_changes() == [("street", {"street": "12 Ash St"})]
    load(row())
    assert open_changes() == []
    assert ProposedChange.objects.get().outcome == "withdrawn"


def test_accepting(load, curator):
    load(row())
    load(row(street="elm st"))
    change = ProposedChange.objects.get()
    proposals.accept(change=change, by=curator)
    clinic = Clinic.objects.get()
    assert clinic.street == "12 Elm St"
    assert clinic.get_latest_revision_as_object().street == "12 Elm St"
    event = ClinicEvent.objects.get(kind="correct")
    assert (event.by, event.because) == (curator, "As odhf says now.")
    with pytest.raises(DecidedError):
        proposals.reject(change=change, by=curator)


def test_leaving_it_as_it_is(load, curator):
    load(row())
    load(row(street="elm st"))
    proposals.reject(change=ProposedChange.objects.get(), by=curator)
    load(row(street="elm st"))
    assert open_changes() == []
    assert Clinic.objects.get().street == "12 Oak St"
    assert ClinicEvent.objects.get(kind="reject-change").data["values"] == {"street": "12 Elm St"}
    load(row(street="ash st"))
    assert open_changes() == [("street", {"street": "12 Ash St"})]


def test_a_draft_and_an_import_lose_nothing_of_each_other(load, curator):
    load(row())
    clinic = Clinic.objects.get()
    curation.keep_first_version(clinic=clinic)
    draft = clinic.get_latest_revision_as_object()
    draft.phone = "+1 403-555-0100"
    draft.save_revision(user=curator)
    load(row(street="elm st"))
    change = ProposedChange.objects.get()
    with pytest.raises(DraftPendingError):
        proposals.accept(change=change, by=curator)
    assert ProposedChange.objects.open().exists()
    curation.publish(clinic=Clinic.objects.get(), by=curator)
    proposals.accept(change=change, by=curator)
    clinic.refresh_from_db()
    assert (clinic.phone, clinic.street) == ("+1 403-555-0100", "12 Elm St")


def test_the_list_of_a_merged_listing_proposes_to_the_one_that_stands_for_it(load, curator):
    load(row(1), row(2, name="Northside Clinic"))
    load(row(1), row(2, name="Northside Clinic", street="elm st"))
    kept, left = Clinic.objects.order_by("pk")
    pair = DuplicatePair.objects.create(first=kept, second=left, score=90, found_at=AT, seen_at=AT)
    deciding.merge(pair=pair, keep=kept.pk, take=[], seen=deciding.as_seen(pair), because="", by=curator)
    assert [change.clinic for change in ProposedChange.objects.open()] == [kept]
    load(row(1), row(2, name="Northside Clinic", street="elm st", position="51.5,-114.0"))
    changes = ProposedChange.objects.open()
    assert {(change.clinic, change.about) for change in changes} == {(kept, "street"), (kept, "position")}
    for change in changes:
        proposals.accept(change=change, by=curator)
    kept.refresh_from_db()
    assert (kept.street, kept.latitude) == ("12 Elm St", 51.5)

    load(row(1), row(2, name="Northside Hospital", street="elm st", position="51.5,-114.0"))
    deciding.take_back(pair=DuplicatePair.objects.get(), because="", by=curator)
    assert [(change.clinic, change.about) for change in ProposedChange.objects.open()] == [(left, "name")]


# --- In the admin ----------------------------------------------------------------------------------------------------

PAGE = "/admin/curation/proposed-changes/"


def test_the_list_decides_on_what_is_ticked(load, curator, client):
    client.force_login(curator)
    assert "No list proposes a change." in client.get(PAGE).content.decode()
    load(*(row(number, name=f"Clinic {number}") for number in range(3)))
    load(*(row(number, name=f"Clinic {number}", street="<b>elm</b> st") for number in range(3)))
    page = client.get(PAGE).content.decode()
    assert page.count('name="change"') == 3
    assert "12 Oak St" in page
    assert "<b>elm" not in page.lower(), "what a list says is text"
    first, second, third = ProposedChange.objects.open()
    answer = client.post(PAGE, {"decision": "accept", "change": [first.pk, second.pk]}, follow=True)
    assert "Accepted: 2." in answer.content.decode()
    answer = client.post(PAGE, {"decision": "reject", "change": [third.pk, first.pk]}, follow=True)
    assert "Left as it was: 1." in answer.content.decode()
    assert "This has been decided on meanwhile." in answer.content.decode()
    assert Clinic.objects.filter(street__contains="Elm").count() == 2


@pytest.mark.parametrize(
    "posted",
    [{}, {"decision": "accept"}, {"decision": "magic", "change": "1"}, {"change": "x", "decision": "accept"}],
)
def test_nothing_ticked(curator, client, posted):
    client.force_login(curator)
    assert "Tick the changes" in client.post(PAGE, posted, follow=True).content.decode()


def test_only_publishers_decide(client, load):
    load(row())
    load(row(street="elm st"))
    client.force_login(create_user())
    assert client.get(PAGE).status_code in {302, 403}
    assert client.post(PAGE, {"decision": "accept", "change": "1"}).status_code in {302, 403}
    assert open_changes()


def test_queries_do_not_grow(load, curator, client):
    client.force_login(curator)

    def queries(clinics: range) -> int:
        load(*(row(number) for number in range(clinics.stop)))
        load(
            *(
                row(number, street="elm st" if number in clinics else "oak st")
                for number in range(clinics.stop)
            )
        )
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    assert queries(range(10)) == queries(range(20))
