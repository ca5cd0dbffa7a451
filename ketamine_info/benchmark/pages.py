"""Pages through gunicorn, as a visitor's browser fetches them: over a kept connection, one after another."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from time import monotonic, perf_counter, sleep

from django.db import connections

from ketamine_info.benchmark.timing import Timings, time_each
from ketamine_info.management.commands.up import Gunicorn

START_SECONDS = 20
CLIENTS = 4  # connections that ask at once when requests a second are counted


@contextmanager
def gunicorn() -> Iterator[int]:
    """The site, served by gunicorn in a child process from this process's database; yields its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    connections.close_all()  # a connection must not be shared across the fork
    sys.stdout.flush()
    child = os.fork()
    if not child:
        Gunicorn([listening], when_ready=lambda _: None).run()
        os._exit(0)
    listening.close()
    try:
        _wait_for(port)
        yield port
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _wait_for(port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.05)  # the child process is still importing
        else:
            return


def time_pages(port: int, paths: list[str]) -> Timings:
    """Each page fetched once, after a few that warm the workers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for path in paths[:10]:
        _fetch(connection, path)
    timings = time_each(lambda path: _fetch(connection, path), paths)
    connection.close()
    return timings


def requests_per_second(port: int, paths: list[str]) -> float:
    """How many of the pages are answered in a second to CLIENTS connections that always ask."""

    def ask(some: list[str]) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for path in some:
            _fetch(connection, path)
        connection.close()

    start = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, [paths[client::CLIENTS] for client in range(CLIENTS)]))
    return len(paths) / (perf_counter() - start)


def _fetch(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
