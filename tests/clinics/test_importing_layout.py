"""Files of every sort become the same rows, and a file's layout is guessed from its beginning."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from clinics.exporting.publishing import publish
from clinics.importing import layout
from clinics.importing.applying import import_list
from clinics.importing.columns import Columns
from clinics.importing.layout import FOUND, Kind, Layout, UnreadableFileError, detect
from clinics.importing.mappings import MAPPINGS
from clinics.importing.reading import read_rows
from clinics.models import Clinic, Treatment

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TABLE = [["id", "name", "town"], ["1", "Café", "Leeds"], ["2", "Zwei, GmbH", ""]]


def text_of(delimiter=","):
    def cell(text):
        return f'"{text}"' if delimiter in text else text

    return "".join(delimiter.join(map(cell, row)) + "\n" for row in TABLE)


def workbook(rows=TABLE) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def records():
    return [dict(zip(TABLE[0], row, strict=True)) for row in TABLE[1:]]


FILES = {
    "CSV": (text_of().encode(), Layout()),
    "CSV with a mark": (text_of().encode("utf-8-sig"), Layout()),
    "TSV": (text_of("\t").encode(), Layout(delimiter="\t", is_quoted=False)),
    "semicolons, Windows": (text_of(";").encode("windows-1252"), Layout(encoding="windows-1252", delimiter=";", is_quoted=False)),
    "NHS.uk": (text_of("¬").encode("iso-8859-1"), Layout(encoding="windows-1252", delimiter="¬", is_quoted=False)),
    "UTF-16": (text_of("\t").encode("utf-16"), Layout(encoding="utf-16", delimiter="\t", is_quoted=False)),
    "preamble": (b"Directory of today\n\n" + text_of().encode(), Layout(heading=3)),
    "no heading": (text_of().replace("id,name,town", "0,A 123,York").encode(), Layout(heading=0)),
    "workbook": (workbook(), Layout(kind=Kind.WORKBOOK)),
    "workbook, preamble": (workbook([["Of today"], *TABLE]), Layout(kind=Kind.WORKBOOK, heading=2)),
    "JSON": (json.dumps(records()).encode(), Layout(kind=Kind.JSON, heading=0, records="item")),
    "JSON inside": (json.dumps({"page": 1, "rows": records()}).encode(), Layout(kind=Kind.JSON, heading=0, records="rows.item")),
    "JSON Lines": ("\n".join(map(json.dumps, records())).encode(), Layout(kind=Kind.JSON, heading=0)),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_layout_is_guessed_and_read(tmp_path, name):
    data, expected = FILES[name]
    path = tmp_path / "list"
    path.write_bytes(data)
    guessed = detect(path)
    assert guessed == expected
    columns = ("column 1", "column 2") if name == "no heading" else ("id", "name")
    mapping = Columns("test", "the list", "GB", {"name": (columns[1],)}, (columns[0],), guessed).mapping()
    rows = [[row.cells[column] for column in columns] for row in read_rows(path, mapping)]
    assert rows[-2:] == [["1", "Café"], ["2", "Zwei, GmbH"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no rows"),
        (b"\n\n\n", "no rows"),
        (b"PK\x03\x04 and no more", "not a workbook"),
        (b'{"a": 1}', "no list of records"),
        (b"[1, 2", "JSON cannot be read"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_list_is_said(tmp_path, data, said):
    path = tmp_path / "list"
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match=said):
        detect(path)


@pytest.mark.parametrize(
    ("part", "bound"), [("workbook", "LARGEST_WORKBOOK"), ("sharedStrings", "LARGEST_STRINGS")]
)
def test_a_workbook_that_unpacks_to_more_than_there_is_room_for(tmp_path, monkeypatch, part, bound):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"xl/{part}.xml", b"0" * 5_000_000)
    monkeypatch.setattr(layout, bound, 1_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFileError, match="too large when unpacked"):
        detect(path)


def test_a_json_list_that_breaks_off_says_after_which_record(tmp_path):
    path = tmp_path / "list.json"
    path.write_text('[{"id": "1", "name": "A"}, {"id": "2", "na')
    mapping = Columns(
        "test", "the list", "GB", {"name": ("name",)}, ("id",), Layout(Kind.JSON, records="item")
    )
    with pytest.raises(UnreadableFileError, match="after record 1"):
        list(read_rows(path, mapping.mapping()))


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    with suppress(UnreadableFileError):
        guessed = detect(path)
        list(read_rows(path, Columns("test", "the list", "GB", {"name": ()}, (), guessed).mapping()))


# --- Lists as they are published -------------------------------------------------------------------------------------

EPRACCUR_ROW = [
    "A81001", "THE DENSHAM SURGERY", "Y63", "QHM", "THE HEALTH CENTRE", "LAWSON STREET", "", "STOCKTON-ON-TEES",
    "CLEVELAND", "TS18 1HU", "19740401", "", "A", "B", "16C", "20130401", "", "01642 672351", "", "", "", "0", "",
    "16C", "", "4", "",
]  # fmt: skip
CQC_HEADING = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),Service types,Date of latest "
    "check,Specialisms/services,Provider name,Local authority,Region,Location URL,CQC Location ID (for office use "
    "only),CQC Provider ID (for office use only)"
)
PUBLISHED = {
    "nhs-ods-epraccur": (
        ",".join(f'"{cell}"' for cell in EPRACCUR_ROW)
        + "\n"
        + ",".join(["A81002", "CLOSED ONE", *EPRACCUR_ROW[2:12], "C", *EPRACCUR_ROW[13:]])
        + "\n"
    ),
    "cqc-directory": (
        "Care directory\nAs of today\n\n\n" + CQC_HEADING + "\n"
        '"Invented Clinic","","1 Owl Lane, Leeds",LS1 4AP,01134960000,www.example.org,Clinic,,,Owls Ltd,Leeds,'
        "Yorkshire,https://example.org,1-101,1-100\n"
    ),
    "nppes": (
        "NPI,Entity Type Code,Provider Organization Name (Legal Business Name),NPI Deactivation Date,"
        + ",".join(
            f"Provider {line}Business Practice Location Address{what}"
            for line, what in [
                ("First Line ", ""), ("Second Line ", ""), ("", " City Name"), ("", " State Name"),
                ("", " Postal Code"), ("", " Telephone Number"),
            ]
        )
        + "\n1000000001,2,INVENTED CLINIC,,1 OWL ST,,WATERBURY,CT,067082460,2035550100\n"
        "1000000002,1,,,1 OWL ST,,WATERBURY,CT,06708,\n"
    ),
    "samhsa-findtreatment": json.dumps(
        {
            "page": 1,
            "rows": [
                {
                    "frid": "a1", "name1": "Invented Clinic", "name2": "", "street1": "1 Owl St", "street2": "",
                    "city": "Waterbury", "state": "CT", "zip": "06708", "phone": "203-555-0100", "website": "",
                    "latitude": "41.5", "longitude": "-73.0", "miles": 1.5,
                    "services": [{"f1": "Pharmacotherapies", "f2": "PHR", "f3": "Lithium; Ketamine Infusion Therapy"}],
                },
                {
                    "frid": "a2", "name1": "Another", "name2": "", "street1": "2 Owl St", "street2": "",
                    "city": "Waterbury", "state": "CT", "zip": "06708", "phone": "", "website": "http://",
                    "latitude": "", "longitude": "", "miles": 2, "services": [],
                },
            ],
        }
    ),
}  # fmt: skip


@pytest.fixture
def load(tmp_path, db):
    def load(source: str, text: str, **options):
        path = tmp_path / source
        path.write_text(text)
        return import_list(path, MAPPINGS[source], at=AT, **options)

    return load


@pytest.mark.parametrize("source", PUBLISHED)
def test_a_published_list_can_be_imported_and_again(load, source):
    first, again = load(source, PUBLISHED[source]), load(source, PUBLISHED[source])
    assert (first.refused, first.new) == (0, 2 if source == "samhsa-findtreatment" else 1)
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.new)


def test_what_they_say(load):
    for source, text in PUBLISHED.items():
        load(source, text)
    said = {
        clinic.source_records.get().source: [
            clinic.name, clinic.street, clinic.town, clinic.region, clinic.postcode, clinic.phone
        ]
        for clinic in Clinic.objects.exclude(name="Another")
    }  # fmt: skip
    assert said == {
        "nhs-ods-epraccur": ["THE DENSHAM SURGERY", "THE HEALTH CENTRE, LAWSON STREET", "STOCKTON-ON-TEES", "CLEVELAND", "TS18 1HU", "+44 1642 672351"],
        "cqc-directory": ["Invented Clinic", "1 Owl Lane, Leeds", "", "Leeds", "LS1 4AP", "+44 113 496 0000"],
        "nppes": ["INVENTED CLINIC", "1 OWL ST", "WATERBURY", "Connecticut", "06708", "+1 203-555-0100"],
        "samhsa-findtreatment": ["Invented Clinic", "1 Owl St", "Waterbury", "Connecticut", "06708", "+1 203-555-0100"],
    }  # fmt: skip
    (treatment,) = Treatment.objects.all()
    assert (treatment.clinic.name, treatment.get_route_display()) == (
        "Invented Clinic",
        "Intravenous infusion",
    )
    assert treatment.clinic.routes == [treatment.route]


def test_our_own_export_can_be_imported(world, tmp_path):
    publish(tmp_path, at=AT, include_samples=True)
    report = import_list(tmp_path / "current" / "clinics.hsds.jsonl", MAPPINGS["hsds"], at=AT, dry_run=True)
    remote = Clinic.objects.listed().filter(setting="remote").count()
    assert (report.rows, report.refused) == (Clinic.objects.listed().count(), remote)
    unplaced = Clinic.objects.listed().filter(setting="in-clinic", latitude=None).count()
    assert report.unplaced_in_list == unplaced


def test_a_heading_that_cannot_be_found(load):
    assert MAPPINGS["cqc-directory"].layout.heading == FOUND
    with pytest.raises(UnreadableFileError, match="has no column"):
        load("cqc-directory", "a,b\n" * 100)


def test_a_house_number_of_its_own_and_small_letters(tmp_path, db):
    path = tmp_path / "list.csv"
    path.write_text("id,name,no,street,town\n1,Heron,12b,oak st nw,calgary\n2,Teal,,Oak St,Leeds\n")
    fields = {"name": ("name",), "street": ("no", "street"), "town": ("town",)}
    import_list(path, Columns("test", "the list", "CA", fields, ("id",)).mapping(), at=AT)
    made = Clinic.objects.order_by("name").values_list("street", "town")
    assert list(made) == [("12b Oak St NW", "Calgary"), ("Oak St", "Leeds")]
