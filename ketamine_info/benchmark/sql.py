"""The SQL of a search by itself: no ORM objects, no template, no HTTP."""

import random

from django.db import connection
from django.db.models import QuerySet

from clinics.models import Clinic
from clinics.search import PAGE_SIZE, ClinicSearch
from ketamine_info.benchmark.timing import Timings, time_each


def time_floor(runs: int, clinics: int) -> Timings:
    """Twenty rows by primary key, drawn from all *clinics*."""
    dice = random.Random("floor")
    drawn = [[dice.randint(1, clinics) for _ in range(PAGE_SIZE)] for _ in range(runs)]
    return time_each(_run, [_rows_by_key(keys).query.sql_with_params() for keys in drawn])


def time_search(searches: tuple[ClinicSearch, ...]) -> Timings:
    """Which twenty are nearest, and then their rows: both statements together, as the page asks them."""

    def run(statement) -> None:
        keys = [key for key, _ in _run(statement)]
        if keys:
            _run(_rows_by_key(keys[:PAGE_SIZE]).query.sql_with_params())

    return time_each(run, [_nearest(search).query.sql_with_params() for search in searches])


def time_count(searches: tuple[ClinicSearch, ...]) -> Timings:
    """How many there are, counted to the bound."""
    return time_each(lambda search: search.results().count, searches)


def _nearest(search: ClinicSearch) -> QuerySet:
    km = (search.within or search.unit.radii[-1]) * search.unit.km
    return search.clinics().near(search.point, within_km=km).values_list("pk", "chord")[: PAGE_SIZE + 1]


def _rows_by_key(keys: list[int]) -> QuerySet:
    return Clinic.objects.filter(pk__in=keys).defer("position").select_related("provider")


def _run(statement: tuple[str, tuple]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()
