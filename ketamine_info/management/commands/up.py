"""``manage.py up``: set the trial up, say where it is, and serve it until Ctrl-C."""

import errno
import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.base import BaseApplication

from ketamine_info import gunicorn as gunicorn_settings
from ketamine_info.embedded_pg import server

logger = logging.getLogger(__name__)

# Each loads a part of the trial's world, and sees quickly that it is there already.
LOADING = {
    "load_places": "Loading postcodes and towns",
    "load_sample_clinics": "Loading sample clinics",
    "load_schedules": "Loading treatment schedules",
    "load_articles": "Loading articles",
}


class Command(BaseCommand):
    help = "Set up a trial of the site on this machine and serve it until Ctrl-C."
    requires_system_checks = []  # they cost a second; `make check` runs them

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *, port: int, **options):
        if settings.PRODUCTION:
            raise CommandError(
                "This is for a trial (DEPLOYMENT=local). docs/operating.md says how to run a server."
            )
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        with only_one(port), closing_all(listen(port)) as sockets:
            self.serve(port, sockets)

    def serve(self, port: int, sockets: list[socket.socket]) -> None:
        master = os.getpid()
        try:
            with insisting_on_interrupts():
                self.set_up()
            with importing(sockets):
                Gunicorn(sockets, when_ready=lambda _: self.welcome(port)).run()
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            if os.getpid() == master:
                connection.close()
                server.stop_using()
                self.stdout.write("Stopped.")

    def set_up(self) -> None:
        self.connect()
        self.migrate()
        commands = get_commands()
        for command, doing in LOADING.items():
            if command in commands:
                self.step(doing, lambda command=command: call_command(command, stdout=self.stdout))
        export = {"if_due": True, "include_samples": True, "stdout": self.stdout}
        self.step("Making the files of /data/", lambda: call_command("export_directory", **export))

    def step(self, doing: str, do) -> None:
        """Say what is being done, and how long it took where that could be noticed."""
        self.stdout.write(f"{doing} …")
        began = time.monotonic()
        do()
        if (seconds := time.monotonic() - began) > 1:
            self.stdout.write(f"  done in {seconds:.0f} s")

    def connect(self) -> None:
        self.stdout.write(
            "Starting PostgreSQL …" if own_server() else "Using the PostgreSQL of DATABASE_URL."
        )
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached. {error}") from error
        if own_server():
            self.stdout.write(f"  its data is in {connection.settings_dict['HOST']}")

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        refuse_other_version(executor)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            quiet = {"verbosity": 0, "interactive": False}
            self.step(
                f"Making the database ({len(plan)} migrations)", lambda: call_command("migrate", **quiet)
            )

    def welcome(self, port: int) -> None:
        address = f"http://localhost:{port}"
        self.stdout.write(f"\nKetamine Info is at   {address}/\nThe admin is at       {address}/admin/\n")
        self.stdout.write(first_administrator() + "\nCtrl-C stops it.\n\n")


def refuse_other_version(executor: MigrationExecutor) -> None:
    """Say it where the database has a migration of ours that this version does not know, and cannot build on."""
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    unknown = executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
    if other := sorted(f"{app}.{name}" for app, name in unknown if app in ours):
        remedy = f"delete {connection.settings_dict['HOST']}" if own_server() else "name it in DATABASE_URL"
        raise CommandError(
            f"The database was made by another version of Ketamine Info (it has {other[0]}). "
            f"Begin with an empty one: {remedy}."
        )


def own_server() -> bool:
    """Whether the database is in the PostgreSQL of the project's own, rather than one that DATABASE_URL names."""
    return settings.DATABASES["default"]["ENGINE"] == "ketamine_info.embedded_pg"


def first_administrator() -> str:
    """How to sign in, having made an administrator where there is none. The password is not kept anywhere."""
    people = get_user_model().objects
    if (there := people.filter(is_superuser=True, is_active=True).order_by("pk").first()) is not None:
        return (
            f"Sign in as            {there.get_username()}, with the password shown at the first start\n"
            f"(forgotten: DEPLOYMENT=local .venv/bin/python manage.py changepassword {there.get_username()})"
        )
    password = secrets.token_urlsafe(12)
    people.create_superuser("admin", password=password)
    return f"Sign in as            admin\nwith the password     {password}   (shown this once: note it)"


@contextmanager
def insisting_on_interrupts():
    """Ctrl-C and kill raise KeyboardInterrupt, each second until one gets through.

    Python drops an exception that is raised inside a finalizer, and goes on.
    """

    def interrupt(*_):
        signal.setitimer(signal.ITIMER_REAL, 1)
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    usual = {each: signal.signal(each, interrupt) for each in signals}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in usual.items():
            signal.signal(each, handler)


@contextmanager
def importing(sockets: list[socket.socket]):
    """A process beside the site that works on imports. It ends by itself when this one is killed.

    It is forked, since all that it needs is loaded here, and has a session of its own, so that Ctrl-C is not for it.
    """
    connection.close()
    master = os.getpid()
    worker = os.fork()
    if worker == 0:
        try:
            os.setsid()
            for each in sockets:
                each.close()
            call_command("run_imports", wait=True)
        except Exception:
            logger.exception("Nothing works on imports any more")
        finally:
            os._exit(0)
    try:
        yield
    finally:
        if os.getpid() == master:  # gunicorn's workers, forked from here, end through here too
            with suppress(ProcessLookupError, ChildProcessError):  # it had ended, and gunicorn took note
                os.kill(worker, signal.SIGTERM)
                os.waitpid(worker, 0)


@contextmanager
def only_one(port: int):
    """A lock on the folder of the trial's data, let go by the kernel however this process ends."""
    settings.LOCAL_FOLDER.mkdir(parents=True, exist_ok=True)
    with (settings.LOCAL_FOLDER / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(f"Ketamine Info is already running from this folder: {lock.read()}") from None
        lock.truncate(0)
        lock.write(
            f"http://localhost:{port}/ (process {os.getpid()}; Ctrl-C there or kill {os.getpid()} stops it)"
        )
        lock.flush()
        yield


def listen(port: int) -> list[socket.socket]:
    """Sockets bound to the loopback, IPv4 and where there is one IPv6; early, to say first if it is taken."""
    sockets = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            sockets.append(bound_to(family, host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken by another program. Use another one: make up PORT={port + 1}"
                ) from None
            if family == socket.AF_INET:
                raise CommandError(f"Cannot listen on port {port}: {error.strerror}.") from None
    return sockets


def bound_to(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    new = socket.socket(family)
    try:
        new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        new.bind((host, port))
    except OSError:
        new.close()
        raise
    return new


@contextmanager
def closing_all(sockets):
    try:
        yield sockets
    finally:
        for each in sockets:
            each.close()


class Gunicorn(BaseApplication):
    """gunicorn with this process as its master, so that whatever stops this process stops the whole."""

    def __init__(self, sockets, when_ready):
        self.sockets, self.when_ready = sockets, when_ready
        super().__init__()

    def load_config(self):
        for name, value in vars(gunicorn_settings).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("bind", [f"fd://{each.detach()}" for each in self.sockets])
        self.cfg.set("when_ready", self.when_ready)
        self.cfg.set("graceful_timeout", 5)
        self.cfg.set("loglevel", "warning")

    def load(self):
        from ketamine_info.wsgi import application

        return application
