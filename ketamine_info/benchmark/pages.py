"""Pages through gunicorn, as a visitor's browser fetches them: over a kept connection, one after another."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from time import perf_counter

from django.db import connections

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
        try:
            Gunicorn([listening], when_ready=lambda _: None).run()
        finally:
            os._exit(0)  # it ends by SystemExit, which must not unwind what the parent process has open
    listening.close()
    try:
        _wait_for(port)
        yield port
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _wait_for(port: int) -> None:
    """Wait for an answer. The kernel takes connections sooner, but without the TCP_NODELAY that gunicorn sets: each
    answer on them would wait 40 ms for an acknowledgement."""
    connection = HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    connection.request("GET", "/livez")
    connection.getresponse().read()
    connection.close()


@contextmanager
def visitor(port: int) -> Iterator[Callable[[str], bytes]]:
    """Fetches what is at a path, over one kept connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    yield partial(_fetch, connection)
    connection.close()


def requests_per_second(port: int, paths: list[str]) -> float:
    """How many of the pages are answered in a second to CLIENTS connections that always ask."""

    def ask(some: list[str]) -> None:
        with visitor(port) as fetch:
            for path in some:
                fetch(path)

    start = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, [paths[client::CLIENTS] for client in range(CLIENTS)]))
    return len(paths) / (perf_counter() - start)


def _fetch(connection: HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body
