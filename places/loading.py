"""Loading the gazetteer's files into PostgreSQL: COPY into staging tables, then one change of the real ones.

All or nothing, and repeatable: a place keeps its primary key from load to load by its country and slug. Where the
files are those of the last load, nothing is done. The files have the columns of the tables, so that PostgreSQL reads
them as they are; places.gazetteer writes them.
"""

import hashlib
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.utils import CursorWrapper

from places.models import LESS_PREFERRED, LoadedFile, Place, PlaceName

FILES = settings.BASE_DIR / "fixtures" / "places"
PLACE_FILES = ("code_point_open.csv.xz", "geonames_postal.csv.xz", "canada.csv.xz", "towns.csv.xz")
NAME_FILES = ("town_names.csv.xz",)

_PLACE, _NAME = Place._meta.db_table, PlaceName._meta.db_table
_LOCK = 0x67617A65  # "gaze": the advisory lock that makes a second loader wait for the first


class GazetteerError(Exception):
    """A file of the gazetteer is missing or damaged; nothing was changed."""


@dataclass(frozen=True)
class Load:
    """How many places a load added, changed and removed, and how many names it added or removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    names: int = 0
    is_idle: bool = False  # the files were loaded before, so that there was nothing to do


def load(path: Path = FILES, using: str = DEFAULT_DB_ALIAS) -> Load:
    """Make the gazetteer that of the files under *path*, in one transaction; raises GazetteerError."""
    digests = _digests(path)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        loaded = LoadedFile.objects.using(using)
        if dict(loaded.values_list("name", "digest")) == digests and Place.objects.using(using).exists():
            return Load(is_idle=True)
        rows = _stage(cursor, path)
        with _indexed_afterwards(using):
            done = Load(*_change_places(cursor), _change_names(cursor))
        cursor.execute(f"DROP TABLE staged_place, staged_name, wanted_name; ANALYZE {_PLACE}, {_NAME}")
        loaded.all().delete()
        loaded.bulk_create(LoadedFile(name=name, digest=digests[name], rows=rows[name]) for name in digests)
    return done


def _digests(path: Path) -> dict[str, str]:
    try:
        return {
            name: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in PLACE_FILES + NAME_FILES
        }
    except OSError as error:
        raise GazetteerError(
            f"{error.filename}: {error.strerror}. The gazetteer's files are not all there."
        ) from error


# --- Staging --------------------------------------------------------------------------------------------------------

_KEY = ("country", "slug")
_COLUMNS = tuple(field.attname for field in Place._meta.local_fields if not field.primary_key)
_VALUES = tuple(column for column in _COLUMNS if column not in _KEY)
_NAME_COLUMNS = ("name", "folded", "is_preferred")


def _stage(cursor: CursorWrapper, path: Path) -> dict[str, int]:
    """Copy the files into two temporary tables; how many rows each file has."""
    cursor.execute(
        f"CREATE TEMPORARY TABLE staged_place AS SELECT {_list(_COLUMNS)} FROM {_PLACE} WITH NO DATA;"
        f"CREATE TEMPORARY TABLE staged_name AS SELECT {_list(_KEY, 'place')}, "
        f"{_list(_NAME_COLUMNS, 'town')} FROM {_NAME} town JOIN {_PLACE} place ON false WITH NO DATA"
    )
    rows = {name: _copy(cursor, path / name, "staged_place", _COLUMNS) for name in PLACE_FILES}
    rows |= {name: _copy(cursor, path / name, "staged_name", _KEY + _NAME_COLUMNS) for name in NAME_FILES}
    cursor.execute("ANALYZE staged_place, staged_name")
    return rows


def _copy(cursor: CursorWrapper, path: Path, table: str, columns: tuple[str, ...]) -> int:
    texts = _list(
        tuple(column for column in columns if column != "population")
    )  # empty where nothing is between commas
    command = (
        f"COPY {table} ({_list(columns)}) FROM STDIN (FORMAT csv, HEADER match, FORCE_NOT_NULL ({texts}))"
    )
    try:
        with lzma.open(path) as file, cursor.copy(command) as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
    except (lzma.LZMAError, EOFError, psycopg.DataError) as error:
        raise GazetteerError(f"{path} is damaged: {error}") from error
    return cursor.rowcount


def _list(columns: tuple[str, ...], table: str = "") -> str:
    return ", ".join(f"{table}.{column}" if table else column for column in columns)


# --- The change -----------------------------------------------------------------------------------------------------


def _change_places(cursor: CursorWrapper) -> tuple[int, int, int]:
    """Make the places those that are staged, touching only rows that differ; added, changed, removed."""
    gone = f"SELECT id FROM {_PLACE} LEFT JOIN staged_place USING (country, slug) WHERE staged_place.kind IS NULL"
    cursor.execute(f"DELETE FROM {_NAME} WHERE place_id IN ({gone})")
    cursor.execute(f"DELETE FROM {_PLACE} WHERE id IN ({gone})")
    removed = cursor.rowcount
    cursor.execute(
        f"UPDATE {_PLACE} place SET ({_list(_VALUES)}) = ROW({_list(_VALUES, 'staged')}) FROM staged_place staged "
        f"WHERE ({_list(_KEY, 'place')}) = ({_list(_KEY, 'staged')}) "
        f"AND ({_list(_VALUES, 'place')}) IS DISTINCT FROM ({_list(_VALUES, 'staged')})"
    )
    changed = cursor.rowcount
    cursor.execute(
        f"INSERT INTO {_PLACE} ({_list(_COLUMNS)}) SELECT {_list(_COLUMNS, 'staged')} FROM staged_place staged "
        f"LEFT JOIN {_PLACE} place USING (country, slug) WHERE place.id IS NULL"
    )
    return cursor.rowcount, changed, removed


def _change_names(cursor: CursorWrapper) -> int:
    """Make the names those that are staged, touching only rows that differ; how many were removed or added."""
    wanted = ("place_id", "country", *_NAME_COLUMNS, "weight")
    cursor.execute(
        "CREATE TEMPORARY TABLE wanted_name AS "
        f"SELECT id AS place_id, country, {_list(_NAME_COLUMNS, 'staged')}, "
        f"coalesce(population, 0) / CASE WHEN is_preferred THEN 1 ELSE {LESS_PREFERRED} END AS weight "
        f"FROM staged_name staged JOIN {_PLACE} USING (country, slug); ANALYZE wanted_name"
    )
    cursor.execute(
        f"DELETE FROM {_NAME} town WHERE NOT EXISTS (SELECT FROM wanted_name wanted "
        f"WHERE ({_list(wanted, 'wanted')}) = ({_list(wanted, 'town')}))"
    )
    removed = cursor.rowcount
    cursor.execute(
        f"INSERT INTO {_NAME} ({_list(wanted)}) SELECT {_list(wanted, 'wanted')} FROM wanted_name wanted "
        f"LEFT JOIN {_NAME} town USING (place_id, folded) WHERE town.id IS NULL"
    )
    return removed + cursor.rowcount


@contextmanager
def _indexed_afterwards(using: str) -> Iterator[None]:
    """Where the gazetteer is empty, fill it without its indexes and make them at the end, which is faster."""
    connection = connections[using]
    models = () if Place.objects.using(using).exists() else (Place, PlaceName)
    indexes = [(model, index) for model in models for index in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.remove_index(model, index)
    yield
    connection.check_constraints()  # now instead of at the end, since no index can be made while any is to be checked
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.add_index(model, index)
