"""The SQL of a search by itself: no ORM objects, no template, no HTTP."""

import random
from collections.abc import Callable

from django.db import connection
from django.db.models import QuerySet

from clinics.facets import count_facets
from clinics.models import Clinic
from clinics.search import PAGE_SIZE, ClinicSearch
from places.models import Place

Work = Callable[[int], object]  # what is timed, given the number of the round


def floor(rounds: int, clinics: int) -> Work:
    """Twenty rows by primary key, drawn from all *clinics*."""
    dice = random.Random("floor")
    drawn = [[dice.randint(1, clinics) for _ in range(PAGE_SIZE)] for _ in range(rounds)]
    statements = [_rows_by_key(keys).query.sql_with_params() for keys in drawn]
    return lambda number: _run(statements[number])


def search(searches: tuple[ClinicSearch, ...]) -> Work:
    """Which twenty are nearest, and then their rows: both statements together, as the page asks them."""
    statements = [_nearest(search).query.sql_with_params() for search in searches]

    def run(number: int) -> None:
        keys = [key for key, _ in _run(statements[number])]
        if keys:
            _run(_rows_by_key(keys[:PAGE_SIZE]).query.sql_with_params())

    return run


def count(searches: tuple[ClinicSearch, ...]) -> Work:
    """How many there are, counted to the bound."""
    return lambda number: searches[number].results().count


def facets(searches: tuple[ClinicSearch, ...]) -> Work:
    """What the filters would leave, within the usual radius or the one asked for."""

    def run(number: int) -> None:
        search = searches[number]
        count_facets(search, (search.within or search.unit.usual) * search.unit.km)

    return run


def place_floor(places: list[Place]) -> Work:
    """Ten places by primary key."""
    keys = [place.pk for place in places]
    return lambda number: list(Place.objects.filter(pk__in=keys[number * 10 : number * 10 + 10]))


def suggestions(typed: list[str]) -> Work:
    """The places that the box suggests for what is typed."""
    return lambda number: Place.objects.suggest(typed[number])


def _nearest(search: ClinicSearch) -> QuerySet:
    km = (search.within or search.unit.radii[-1]) * search.unit.km
    return search.clinics.near(search.point, within_km=km).values_list("pk", "chord")[: PAGE_SIZE + 1]


def _rows_by_key(keys: list[int]) -> QuerySet:
    return Clinic.objects.filter(pk__in=keys).for_cards()


def _run(statement: tuple[str, tuple]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()
