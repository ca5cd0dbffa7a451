"""Writing a set of files, and putting it in the place of the last one, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.db.models import Prefetch

from clinics.exporting.credits import LICENCE, LICENCE_URL, credits_of
from clinics.exporting.format import Format
from clinics.exporting.geojson import GeoJSON
from clinics.exporting.hsds import HSDS
from clinics.exporting.table import Table
from clinics.models import Clinic, SourceRecord

FORMATS: tuple[type[Format], ...] = (Table, GeoJSON, HSDS)
BATCH = 1000  # clinics held at once
CURRENT, MANIFEST, UNFINISHED = "current", "manifest.json", "unfinished-"


class AlreadyRunningError(Exception):
    """Another export has not finished."""


@dataclass(frozen=True)
class ExportedFile:
    name: str
    title: str
    about: str
    media_type: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a set of files is: when it was made, of how much, and on what terms it may be used."""

    made_at: datetime
    rows: int
    includes_samples: bool
    licence: str
    licence_url: str
    credits: list[str]
    files: list[ExportedFile]

    def dumps(self) -> str:
        """As JSON, for the file that goes with the others."""
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()}, indent=2) + "\n"

    @classmethod
    def loads(cls, text: str) -> Manifest:
        members = json.loads(text)
        members["made_at"] = datetime.fromisoformat(members["made_at"])
        members["files"] = [ExportedFile(**file) for file in members["files"]]
        return cls(**members)


def current(root: Path) -> tuple[Path, Manifest] | None:
    """The folder of the set in force and its manifest; None before the first export."""
    try:
        folder = (root / CURRENT).resolve(strict=True)
        return folder, Manifest.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None


def publish(root: Path, *, at: datetime, include_samples: bool = False) -> Manifest:
    """Write the listed clinics in every format and make that the set in force.

    One pass, a thousand clinics at a time, so all files hold the same and memory is bounded. Whatever goes wrong, the
    last set stays in force. Raises AlreadyRunningError, OSError.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        _remove(folder for folder in root.iterdir() if folder.name.startswith(UNFINISHED))
        unfinished = Path(mkdtemp(prefix=UNFINISHED, dir=root))
        try:
            manifest = _write(unfinished, at=at, include_samples=include_samples)
            unfinished.chmod(0o755)
            folder = unfinished.rename(
                root / f"{at:%Y%m%dT%H%M%S}-{unfinished.name.removeprefix(UNFINISHED)}"
            )
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        before = current(root)
        _put_in_force(folder)
        keep = {
            folder.name,
            CURRENT,
            *([before[0].name] if before else []),
        }  # somebody may be reading the last one
        _remove(each for each in root.iterdir() if each.is_dir() and each.name not in keep)
    return manifest


def _write(folder: Path, *, at: datetime, include_samples: bool) -> Manifest:
    rows, sources = 0, set[str]()
    with ExitStack() as closed:
        outputs = [closed.enter_context(closing(_Digest(folder / each.name))) for each in FORMATS]
        formats = [each(output) for each, output in zip(FORMATS, outputs, strict=True)]
        for clinic in _clinics(include_samples=include_samples):
            url = f"{settings.SITE_URL}{clinic.get_absolute_url()}"
            for each in formats:
                each.write(clinic, url)
            sources.update(record.source for record in clinic.source_records.all())
            rows += 1
        for each in formats:
            each.finish()
    files = [
        ExportedFile(
            name=each.name,
            title=each.title,
            about=each.about,
            media_type=each.media_type,
            rows=rows,
            bytes=output.size,
            sha256=output.hexdigest(),
        )
        for each, output in zip(formats, outputs, strict=True)
    ]
    credit = credits_of(sources)
    manifest = Manifest(at, rows, include_samples, LICENCE, LICENCE_URL, credit, files)
    (folder / MANIFEST).write_text(manifest.dumps())
    return manifest


def _clinics(*, include_samples: bool) -> Iterator[Clinic]:
    """Everything the formats tell, in a number of queries that grows with the batches only."""
    clinics = Clinic.objects.listed() if include_samples else Clinic.objects.listed().filter(is_sample=False)
    records = SourceRecord.objects.only("source", "identifier", "clinic_id").order_by("source", "identifier")
    related = ["treatments", "opening_hours", Prefetch("source_records", records)]
    complete = clinics.with_provider().prefetch_related(*related)
    return complete.order_by("pk").iterator(chunk_size=BATCH)


class _Digest:
    """A file that is written as text and knows its size and SHA-256; on disk for good once it is closed."""

    def __init__(self, path: Path):
        self._file, self._hash, self.size = path.open("wb"), hashlib.sha256(), 0

    def write(self, text: str) -> None:
        data = text.encode()
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())


def _put_in_force(folder: Path) -> None:
    """Renaming over the old link is one step: nobody finds none, or half of each."""
    link = folder.parent / f"{UNFINISHED}link"
    link.symlink_to(folder.name)
    link.replace(folder.parent / CURRENT)


def _remove(paths: Iterator[Path]) -> None:
    for path in list(paths):
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Held by one process at a time; the kernel lets go of it however the process ends."""
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError("Another export is running.") from None
        yield
