"""Each field of a listing knows where it comes from, and when it was last confirmed."""

from datetime import UTC, date, datetime

import pytest

from clinics import curation
from clinics.importing.applying import import_list
from clinics.importing.mappings import MAPPINGS
from clinics.models import Clinic
from clinics.provenance import origins
from tests.clinics.admin.screens import address, count_queries
from tests.factories import create_clinic

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
HEADING = "index,facility_name,unit,street_no,street_name,postal_code,city,province,latitude,longitude\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(tmp_path) -> Clinic:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADING}1,Northside,,12,oak st,T3B 0X9,calgary,ab,51.0,-114.0\n")
    import_list(path, MAPPINGS["odhf"], at=AT, listed=True)
    return Clinic.objects.get()


def said_of(clinic: Clinic) -> dict[str, tuple]:
    fresh = Clinic.objects.get(pk=clinic.pk)
    return {each.label: (each.said_by, each.since, each.confirmed_on) for each in origins(fresh)}


def test_what_a_list_said_and_what_a_person_found(imported, publisher):
    assert said_of(imported)["Street"] == ("odhf", AT.date(), None)
    curation.correct(
        clinic=imported, corrections={"phone": "+1 403-555-0100"}, because="Its website", by=publisher
    )
    curation.verify(
        clinic=Clinic.objects.get(),
        how="phone",
        on=date(2026, 6, 1),
        by=publisher,
        corrections={"street": "14 Oak St"},
    )
    said = said_of(imported)
    assert said["Name"] == ("odhf", AT.date(), date(2026, 6, 1))
    assert said["Phone"][0] == "publisher: Its website"
    assert said["Street"][0].startswith("publisher (verify, by phone: street)")
    assert "Website" not in said, "what is not known comes from nowhere"


def test_a_change_without_an_event_is_not_said_to_be_the_lists(imported):
    Clinic.objects.update(name="Southside")
    assert said_of(imported)["Name"] == ("Entered in the admin", None, None)


def test_the_editor_shows_it(imported, client, publisher):
    page = client.get(address(Clinic, "edit", imported.pk)).content.decode()
    assert "Where each field comes from" in page
    assert "odhf 1" in page, "the record with its identifier"
    assert "4 May 2026" in page
    by_hand = create_clinic(name="Heron")
    assert "No list names it." in client.get(address(Clinic, "edit", by_hand.pk)).content.decode()
    assert "Where each field comes from" not in client.get(address(Clinic, "add")).content.decode()


def test_a_longer_history_asks_no_more(imported, client, publisher):
    def queries() -> int:
        return count_queries(client, address(Clinic, "edit", imported.pk))

    curation.verify(clinic=imported, how="phone", on=date(2026, 6, 1), by=publisher)
    few = queries()
    for number in range(5):
        curation.correct(
            clinic=Clinic.objects.get(),
            corrections={"phone": f"+1 403-555-010{number}"},
            because="",
            by=publisher,
        )
    assert queries() == few
