"""Databases made once and cloned for each run of the tests.

Migrating takes ten seconds and loading the gazetteer some more, so each stage is kept as a
template database under a name that carries a digest of what it was made from, and every run, every xdist
worker and every site under test gets its own clone in about a second:

    migrated    the schema, from the migrations of all apps
    ground      migrated, and the gazetteer: what a test that asks for ``db`` sees
    world       ground, and the sample clinics and articles: the site as a visitor of a trial meets it

A clone has a number, held by an advisory lock for as long as its run lasts; a run that was killed lets go of
it, and whoever takes the number next drops what was left.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command, get_commands
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

STAGES = {
    "migrated": {"from": "template0", "commands": ["migrate"], "paths": []},
    "ground": {"from": "migrated", "commands": ["load_places"], "paths": ["places", "fixtures/places"]},
    "world": {
        "from": "ground",
        "commands": ["load_sample_clinics", "load_schedules", "load_articles"],
        "paths": ["clinics", "articles", "fixtures"],
    },
}
PREFIX = "ketamine_info_"  # of every database made here
CLONES = 100  # as many may be in use at once

_opened: dict[str, BaseDatabaseWrapper] = {}  # connections to other databases than the usual one, by name


@contextmanager
def clone(stage: str) -> Iterator[str]:
    """The name of a new database like that of *stage*, dropped when the context ends."""
    with _server() as server:
        template = _template(server, stage)
        number = next(n for n in range(CLONES) if _locked(server, n))
        name = f"test_{PREFIX}{number}"
        try:
            _create(server, name, template)
            yield name
        finally:
            if opened := _opened.pop(name, None):
                opened.close()
            _drop(server, name)


def restore(name: str, stage: str) -> None:
    """Make the clone *name* anew: for a test that committed."""
    connection.close()
    with _server() as server:
        _create(server, name, _template(server, stage))


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Django's connection leads to the database *name*, also in threads that are started meanwhile.

    It stays open afterwards, as the usual one does meanwhile: opening one takes longer than most tests.
    """
    usual, usual_name = connections["default"], connections.settings["default"]["NAME"]
    if name not in _opened:
        _opened[name] = usual.copy()
    try:
        _switch(_opened[name], name)
        yield
    finally:
        _switch(usual, usual_name)


def url_of(name: str) -> str:
    """DATABASE_URL of the database *name*, for another process."""
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in ("host", "port", "user", "password") if parameters.get(key)}
    return f"postgres:///{name}?{urlencode(known)}"


def _switch(wrapper: BaseDatabaseWrapper, name: str) -> None:
    connections["default"] = wrapper
    connections.settings["default"]["NAME"] = wrapper.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    with psycopg.connect(**parameters, autocommit=True) as server:
        yield server


def _template(server: psycopg.Connection, stage: str) -> str:
    """The name of the template of *stage*, built now unless it is there."""
    name = f"{PREFIX}{stage}_{_digest(stage)}"
    parent = STAGES[stage]["from"]
    if parent in STAGES:
        parent = _template(server, parent)
    with _alone(server, stage):
        if not _exists(server, name):
            for stale in _names(server, f"{PREFIX}{stage}_"):
                _drop(server, stale)
            _create(server, unfinished := f"{PREFIX}unfinished_{stage}", parent)
            with connected_to(unfinished):
                for command in STAGES[stage]["commands"]:
                    if command in get_commands():
                        call_command(command, verbosity=0)
            _opened.pop(unfinished).close()
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def _digest(stage: str) -> str:
    """Of everything that decides what the template of *stage* holds."""
    digest = hashlib.sha256()
    while stage in STAGES:
        for path in _files(stage):
            digest.update(path.read_bytes())
        stage = STAGES[stage]["from"]
    return digest.hexdigest()[:12]


def _files(stage: str) -> Iterator[Path]:
    if stage == "migrated":
        for app in apps.get_app_configs():
            yield from sorted(Path(app.path, "migrations").glob("*.py"))
    for folder in STAGES[stage]["paths"]:
        yield from sorted(
            path for path in Path(settings.BASE_DIR, folder).rglob("*.*") if path.parent.name != "__pycache__"
        )


@contextmanager
def _alone(server: psycopg.Connection, task: str) -> Iterator[None]:
    """Nobody else on this server does *task* meanwhile."""
    server.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX + task])
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [PREFIX + task])


def _locked(server: psycopg.Connection, number: int) -> bool:
    row = server.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [PREFIX, number]).fetchone()
    return bool(row and row[0])


def _names(server: psycopg.Connection, prefix: str) -> list[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in found]


def _create(server: psycopg.Connection, name: str, template: str) -> None:
    _drop(server, name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    server.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _exists(server: psycopg.Connection, name: str) -> bool:
    return name in _names(server, name)


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
