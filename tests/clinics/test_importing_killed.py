"""Imports by a worker that is killed or told to stop: a real process against the real database."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from clinics.importing import applying, uploads
from clinics.importing.running import run_next
from clinics.models import Clinic, ClinicEvent, ImportRun, SourceRecord
from tests.factories import create_user

ROWS, BATCH = 1_000, 100
HEADING = "index,facility_name,unit,street_no,street_name,postal_code,city,province,latitude,longitude\n"
PATIENCE = 60  # seconds
# Workers are forked from a process that has loaded what they need, as those of `manage.py up` are.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["ketamine_info.wsgi", __name__])

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(settings, tmp_path):
    """A long list that waits to be imported."""
    settings.IMPORT_ROOT = tmp_path
    rows = (f"{row},Clinic {row},,1,invented road,T3B 0X9,calgary,ab,51.0,-114.0\n" for row in range(ROWS))
    now = timezone.now()
    run = ImportRun.objects.create(
        source="odhf", file_name="long.csv", size=1, state="waiting", is_dry_run=False, asked_at=now,
        uploaded_at=now, uploaded_by=create_user(),
    )  # fmt: skip
    uploads.keep(run, [HEADING.encode(), *(row.encode() for row in rows)])
    return run


@pytest.fixture
def start_worker(tmp_path):
    started = []

    def start() -> BaseProcess:
        started.append(PROCESSES.Process(target=work, args=(connection.settings_dict["NAME"], tmp_path)))
        started[-1].start()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()


def work(database: str, import_root: Path) -> None:
    """What a worker does, in a process of its own."""
    connection.settings_dict["NAME"] = database
    settings.IMPORT_ROOT = import_root
    applying.BATCH = BATCH
    call_command("run_imports")


def exit_code(worker: BaseProcess) -> int | None:
    worker.join(PATIENCE)
    return worker.exitcode


@contextmanager
def held_at(share: float) -> Iterator[None]:
    """Inside, *share* of the rows are done, and the worker cannot say that the next ones are: it waits for the row."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get()
            if run.rows_done >= share * ROWS:
                assert run.rows_done < ROWS
                yield
                return
        time.sleep(0 if run.rows_done else 0.02)
    raise AssertionError(f"only {run.rows_done} of {run.rows} rows: {run.state}")


def counts() -> list[int]:
    return [model.objects.count() for model in (Clinic, SourceRecord, ClinicEvent)]


def test_killed_at_any_point_it_leaves_nothing_and_is_taken_up_again(run, start_worker):
    for share in (0.1, 0.5, 0.9):
        ImportRun.objects.update(rows_done=0)
        worker = start_worker()
        with held_at(share):
            worker.kill()
            assert exit_code(worker) == -signal.SIGKILL
        run.refresh_from_db()
        assert run.state == "running"
        assert counts() == [0, 0, 0]
        _wait_for_the_locks_to_go()
    assert exit_code(start_worker()) == 0
    run.refresh_from_db()
    assert (run.state, run.starts, run.report["new"]) == ("imported", 4, ROWS)
    assert counts() == [ROWS, ROWS, ROWS]
    assert not uploads.list_of(run).exists()


def test_it_stops_when_asked_to_and_leaves_nothing(run, start_worker):
    worker = start_worker()
    with held_at(0.1):
        assert not run_next(), "another worker leaves alone what this one has"
        ImportRun.objects.update(is_cancel_asked=True)
    assert exit_code(worker) == 0
    run.refresh_from_db()
    assert (run.state, counts()) == ("cancelled", [0, 0, 0])


def _wait_for_the_locks_to_go() -> None:
    """PostgreSQL notices within moments that its client has died."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                "WHERE locktype = 'advisory' AND datname = current_database()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the killed import still holds its lock")
