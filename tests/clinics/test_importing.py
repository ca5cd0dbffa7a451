"""Each list in its publisher's layout, read from invented files and written to PostgreSQL."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinics.importing.applying import AlreadyRunningError, ListRefusedError, import_list
from clinics.importing.mappings import MAPPINGS
from clinics.models import Clinic, ClinicEvent, Provider, SourceRecord
from places.models import Place, PlaceName
from places.naming import fold

FILES = Path(__file__).parent.parent / "files"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LISTS = {"samhsa": "samhsa.csv", "nhs-choices": "nhs_choices.csv", "odhf": "odhf.csv"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_gazetteer(db):
    """So that each test says which places there are."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE places_place CASCADE")


def import_file(name, path=None, **options):
    problems = []
    report = import_list(
        path or FILES / LISTS[name],
        MAPPINGS[name],
        at=AT,
        on_problem=lambda p: problems.append(str(p)),
        **options,
    )
    report.problems = problems
    return report


def create_place(
    *, kind, country, code="", name="", region="", precision="district", at=(50.0, -100.0), timezone=""
):
    place = Place.objects.create(
        kind=kind, country=country, code=code, name=name, slug=fold(code or f"{name} {region}").replace(" ", "-"),
        region=region, precision=precision, latitude=at[0], longitude=at[1], timezone=timezone, source="test",
    )  # fmt: skip
    if kind == Place.Kind.TOWN:
        PlaceName.objects.create(place=place, name=name, folded=fold(name), is_preferred=True)
    return place


def edited(tmp_path, name, *changes):
    """The invented list of *name* with some bytes replaced."""
    data = (FILES / LISTS[name]).read_bytes()
    for old, new in changes:
        assert old in data
        data = data.replace(old, new, 1)
    path = tmp_path / LISTS[name]
    path.write_bytes(data)
    return path


def everything():
    """All that an import can write, but for when a row was last seen."""
    return [
        list(model.objects.order_by("pk").values())
        if model is not SourceRecord
        else list(
            model.objects.order_by("pk").values(
                "pk", "identifier", "data", "digest", "first_seen_at", "clinic"
            )
        )
        for model in (Clinic, SourceRecord, ClinicEvent, Provider)
    ]


# --- What each list says ---------------------------------------------------------------------------------------------


def test_samhsa_rows_become_drafts():
    import_file("samhsa")
    clinic = Clinic.objects.get(slug="lapwing-mental-health-center-waterbury")
    assert (clinic.live, clinic.listed, clinic.is_sample) == (False, False, False)
    assert clinic.street == "12 Lapwingtern Street, Suite 2"
    assert (clinic.town, clinic.region, clinic.postcode, clinic.country) == (
        "Waterbury", "Connecticut", "06702", "US",
    )  # fmt: skip
    assert (clinic.latitude, clinic.longitude, clinic.position_precision) == (41.56, -73.05, "street")
    assert (clinic.phone, clinic.website) == ("+1 203-555-0101", "http://www.lapwing.example")
    assert clinic.timezone == "America/New_York"
    assert (clinic.routes, clinic.treatments.count()) == ([], 0)


def test_samhsa_mends_what_spreadsheets_broke():
    import_file("samhsa")
    by_name = {clinic.name: clinic for clinic in Clinic.objects.all()}
    lifeline = by_name["Curlew Clinic Inc, Lifeline Program"]
    assert lifeline.phone == "+1 860-555-0102 ext. 303"
    assert lifeline.website == ""
    assert by_name["Curlew Clinic Inc, Outpatient Services"].website == "http://www.curlew.example/outpatient"
    assert by_name["Teal Counseling"].postcode == "00926"
    assert by_name["Teal Counseling"].website == "https://teal.example/Start?x=1"


def test_samhsa_notes_what_it_cannot_use():
    report = import_file("samhsa")
    assert [problem for problem in report.problems if "row 9" in problem] == [
        "row 9, name1: it begins like a formula; kept as plain text",
        "row 9, name2: it holds what looks like HTML; kept as plain text",
        "row 9, phone: 'not known' is not a telephone number; left out",
        "row 9, website: 'javascript:alert(1)' is not a web address; left out",
    ]
    assert [problem for problem in report.problems if "row 11" in problem] == [
        "row 11, state: 'ZZ' is not a state or territory; left out",
        "row 11, zip: '1234567' is not a ZIP code; left out",
        "row 11, website: 'http://www.avocet.example\\\\path' is not a web address; left out",
        "row 11, latitude: '91.5', '200' is not a position; left out",
        "row 11: no position, and the gazetteer knows neither its postcode nor its town",
    ]
    assert report.notes == len(report.problems)
    assert (report.rows, report.new, report.refused) == (10, 10, 0)


def test_nhs_rows_have_a_delimiter_and_numbers_of_their_own():
    import_file("nhs-choices")
    heron, petrel = (
        Clinic.objects.get(name="Heron Hospital, Leeds"),
        Clinic.objects.get(name="Petrel Hospital"),
    )
    assert (heron.phone, heron.email, heron.website) == (
        "+44 113 496 0101", "desk@heron.example", "http://www.heron.example",
    )  # fmt: skip
    assert heron.provider.name == "Heron Hospitals NHS Trust"
    assert heron.timezone == "Europe/London"
    assert petrel.longitude == pytest.approx(-0.0081910513)
    assert petrel.website == "http://petrel.example/A_B"
    assert petrel.email == ""  # "petrel.example" is none
    annexe = Clinic.objects.get(name="Petrel Hospital Annexe")
    assert (annexe.postcode, annexe.phone, annexe.provider) == ("SE10 9ZV", "+44 20 7946 0104 ext. 5", None)
    assert (
        Clinic.objects.get(name='Heron "East" Hospital').street
        == "Heron House, 4 Heronlinnet Street, Seacroft"
    )
    assert Clinic.objects.filter(name="Café Merlin Day Hospital").exists()
    assert Provider.objects.filter(is_sample=False).count() == 2


def test_odhf_rows_are_windows_1252_and_in_small_letters():
    import_file("odhf")
    siskin = Clinic.objects.get(name="Siskin Children's Centre")
    assert (siskin.street, siskin.town, siskin.region) == ("28 Siskinteal Dr NW", "Calgary", "Alberta")
    assert siskin.timezone == "America/Edmonton"
    east = Clinic.objects.get(name="HÔPITAL GARROT DE L’EST")
    assert (east.street, east.town) == ("215 Boulevard Du Garrot Ouest, unit 2A", "Gaspé")
    assert east.slug == "hopital-garrot-de-lest-gaspe"
    assert not Provider.objects.exists()  # its "provider" is the office that published the row


@pytest.mark.parametrize("name", LISTS)
def test_each_clinic_passes_the_checks_of_the_editor(name):
    import_file(name)
    for clinic in Clinic.objects.all():
        clinic.full_clean(exclude=["provider"])


@pytest.mark.parametrize("name", LISTS)
def test_each_row_is_kept_as_it_was_said(name):
    import_file(name)
    record = SourceRecord.objects.filter(source=name).order_by("pk").first()
    assert record.clinic.source_records.get() == record
    assert "" not in record.data  # the running number is about the file
    assert record.data.get("zip", "6702") == "6702"  # not mended here
    assert ClinicEvent.objects.filter(kind="import", clinic=record.clinic, by=None).count() == 1


# --- Identifiers -----------------------------------------------------------------------------------------------------


def test_rows_that_share_a_name_and_address_are_numbered():
    report = import_file("samhsa")
    wren = SourceRecord.objects.filter(identifier__startswith="wren recovery|").order_by("identifier")
    identifiers = [record.identifier for record in wren]
    base = "wren recovery|day program|3 wrenpipit avenue|90045"
    assert identifiers == [base, f"{base}#2", f"{base}#3"]
    assert len({record.clinic_id for record in wren}) == 3
    assert "row 7: an earlier row says the same in every column" in report.problems


def test_slugs_are_unique_and_readable():
    import_file("samhsa")
    slugs = set(Clinic.objects.filter(name__startswith="Wren").values_list("slug", flat=True))
    assert {"wren-recovery-day-program-los-angeles", "wren-recovery-day-program-los-angeles-90045"} < slugs
    assert len(slugs) == 3


def test_the_order_of_the_rows_does_not_matter(tmp_path):
    import_file("samhsa")
    before = everything()
    heading, *rows = (FILES / "samhsa.csv").read_text().splitlines(keepends=True)
    path = tmp_path / "samhsa.csv"
    path.write_text(heading + "".join(reversed(rows)))
    report = import_file("samhsa", path)
    assert (report.new, report.unchanged, report.changed) == (0, 10, 0)
    assert everything() == before


def test_an_identifier_of_the_source_twice_is_refused(tmp_path):
    path = edited(tmp_path, "odhf", (b"\r\n11,", b"\r\n10,"))
    with pytest.raises(ListRefusedError) as refusal:
        import_file("odhf", path)
    assert refusal.value.report.refused == 1
    assert not Clinic.objects.exists()
    report = import_file("odhf", path, dry_run=True)
    assert "row 3: an earlier row has its identifier, 10 (row refused)" in report.problems


# --- Positions and time zones ----------------------------------------------------------------------------------------


def test_a_missing_position_comes_from_the_postcode_then_from_the_town():
    create_place(kind="fsa", country="CA", code="T3M", name="Calgary", region="Alberta", at=(50.87, -113.95))
    create_place(
        kind="town",
        country="CA",
        name="Surrey",
        region="British Columbia",
        precision="town",
        at=(49.1, -122.8),
    )
    report = import_file("odhf")
    seton = Clinic.objects.get(name="Agence Siskin — Seton")
    assert (seton.latitude, seton.longitude, seton.position_precision) == (50.87, -113.95, "district")
    plover = Clinic.objects.get(name="Plover House")  # 0, 0 in the list
    assert (plover.latitude, plover.position_precision) == (49.1, "town")
    redwing = Clinic.objects.get(name="Redwing Lodge")
    assert (redwing.latitude, redwing.longitude, redwing.position_precision) == (None, None, "")
    assert (report.unplaced_in_list, report.unplaced) == (3, 1)


def test_a_position_in_the_list_is_kept():
    create_place(kind="fsa", country="CA", code="T3B", at=(0.0, 0.0))
    import_file("odhf")
    assert Clinic.objects.get(name="Siskin Children's Centre").latitude == 51.074582


def test_the_time_zone_is_that_of_the_town_where_it_is_known():
    create_place(
        kind="town", country="US", name="El Paso", region="Texas", precision="town", timezone="America/Denver"
    )
    import_file("samhsa")
    zones = dict(Clinic.objects.values_list("town", "timezone"))
    assert zones["El Paso"] == "America/Denver"
    assert zones["San Juan"] == "America/Puerto_Rico"
    assert zones["Nowhere"] == ""


# --- Again, and again after changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_second_run_changes_nothing(name):
    import_file(name)
    before = everything()
    report = import_list(FILES / LISTS[name], MAPPINGS[name], at=AT + timedelta(days=1))
    assert (report.new, report.unchanged, report.changed, report.gone) == (0, report.rows, 0, 0)
    assert everything() == before
    assert set(SourceRecord.objects.values_list("last_seen_at", flat=True)) == {AT + timedelta(days=1)}


def test_a_changed_row_changes_its_record_and_no_clinic(tmp_path):
    import_file("odhf")
    before = list(Clinic.objects.order_by("pk").values())
    path = edited(
        tmp_path, "odhf", (b"siskinteal dr nw", b"siskintern dr nw"), (b"Plover House", b"Plover Home")
    )
    report = import_file("odhf", path)
    assert (report.new, report.changed, report.unchanged) == (0, 2, 3)
    assert "row 2: changed since the last import: street_name; proposed to the curators" in report.problems
    assert list(Clinic.objects.order_by("pk").values()) == before
    assert SourceRecord.objects.get(identifier="10").data["street_name"] == "siskintern dr nw"
    assert import_file("odhf", path).unchanged == 5


def test_rows_that_left_the_list_are_counted_and_kept(tmp_path):
    import_file("odhf")
    path = tmp_path / "odhf.csv"
    path.write_bytes(b"".join((FILES / "odhf.csv").read_bytes().splitlines(keepends=True)[:3]))
    report = import_file("odhf", path)
    assert (report.gone, SourceRecord.objects.count(), Clinic.objects.count()) == (3, 5, 5)


def test_a_row_that_was_taken_from_its_clinic_makes_no_other():
    import_file("odhf")
    SourceRecord.objects.filter(clinic__name="Plover House").update(clinic=None)
    assert import_file("odhf").new == 0
    assert Clinic.objects.filter(name="Plover House").count() == 1


def test_two_lists_do_not_mix():
    import_file("odhf")
    assert import_file("nhs-choices").gone == 0
    assert Clinic.objects.count() == 10


# --- Listing and dry runs --------------------------------------------------------------------------------------------


def test_list_shows_them_at_once():
    report = import_file("samhsa", listed=True)
    assert Clinic.objects.listed().count() == report.listed == 10
    assert not Clinic.objects.filter(first_published_at=None).exists()


def test_list_shows_earlier_drafts_unless_a_curator_has_touched_them():
    import_file("samhsa")
    touched = Clinic.objects.get(name="Teal Counseling")
    touched.save_revision()
    report = import_file("samhsa", listed=True)
    assert (report.new, report.listed) == (0, 9)
    assert set(Clinic.objects.filter(live=False)) == {touched}
    assert ClinicEvent.objects.filter(kind="publish").count() == 9


@pytest.mark.parametrize("name", LISTS)
def test_a_dry_run_reports_the_same_and_writes_nothing(name):
    dry = import_file(name, dry_run=True)
    assert not any(everything())
    assert import_file(name) == dry


def test_a_dry_run_after_an_import_tells_changes(tmp_path):
    import_file("odhf")
    before = everything()
    path = edited(tmp_path, "odhf", (b"Plover House", b"Plover Home"))
    report = import_file("odhf", path, dry_run=True)
    assert (report.new, report.changed, report.unchanged) == (0, 1, 4)
    assert everything() == before


# --- The command -----------------------------------------------------------------------------------------------------


def test_the_command_reports(capsys):
    call_command("import_clinics", str(FILES / "odhf.csv"), source="odhf", dry_run=True)
    said = capsys.readouterr()
    assert "row 6: no position" in said.out
    assert "Nothing was written. An import would find 5 rows: 5 new" in said.out
    assert "still without after the gazetteer: 3" in said.out
    assert "5 of 5 rows" in said.err


def test_the_command_lists(capsys):
    call_command("import_clinics", str(FILES / "odhf.csv"), "--source=odhf", "--list")
    assert "Listed: 5." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("none.csv", "odhf", "There is no file"),
        (".", "odhf", "cannot be read"),
        ("samhsa.csv", "odhf", "does not look like the Open Database"),
    ],
)
def test_the_command_says_what_is_wrong(path, source, said):
    with pytest.raises(CommandError, match=said):
        call_command("import_clinics", str(FILES / path), source=source)


def test_the_command_refuses_and_writes_nothing(tmp_path, capsys):
    path = edited(tmp_path, "odhf", (b"Plover House", b""), (b"Redwing Lodge", b"Red\0wing"))
    with pytest.raises(CommandError, match="2 of 5 rows cannot be taken"):
        call_command("import_clinics", str(path), source="odhf")
    said = capsys.readouterr().out
    assert "row 5, facility_name: it has no name (row refused)" in said
    assert "row 6, facility_name: it holds a NUL character (row refused)" in said
    assert not any(everything())


@pytest.mark.django_db(transaction=True)
def test_one_import_of_a_list_at_a_time():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('clinics.importing odhf'))")
        with pytest.raises(AlreadyRunningError):
            import_file("odhf")
        assert import_file("nhs-choices").new == 5
    finally:
        other.close()
