"""Importing a list in the admin, from the file to the drafts."""

import csv
import io
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from clinics import curation
from clinics.exporting.publishing import publish
from clinics.importing import uploads
from clinics.importing.running import MOST_STARTS, run_next, work
from clinics.models import Clinic, ImportRun, ProposedChange, SavedMapping, SourceRecord
from clinics.spreadsheets import safe_cell
from tests.clinics.admin.screens import count_queries
from tests.factories import create_user
from tests.roles import IMPORTER, person

FILES = Path(project.BASE_DIR) / "tests" / "files"
LIST = (
    "id;name;street;town;postcode;tel\n"
    "1;Café Clinic;1 Owl Lane;Leeds;LS1 4AP;0113 496 0000\n"
    "2;Zweite;2 Owl Lane;Leeds;LS1 4AP;not a number\n"
).encode("windows-1252")
FACTS = {"title": "The list", "source": "the-list", "country": "GB", "precision": "street", "credit": ""}
AS_READ = {"layout-encoding": "windows-1252", "layout-delimiter": ";", "layout-heading": "1"}
COLUMNS = {
    "columns-field_0": "", "columns-names_0": "on", "columns-field_1": "name", "columns-field_2": "street",
    "columns-field_3": "town", "columns-field_4": "postcode", "columns-field_5": "phone",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def importer(client, settings, tmp_path):
    settings.IMPORT_ROOT = tmp_path
    user = person(IMPORTER)
    client.force_login(user)
    return user


@pytest.fixture
def upload(client):
    def upload(data: bytes, way: str = "", name: str = "list.csv") -> ImportRun | None:
        posted = {"file": SimpleUploadedFile(name, data), "way": way}
        upload.answer = client.post(reverse("curation:import_add"), posted)
        return ImportRun.objects.order_by("pk").last()

    return upload


@pytest.fixture
def do(client):
    """``do(run, "check")`` asks for it in the admin and works on it as the worker does."""

    def do(run: ImportRun, action: str) -> ImportRun:
        client.post(reverse("curation:import_ask", args=[run.pk]), {"action": action})
        run.refresh_from_db()
        if run.state == "waiting":
            run.state = "running"
            assert work(run, lambda done, of: None)
        run.refresh_from_db()
        return run

    return do


def page(client, run, name="import") -> str:
    return client.get(reverse(f"curation:{name}", args=[run.pk])).content.decode()


def mapped(client, run, **changes) -> None:
    answer = client.post(
        reverse("curation:import_mapping", args=[run.pk]), {**AS_READ, **COLUMNS, **FACTS, **changes}
    )
    assert answer.status_code == 302, answer.content.decode()


def test_a_list_is_mapped_by_hand_checked_and_imported(client, upload, do):
    run = upload(LIST)
    seen = page(client, run, "import_mapping")
    assert '<option value="windows-1252" selected>' in seen, "what was found out is shown"
    assert '<option value=";" selected>' in seen
    assert "Café Clinic" in seen
    assert '<option value="phone" selected>' in seen, "guessed from the column's name"
    mapped(client, run)
    seen = page(client, run)
    assert "+44 113 496 0000" in seen, "what the first rows become"
    assert "is not a telephone number; left out" in seen

    do(run, "check")
    assert (run.state, run.report["new"], Clinic.objects.count()) == ("checked", 2, 0)
    report = b"".join(client.get(reverse("curation:import_report", args=[run.pk])).streaming_content)
    assert report.decode("utf-8-sig").splitlines()[1].startswith("3,tel,'not a number' is not a telephone")

    do(run, "import")
    assert (run.state, run.report["new"]) == ("imported", 2)
    clinic = Clinic.objects.get(name="Café Clinic")
    assert (clinic.live, clinic.phone, clinic.country) == (False, "+44 113 496 0000", "GB")
    assert SourceRecord.objects.get(clinic=clinic).identifier == "1"
    assert not uploads.list_of(run).exists()
    assert "That cannot be done" in client.post(
        reverse("curation:import_ask", args=[run.pk]), {"action": "import"}, follow=True
    ).content.decode()  # fmt: skip


def test_a_mapping_is_kept_and_a_changed_list_proposes_each_change_once(client, upload, do):
    mapped(client, run := upload(LIST))
    do(run, "import")
    changed = LIST.replace(b"1 Owl Lane", b"9 Owl Lane")
    for proposed in (1, 0):
        run = do(upload(changed, "saved:the-list"), "import")
        assert (run.state, run.report["new"], run.report["proposed"]) == ("imported", 0, proposed)
    assert ProposedChange.objects.open().get().values == {"street": "9 Owl Lane"}
    assert Clinic.objects.filter(street="9 Owl Lane").count() == 0
    assert SavedMapping.objects.get().fields["phone"] == ["tel"]


def test_the_layout_is_changed_and_the_file_is_read_again(client, upload):
    run = upload(LIST)
    url = reverse("curation:import_mapping", args=[run.pk])
    answer = client.post(url, {**AS_READ, "layout-encoding": "utf-8", "action": "read"}, follow=True)
    assert "Caf? Clinic" in answer.content.decode()
    run.refresh_from_db()
    assert run.mapping["layout"]["encoding"] == "utf-8"
    answer = client.post(url, {**AS_READ, "layout-heading": "0", "action": "read"}, follow=True)
    assert "column 6" in answer.content.decode()
    answer = client.post(url, {**AS_READ, "layout-heading": "40", "action": "read"})
    assert answer.status_code == 422
    assert "No columns are found there." in answer.content.decode()
    answer = client.post(url, {**AS_READ, "layout-heading": "x", "action": "read"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns-field_1": ""}, "Say which column is the name of the clinic."),
        ({"source": "odhf"}, "That is the name of a ready mapping."),
        ({"title": ""}, "This field is required."),
        ({"country": "ZZ"}, "Select a valid choice."),
        ({"columns-field_1": "is_sample"}, "Select a valid choice."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, upload, changes, said):
    run = upload(LIST)
    posted = {**AS_READ, **COLUMNS, **FACTS, "credit": "As typed", **changes}
    answer = client.post(reverse("curation:import_mapping", args=[run.pk]), posted)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "As typed" in answer.content.decode()
    run.refresh_from_db()
    assert run.source == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"\n \n", "The file has no rows."),
        (b"PK\x03\x04rubbish", "This is not a workbook that can be read."),
        (b"[" * 5000, "nested too deep"),
    ],
)
def test_what_is_no_list_is_not_kept(upload, data, said, tmp_path):
    assert upload(data) is None
    assert upload.answer.status_code == 422
    assert said in upload.answer.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_another_list_than_was_said(client, upload, do):
    run = upload(LIST, "ready:odhf")
    assert "does not look like" in page(client, run)
    do(run, "import")
    assert run.state == "failed"
    assert "does not look like" in run.said
    assert Clinic.objects.count() == 0


@pytest.mark.parametrize("source", ["samhsa", "odhf", "nhs-choices"])
def test_the_ready_lists(client, upload, do, source):
    run = upload((FILES / f"{source.replace('-', '_')}.csv").read_bytes(), f"ready:{source}")
    assert "What the first rows become" in page(client, run)
    do(run, "check")
    assert run.state == "checked"
    assert f"{run.report['new']}" in page(client, run)


def test_a_row_that_cannot_be_taken_stops_all_of_it(client, upload, do):
    mapped(client, run := upload(LIST + b"3;;;;;\n"))
    do(run, "check")
    assert (run.state, run.report["refused"]) == ("checked", 1)
    assert "Import it" not in page(client, run)
    do(run, "import")
    assert (run.state, Clinic.objects.count()) == ("refused", 0)
    assert "it has no name" in page(client, run)


def test_words_that_could_do_harm_come_back_as_text(client, upload, do):
    evil = "<script>alert(1)</script>", '=HYPERLINK("x")', "{{ 7*7 }}", "'; DROP TABLE x; --", "\u202eevil"
    rows = "".join(
        f'{number};"{word.replace(chr(34), chr(34) * 2)}";;;;{number}\n' for number, word in enumerate(evil)
    )
    mapped(client, run := upload(b"id;name;street;town;postcode;tel\n" + rows.encode()), **{"layout-encoding": "utf-8", "layout-is_quoted": "on"})  # fmt: skip
    seen = page(client, run)
    assert "<script>alert(1)" not in seen
    assert "&lt;script&gt;alert(1)" in seen
    do(run, "import")
    assert run.state == "imported"
    assert {clinic.name for clinic in Clinic.objects.all()} == {word.replace("\u202e", "") for word in evil}
    assert "<script>alert(1)" not in page(client, run)
    assert (
        "<script>alert(1)" not in client.get(reverse("wagtailsnippets_clinics_clinic:list")).content.decode()
    )
    report = b"".join(client.get(reverse("curation:import_report", args=[run.pk])).streaming_content).decode()
    assert not [
        line for line in report.splitlines() for cell in line.split(",") if cell[:1] in "=+@" and cell
    ]

    for clinic in Clinic.objects.all():
        curation.publish(clinic=clinic, by=create_user(is_superuser=True))
        public = client.get(clinic.get_absolute_url()).content.decode()
        assert escape(clinic.name) in public
        assert "<script>alert(1)" not in public
    exported = uploads.folder_of(run) / "export"
    publish(exported, at=timezone.now())
    with (exported / "current" / "clinics.csv").open(encoding="utf-8-sig") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert names == {safe_cell(clinic.name) for clinic in Clinic.objects.all()}
    assert '\'=HYPERLINK("x")' in names


def test_it_can_be_stopped_before_it_begins(client, upload, do):
    mapped(client, run := upload(LIST))
    ask = reverse("curation:import_ask", args=[run.pk])
    client.post(ask, {"action": "import"})
    assert 'hx-trigger="every 1s"' in page(client, run)
    client.post(ask, {"action": "cancel"})
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not run_next()
    assert do(run, "check").state == "checked"


def test_one_that_was_stopped_too_often_is_given_up(client, upload):
    mapped(client, run := upload(LIST))
    client.post(reverse("curation:import_ask", args=[run.pk]), {"action": "import"})
    ImportRun.objects.update(starts=MOST_STARTS)
    assert run_next()
    run.refresh_from_db()
    assert (run.state, Clinic.objects.count()) == ("failed", 0)


def test_a_workbook_and_json(client, upload):
    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for row in LIST.decode("windows-1252").splitlines():
        book.active.append(row.split(";"))
    book.save(file)
    run = upload(file.getvalue(), name="list.xlsx")
    assert "Café Clinic" in page(client, run, "import_mapping")
    run = upload(b'[{"id": 1, "name": "A"}, {"id": 2, "name": "B", "phone": "0113 496 0000"}]', name="l.json")
    assert "0113 496 0000" in page(client, run, "import_mapping")


def test_queries_do_not_grow(client, upload):
    def queries() -> int:
        return count_queries(client, reverse("curation:imports"))

    upload(LIST)
    few = queries()
    upload(LIST)
    assert queries() == few
