"""The files of imports, in a folder that nobody is served from: the uploaded list, and the report of its problems."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from clinics.models import ImportRun

KEPT = timedelta(days=30)  # after that the numbers of a run stay, and its files go


def folder_of(run: ImportRun) -> Path:
    return Path(settings.IMPORT_ROOT) / str(run.pk)


def list_of(run: ImportRun) -> Path:
    """The uploaded file; it is there until it has been imported."""
    return folder_of(run) / "list"


def report_of(run: ImportRun) -> Path:
    """Each problem of the last check or import, as CSV."""
    return folder_of(run) / "report.csv"


def keep(run: ImportRun, chunks: Iterable[bytes]) -> None:
    """Write the file that was uploaded."""
    folder_of(run).mkdir(parents=True, exist_ok=True)
    with list_of(run).open("wb") as file:
        file.writelines(chunks)


def open_report(run: ImportRun) -> IO[str]:
    """A new report, with the mark by which spreadsheets know UTF-8."""
    return report_of(run).open("w", encoding="utf-8-sig", newline="")


def forget_list(run: ImportRun) -> None:
    list_of(run).unlink(missing_ok=True)


def forget(run: ImportRun) -> None:
    """Delete the files of a run."""
    shutil.rmtree(folder_of(run), ignore_errors=True)


def forget_old(at: datetime) -> None:
    """Delete the files of runs that are long over, or were never started."""
    over = ImportRun.objects.exclude(state__in=ImportRun.UNDER_WAY).filter(uploaded_at__lt=at - KEPT)
    for run in over.only("pk").order_by("-pk")[:1000]:
        forget(run)
