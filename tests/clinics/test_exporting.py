"""The directory as files: what is in them, and that a set is whole or not there."""

import csv
import hashlib
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker

from clinics.exporting import publishing
from clinics.exporting.publishing import AlreadyRunningError, current, publish
from clinics.models import Clinic, Provider, Route, SourceRecord
from clinics.spreadsheets import safe_cell
from places.distance import Point
from tests.factories import create_clinic

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
LEEDS = Point(53.7997, -1.5492)
HSDS_SCHEMA = json.loads((Path(__file__).parent.parent / "files" / "hsds_service.schema.json").read_text())

exported = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    settings.EXPORT_ROOT = tmp_path / "exports"
    return settings.EXPORT_ROOT


def read(root, name):
    return (root / "current" / name).read_text()


def rows_of(root):
    return list(csv.DictReader(io.StringIO(read(root, "clinics.csv"))))


@exported
def test_a_table(root):
    create_clinic(
        name="Sønder, \"quoted\"", point=LEEDS, routes=[Route.ORAL, Route.IV], payments=["public", "insurance"],
        phone="+44 113 496 0000", taking_new_patients=True, parking=False,
        provider=Provider.objects.create(name="=cmd|' /C calc'!A0"),
    )  # fmt: skip
    publish(root, at=AT)
    (row,) = rows_of(root)
    assert row["name"] == 'Sønder, "quoted"'
    assert (row["treatments"], row["payments"]) == ("iv; oral", "public; insurance")
    assert (row["taking_new_patients"], row["parking"], row["wheelchair_access"]) == ("yes", "no", "")
    assert (row["latitude"], row["longitude"]) == ("53.7997", "-1.5492"), "a number is no formula"
    assert row["provider"] == "'=cmd|' /C calc'!A0"
    assert row["phone"] == "'+44 113 496 0000"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM", "\t=1", "\r=1", "\n=1", "\0=1"])
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "a=1", "1-2", -1, -1.5, None])
def test_what_is_no_formula_stays(value):
    assert safe_cell(value) == value


@exported
def test_geojson(root):
    create_clinic(name="Here", point=LEEDS, routes=[Route.IV])
    create_clinic(name="Remote", setting="remote", remote_regions=["GB"])
    publish(root, at=AT)
    collection = json.loads(read(root, "clinics.geojson"))
    here, remote = collection["features"]
    assert collection["type"] == "FeatureCollection"
    assert here["geometry"] == {"type": "Point", "coordinates": [-1.5492, 53.7997]}
    assert remote["geometry"] is None
    assert (here["properties"]["treatments"], here["properties"]["wheelchair_access"]) == (["iv"], None)


@exported
def test_geojson_of_nothing_is_whole(root):
    publish(root, at=AT)
    assert json.loads(read(root, "clinics.geojson")) == {"type": "FeatureCollection", "features": []}


def test_hsds_of_the_samples_is_valid(world, root):
    """Each line against our own reading of HSDS 3.0, whose published schema may not be kept here (docs/adr/0086)."""
    publish(root, at=AT, include_samples=True)
    validator = Draft202012Validator(HSDS_SCHEMA, format_checker=FormatChecker())
    services = [json.loads(line) for line in read(root, "clinics.hsds.jsonl").splitlines()]
    assert len(services) == Clinic.objects.listed().count() > 200
    for service in services:
        validator.validate(service)
        assert service["alert"] == "Sample listing, not a real clinic."
    used = {member for service in services for member in service}
    assert used == set(HSDS_SCHEMA["properties"]), "each member is in some sample, so each is tested"
    assert len({UUID(service["id"]) for service in services}) == len(services)


@exported
def test_identifiers_stay_from_night_to_night(root):
    create_clinic(name="Same", point=LEEDS, routes=[Route.IV])
    publish(root, at=AT)
    first = json.loads(read(root, "clinics.hsds.jsonl"))
    publish(root, at=AT.replace(day=24))
    assert json.loads(read(root, "clinics.hsds.jsonl")) == first


@exported
def test_who_is_in_it(root):
    create_clinic(name="Listed")
    create_clinic(name="Sample", is_sample=True)
    create_clinic(name="Draft", listed=False)
    create_clinic(name="Paused", status="paused")
    assert publish(root, at=AT).rows == 1
    assert [row["name"] for row in rows_of(root)] == ["Listed"]
    manifest = publish(root, at=AT, include_samples=True)
    assert (manifest.rows, manifest.includes_samples) == (2, True)


@exported
def test_the_manifest_says_what_it_is(root):
    clinic = create_clinic(name="Listed")
    SourceRecord.objects.create(
        source="odhf", identifier="7", clinic=clinic, data={}, digest="", first_seen_at=AT, last_seen_at=AT
    )
    made = publish(root, at=AT)
    folder, manifest = current(root)
    assert manifest == made
    assert (manifest.made_at, manifest.rows, manifest.licence[-11:]) == (AT, 1, "(CC BY 4.0)")
    assert any("Statistics Canada" in line for line in manifest.credits)
    assert not any("SAMHSA" in line for line in manifest.credits), "no clinic of theirs is in it"
    for file in manifest.files:
        data = (folder / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert rows_of(root)[0]["sources"] == "odhf 7"


# --- Whole or not at all ---------------------------------------------------------------------------------------------


@exported
def test_a_set_that_fails_leaves_the_last(root, monkeypatch):
    create_clinic(name="Listed")
    publish(root, at=AT)
    before = read(root, "clinics.csv")
    create_clinic(name="Another")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_disk)
        with pytest.raises(OSError, match="No space left"):
            publish(root, at=AT)
    assert read(root, "clinics.csv") == before
    assert not list(root.glob("unfinished-*"))
    publish(root, at=AT)
    assert len(rows_of(root)) == 2


def full_disk(descriptor):
    raise OSError(28, "No space left on device")


@exported
def test_two_sets_are_kept_and_what_was_cut_short_is_cleared(root):
    root.mkdir()
    (root / "unfinished-killed").mkdir()
    for day in (23, 24, 25):
        publish(root, at=AT.replace(day=day))
    assert sorted(path.name[:8] for path in root.iterdir()) == ["20261124", "20261125", "current", "lock"]


@exported
def test_one_at_a_time(root):
    root.mkdir()
    with publishing._alone(root), pytest.raises(AlreadyRunningError):
        publish(root, at=AT)
    publish(root, at=AT)


@exported
def test_once_a_day(root, capsys):
    create_clinic(name="Listed")
    call_command("export_directory", "--if-due")
    assert capsys.readouterr().out == "Exported 1 clinics.\n"
    call_command("export_directory", "--if-due")
    assert capsys.readouterr().out == ""
    call_command("export_directory")
    assert capsys.readouterr().out == "Exported 1 clinics.\n"


@exported
def test_a_folder_that_cannot_be_written_is_said(root):
    root.parent.mkdir(exist_ok=True)
    root.write_text("a file")
    with pytest.raises(CommandError, match="cannot be written: File exists"):
        call_command("export_directory")


@exported
def test_queries_grow_with_batches_only(root):
    def queries() -> int:
        for _ in range(10):
            create_clinic(point=LEEDS, routes=[Route.IV])
        with CaptureQueriesContext(connection) as captured:
            publish(root, at=AT)
        return len(captured)

    assert queries() == queries() <= 5


# --- Under /data/ ----------------------------------------------------------------------------------------------------


@exported
def test_the_page_and_the_files(client, root):
    assert "No file has been made yet" in client.get("/data/").content.decode()
    assert client.get("/data/clinics.csv").status_code == 404
    create_clinic(name="Listed")
    manifest = publish(root, at=AT)
    page = client.get("/data/")
    assert page["Cache-Control"].startswith("public")
    words = [
        "23 November 2026, 03:00 UTC",
        'datetime="2026-11-23T03:00:00Z"',
        "1 clinic.",
        "CC BY 4.0",
        "Crown copyright",
        manifest.files[0].sha256,
    ]
    for word in words:
        assert word in page.content.decode(), word
    for file in manifest.files:
        answer = client.get(f"/data/{file.name}")
        assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == file.sha256
        assert (answer["ETag"], answer["Content-Type"]) == (f'"{file.sha256}"', file.media_type)
        assert answer["Access-Control-Allow-Origin"] == "*"
        head = client.head(f"/data/{file.name}")
        assert (head.content, head["Content-Length"]) == (b"", str(file.bytes))
        assert client.get(f"/data/{file.name}", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/data/manifest.json").json()["rows"] == 1


@exported
@pytest.mark.parametrize("name", ["lock", "nothing.csv", "..%2f..%2fmanage.py", "%2e%2e", "clinics.csv%20"])
def test_nothing_else_is_served(client, root, name):
    publish(root, at=AT)
    assert client.get(f"/data/{name}").status_code == 404
