"""``manage.py up`` as a person meets it: started, started twice, interrupted, killed, on a taken port."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ketamine_info.management.commands.up import Command
from tests import template_databases

PATIENCE = 120  # seconds; a shared machine may be slow


class Up:
    """A running ``manage.py up``."""

    def __init__(self, port: int, **environment: str):
        clean = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL")
        }
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=settings.BASE_DIR,
            env={**clean, "DEPLOYMENT": "local", "PORT": str(port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def until(self, words: str) -> str:
        """All it said, once it has said *words*."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return self.said
        pytest.fail(f"It ended without saying {words!r}:\n{self.said}")

    def get(self, path: str, host: str = "127.0.0.1") -> int:
        with urllib.request.urlopen(f"http://{host}:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.status

    def family(self) -> list[psutil.Process]:
        master = psutil.Process(self.process.pid)
        return [master, *master.children(recursive=True)]

    def stop(self, how: signal.Signals) -> str:
        """Send a signal, as a terminal or an operator would; the rest of what it said."""
        self.process.send_signal(how)
        return self.process.communicate(timeout=PATIENCE)[0]

    def kill_all(self) -> None:
        """kill -9 of the whole family."""
        family = self.family()
        for process in family:
            process.kill()
        self.process.communicate(timeout=PATIENCE)
        psutil.wait_procs(family, timeout=PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def running_in(folder: Path) -> list[list[str]]:
    """Command lines of processes that name *folder*."""
    found = []
    for process in psutil.process_iter():
        try:
            arguments = process.cmdline()
        except psutil.Error:
            continue
        if any(str(folder) in argument for argument in arguments):
            found.append(arguments)
    return found


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="a place ", dir="/var/tmp") as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.fixture
def up(folder, django_db_setup, django_db_blocker):
    """Start it on a database of the world that is there already; whatever is left running is stopped."""
    started = []
    with django_db_blocker.unblock(), template_databases.clone("world") as name:
        url = template_databases.url_of(name)

        def start(port=None, **environment):
            wanted = {"EMBEDDED_POSTGRES_DIR": str(folder), "DATABASE_URL": url, **environment}
            started.append(Up(port or free_port(), **wanted))
            return started[-1]

        yield start
        for each in started:
            if each.process.poll() is None:
                each.stop(signal.SIGTERM)
            each.process.stdout.close()


def test_with_a_database_of_ones_own(up, folder, settings):
    """Started, asked for a second time beside it, killed, started again, and stopped by an operator."""
    first = up()
    said = first.until("Ctrl-C stops it.")
    assert "Using the PostgreSQL of DATABASE_URL." in said
    assert f"http://localhost:{first.port}/" in said
    assert f"http://localhost:{first.port}/admin/" in said
    assert re.search(r"with the password +\S{16} ", said)
    assert first.get("/") == first.get("/clinics/") == 200
    assert first.get("/livez", host="[::1]") == 200
    assert not (folder / "postgres").exists()  # no server of its own

    settings.LOCAL_FOLDER = folder
    words = f"already running from this folder: http://localhost:{first.port}/ (process {first.process.pid};"
    with pytest.raises(CommandError, match=re.escape(words)):
        call_command("up", port=first.port)
    first.kill_all()

    again = up(first.port)
    said = again.until("Ctrl-C stops it.")
    assert "admin, with the password shown at the first start" in said
    assert again.get("/livez") == 200
    family = again.family()
    assert again.stop(signal.SIGTERM) == "Stopped.\n"
    assert not psutil.wait_procs(family, timeout=10)[1]


def test_a_taken_port_is_said(settings, tmp_path):
    settings.LOCAL_FOLDER = tmp_path
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = f"Port {port} is taken by another program. Use another one: make up PORT={port + 1}"
        with pytest.raises(CommandError, match=re.escape(words)):
            call_command("up", port=port)


def test_a_database_that_does_not_answer_is_said(up):
    trial = up(DATABASE_URL="postgres://nobody:secret-word@127.0.0.1:1/nowhere")
    assert trial.process.wait(PATIENCE) == 1
    said = trial.process.stdout.read()
    assert "The database cannot be reached." in said
    assert "secret-word" not in said


@pytest.mark.django_db
def test_a_database_of_another_version_is_said():
    MigrationRecorder(connection).record_applied("clinics", "0099_of_tomorrow")
    with pytest.raises(CommandError, match=r"another version .* \(it has clinics\.0099_of_tomorrow\)"):
        Command().migrate()


def test_it_is_no_way_to_run_a_server(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match=r"docs/operating\.md"):
        call_command("up")


def test_first_start_interrupted_then_whole(up, folder):
    """From nothing, with a PostgreSQL of its own; interrupted while it migrates, started again, then stopped."""
    environment = {"DATABASE_URL": ""}
    cut_short = up(free_port(), **environment)
    cut_short.until("Making the database")
    time.sleep(1)
    cut_short.stop(signal.SIGINT)
    assert cut_short.process.returncode == 130
    assert not running_in(folder)

    trial = up(free_port(), **environment)
    said = trial.until("Ctrl-C stops it.")
    for doing in (
        "Starting PostgreSQL",
        "Making the database",
        "Loading postcodes and towns",
        "Loading articles",
    ):
        assert doing in said
    assert running_in(folder)
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{trial.port}/clinics/", data=b"where=LS1+4AP"),
        timeout=PATIENCE,
    ) as answer:
        assert answer.url.endswith("/clinics/near/gb/ls1-4/")
        assert "Sample listing, not a real clinic" in answer.read().decode()
    family = trial.family()
    assert trial.stop(signal.SIGINT) == "Stopped.\n"
    assert not psutil.wait_procs(family, timeout=10)[1]
    assert not running_in(folder)
