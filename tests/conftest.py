"""What every test may ask for.

``db``       (pytest-django) a database with the gazetteer and no clinics, rolled back after the test
``world``    the same with the sample clinics and articles
``site``     the address of the real site, served by gunicorn from a database of the ``world``
``site_log`` everything that site has written: its log, and PostgreSQL's

Tests marked ``django_db(transaction=True)`` commit; the database is made anew after each, so keep them few.
"""

import gc
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.template import Template
from django.test import TransactionTestCase

from tests import template_databases

RENDER = Template._render  # as it is before Django's test environment changes it
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:ketamine_info.gunicorn"]


def pytest_configure(config):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A file is looked for when it is asked for; otherwise each client of the tests begins by listing them all.
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_xdist_auto_num_workers():
    """One process more than cores, since some always wait for a browser or a server; at most four."""
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_collection_modifyitems(items):
    """What needs no database comes first: one process does that while another makes the template databases."""
    items.sort(key=needs_database)


def pytest_collection_finish():
    """What is imported and collected by now stays to the end, where pytest would look through it five times in vain."""
    gc.freeze()


def needs_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in item.fixturenames


@pytest.fixture(scope="session", autouse=True)
def unwatched_templates(django_test_environment):
    """Django's test environment has each template keep a copy of what it was given, a twentieth of a page's time.

    Tests read answers; what a view gave to its template is in ``response.context_data``.
    """
    Template._render = RENDER


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """The database that ``db`` works on: a clone of ``ground``, instead of one migrated from nothing."""
    with django_db_blocker.unblock(), template_databases.clone("ground") as name:
        TransactionTestCase._fixture_teardown = lambda _: template_databases.restore(name, "ground")
        with template_databases.connected_to(name):
            yield


@pytest.fixture
def world(django_db_setup, django_db_blocker, world_database):
    """The sample clinics and articles, rolled back after the test. Asked for instead of ``db``."""
    with django_db_blocker.unblock(), template_databases.connected_to(world_database), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def world_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), template_databases.clone("world") as name:
        yield name


@pytest.fixture(scope="session")
def site_log(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("site") / "log"


@pytest.fixture(scope="session")
def site_database(django_db_setup, django_db_blocker):
    """The name of the database that ``site`` works on."""
    with django_db_blocker.unblock(), template_databases.clone("world") as name:
        yield name


@pytest.fixture(scope="session")
def site_imports(tmp_path_factory) -> Path:
    """Where ``site`` keeps lists that are uploaded."""
    return tmp_path_factory.mktemp("imports")


@pytest.fixture(scope="session")
def site(site_database, django_db_blocker, site_log, site_imports):
    """The address of the project's own gunicorn, in a process of its own, with a ``world`` of its own.

    pytest-django's ``live_server`` is not used: it flushes the database after each test, Wagtail's site and
    locale and the gazetteer with it, and it is not the server that people meet.
    """
    with django_db_blocker.unblock():
        with socket.create_server(("127.0.0.1", 0)) as listening, site_log.open("wb") as log:
            address = f"http://localhost:{listening.getsockname()[1]}"
            server = subprocess.Popen(
                [*GUNICORN, "--bind", f"fd://{listening.fileno()}"],
                env={
                    **os.environ,
                    "DATABASE_URL": template_databases.url_of(site_database),
                    "SITE_URL": address,
                    "IMPORT_ROOT": str(site_imports),
                },
                pass_fds=[listening.fileno()],
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            _await_answer(address + "/livez", server, site_log)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def _await_answer(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=60).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{log.read_text()}")
