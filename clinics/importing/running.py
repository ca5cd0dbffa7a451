"""Imports that were asked for in the admin, taken up one by one by ``run_imports`` (docs/adr/0087).

A run is a row. Whoever works on it holds an advisory lock of a session of its own, through which it also writes how
far it is and reads whether to stop. PostgreSQL lets go of the lock when that process dies, and with it goes the
import's transaction: so a run that is "running" while nobody holds its lock was stopped, wrote nothing, and is
started again.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from clinics.duplicates import finding
from clinics.importing import uploads
from clinics.importing.applying import AlreadyRunningError, ListRefusedError, Report, import_list, vacuum
from clinics.importing.columns import Columns
from clinics.importing.mappings import MAPPINGS
from clinics.importing.reading import Mapping, Problem, UnreadableFileError
from clinics.models import ImportRun
from clinics.spreadsheets import safe_cell

MOST_STARTS = 5
PROBLEMS_SHOWN = 100
LOCKS = 0x1A7  # the first half of the advisory locks of runs; the second is the run's key
State = ImportRun.State

logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody asked for it to stop."""


def mapping_of(run: ImportRun) -> Mapping:
    """How the run's file is read: as it was mapped by hand, or by the ready mapping of its source."""
    return Columns.of(run.mapping).mapping() if run.mapping else MAPPINGS[run.source]


def run_next() -> bool:
    """Work on the run that has waited longest; False when there is none that nobody works on."""
    waiting = ImportRun.objects.filter(state__in=ImportRun.UNDER_WAY).order_by("asked_at", "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        with _held(pk) as session:
            if session and _take_up(pk, session):
                return True
    return False


@contextmanager
def _held(pk: int) -> Iterator[Session | None]:
    """A session of its own that holds the run; None where another worker does."""
    session = Session(pk)
    try:
        yield session if session.lock() else None
    finally:
        session.close()


class Session:
    """A second connection, whose writes are seen while the import's transaction is open."""

    def __init__(self, pk: int):
        self._pk, self._connection = pk, connection.copy()

    def lock(self) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, self._pk])
            return cursor.fetchone()[0]

    def tell(self, done: int, of: int) -> None:
        """Write how far it is. Raises CancelledError."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE clinics_importrun SET rows_done = %s, rows = %s WHERE id = %s RETURNING is_cancel_asked",
                [done, of, self._pk],
            )
            found = cursor.fetchone()
        if found is None or found[0]:
            raise CancelledError

    def close(self) -> None:
        self._connection.close()


def _take_up(pk: int, session: Session) -> bool:
    """Whether the run is done with now, one way or another."""
    run = ImportRun.objects.get(pk=pk)  # as it is now that nobody else works on it
    if not run.is_under_way:
        return False
    run.state, run.starts, run.rows_done = State.RUNNING, run.starts + 1, 0
    run.save(update_fields=["state", "starts", "rows_done"])
    if run.is_cancel_asked:
        _finish(run, State.CANCELLED)
    elif run.starts > MOST_STARTS:
        _finish(run, State.FAILED, said=f"It was stopped {MOST_STARTS} times before it was done.")
    elif not work(run, session.tell):
        return False
    elif run.state == State.IMPORTED:
        vacuum()
        _look_for_duplicates()
    return True


def work(run: ImportRun, tell: Callable[[int, int], None]) -> bool:
    """Do what was asked of the run and write what came of it; False where it has to wait for another import."""
    try:
        carry_out(run, tell)
    except AlreadyRunningError:
        run.state, run.starts = State.WAITING, run.starts - 1
        run.save(update_fields=["state", "starts"])
        return False
    except CancelledError:
        _finish(run, State.CANCELLED)
    except ListRefusedError as refusal:
        _finish(run, State.REFUSED, report=refusal.report, said=f"{refusal}.")
    except UnreadableFileError as error:
        _finish(run, State.FAILED, said=str(error))
    except OSError as error:
        _finish(run, State.FAILED, said=f"The file cannot be read, or the report written: {error.strerror}.")
    except (OperationalError, InterfaceError):
        raise  # it may be away for a moment: the run is taken up again
    except Exception:
        logger.exception("An import failed")
        _finish(
            run, State.FAILED, said="It failed for a reason that is a fault of this program. See its log."
        )
    return True


def carry_out(run: ImportRun, tell: Callable[[int, int], None]) -> None:
    """Import the run's file, or check it; that it is done is written in the transaction of the import itself."""
    run.problems = []
    mapping = mapping_of(run)
    with uploads.open_report(run) as report_file, transaction.atomic():
        report = import_list(
            uploads.list_of(run),
            mapping,
            at=timezone.now(),
            dry_run=run.is_dry_run,
            on_problem=_writer(report_file, run.problems),
            on_progress=tell,
        )
        state = State.CHECKED if run.is_dry_run else State.IMPORTED
        _finish(run, state, report=report, rows=report.rows)
    if state is State.IMPORTED:
        uploads.forget_list(run)


def _look_for_duplicates() -> None:
    """Now that there are new listings. The import stands whatever comes of it: they are looked for each night too."""
    try:
        finding.find_duplicates(at=timezone.now())
    except finding.AlreadyRunningError:
        logger.info("Duplicates are being looked for already")


def _writer(file: IO[str], first: list[list]) -> Callable[[Problem], None]:
    """Write each problem to the report, and keep the first of them, the ones that refuse a row before all."""
    write = csv.writer(file).writerow
    write(["row", "column", "what", "refused"])
    kept = {True: 0, False: 0}

    def on_problem(problem: Problem) -> None:
        write(
            [
                problem.row,
                safe_cell(problem.column),
                safe_cell(problem.what),
                "yes" if problem.refused else "",
            ]
        )
        if kept[problem.refused] < PROBLEMS_SHOWN:
            kept[problem.refused] += 1
            first.append([problem.row, problem.column, problem.what, problem.refused])

    return on_problem


def _finish(
    run: ImportRun, state: State, *, report: Report | None = None, said: str = "", rows: int = 0
) -> None:
    run.state, run.said, run.finished_at = state, said, timezone.now()
    run.report = asdict(report) if report else {}
    if rows:
        run.rows = run.rows_done = rows
    run.save(
        update_fields=["state", "said", "finished_at", "report", "problems"]
        + (["rows", "rows_done"] if rows else [])
    )
    if state is State.CANCELLED and not run.is_dry_run:
        uploads.forget_list(run)
