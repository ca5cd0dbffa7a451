"""A made-up directory of any size, clustered as people are."""

import random
from collections.abc import Iterator
from itertools import accumulate

from django.db import connection
from django.utils import timezone

from clinics.models import Clinic, Route, Treatment
from places.models import Place, Precision

COMMON = Route.IV  # offered by half of the clinics
RARE = Route.ORAL  # offered by one in a thousand
SPREAD_KM = 12  # standard deviation of the distance between a clinic and the middle of its town
KM_PER_DEGREE = 111.2


def places(count: int, seed: str) -> list[Place]:
    """*count* towns drawn with their population as weight: where people who search are."""
    towns = list(Place.objects.filter(kind=Place.Kind.TOWN, population__gt=0).order_by("pk"))
    weights = list(accumulate(town.population or 0 for town in towns))
    return random.Random(seed).choices(towns, cum_weights=weights, k=count)


def fill(count: int) -> None:
    """Replace every clinic by *count* made-up ones.

    They are written in the order of a grid of about 50 km, as neighbours in space read together should lie
    together on disk, and the nearest-neighbour indexes are built once the rows are there.
    """
    indexes = [index for index in Clinic._meta.indexes if index.name.startswith("clinic_near")]
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Clinic, index)
    with connection.cursor() as cursor:
        empty(cursor)
        rows = sorted(_positions(count), key=lambda row: (row[0] // 0.5, row[1] // 0.5))
        _copy(cursor, Clinic, _CLINIC_COLUMNS, _clinics(rows))
        _copy(cursor, Treatment, _TREATMENT_COLUMNS, _treatments(rows))
        cursor.execute("SELECT setval(pg_get_serial_sequence('clinics_clinic', 'id'), %s)", [count])
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(Clinic, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE clinics_clinic, clinics_treatment")


def empty(cursor) -> None:
    """No clinics, nor what hangs on them: their history too, which nothing but a made-up directory may lose."""
    cursor.execute("ALTER TABLE clinics_clinicevent DISABLE TRIGGER USER")
    cursor.execute("TRUNCATE clinics_clinic CASCADE")
    cursor.execute("ALTER TABLE clinics_clinicevent ENABLE TRIGGER USER")


def _positions(count: int) -> Iterator[tuple[float, float, str, str, list[int]]]:
    """(latitude, longitude, country, time zone, routes) of each clinic."""
    dice = random.Random("directory")
    for town in places(count, "clinics"):
        latitude = town.latitude + dice.gauss(0, SPREAD_KM) / KM_PER_DEGREE
        longitude = town.longitude + dice.gauss(0, SPREAD_KM) / KM_PER_DEGREE
        routes = [route for route, share in _SHARES.items() if dice.random() < share] or [
            int(Route.ESKETAMINE)
        ]
        yield latitude, (longitude + 180) % 360 - 180, town.country, town.timezone, routes


_SHARES = {int(COMMON): 0.5, int(Route.IM): 0.2, int(Route.ESKETAMINE): 0.4, int(RARE): 0.001}

_CLINIC_COLUMNS = (
    "id", "name", "slug", "country", "latitude", "longitude", "position_precision", "routes", "is_sample",
    "live", "status", "setting", "phone", "town", "has_unpublished_changes", "expired", "locked",
    "delisted_because", "status_note", "street", "region", "postcode", "timezone", "remote_regions", "email",
    "website", "access_note", "verified_how", "created_at", "updated_at", "payments", "languages",
    "opening_borders", "youngest_age", "oldest_age", "taking_new_patients", "psychiatric_assessment",
    "therapy_alongside", "wheelchair_access",
)  # fmt: skip
_TREATMENT_COLUMNS = ("clinic_id", "route", "price_from", "currency", "price_unit", "note")


def _clinics(rows) -> Iterator[tuple]:
    now = timezone.now()
    dice = random.Random("facts")
    for number, (latitude, longitude, country, zone, routes) in enumerate(rows, start=1):
        yield (
            number, f"Made-up clinic {number}", f"made-up-{number}", country, latitude, longitude,
            Precision.STREET, routes, True, True, Clinic.Status.LISTED, Clinic.Setting.IN_CLINIC, "", "Town",
            False, False, False, "", "", "1 Street", "Region", "", zone, [], "", "", "", "", now, now, *_facts(dice),
        )  # fmt: skip


def _facts(dice: random.Random) -> tuple:
    """What else filters ask about, in the order of the columns; each is not known of some."""
    return (
        dice.sample(list(Clinic.Payment), dice.randint(0, 3)),
        [code for code, share in _SPOKEN.items() if dice.random() < share],
        dice.choice(_WEEKS),
        dice.choice([None, 16, 18, 21]),
        dice.choice([None, None, 65, 75]),
        *(dice.choice([True, False, None]) for _ in range(4)),
    )


_SPOKEN = {
    "en": 0.9,
    "es": 0.2,
    "pl": 0.05,
    "zh": 0.05,
    "ur": 0.03,
    "ar": 0.03,
    "fr": 0.02,
    "cy": 0.01,
    "mi": 0.001,
}
_WEEKS: tuple[list[int], ...] = (
    [],
    [border for day in range(5) for border in (day * 1440 + 540, day * 1440 + 1020)],
    [border for day in range(7) for border in (day * 1440 + 480, day * 1440 + 1200)],
)


def _treatments(rows) -> Iterator[tuple]:
    for number, (*_, routes) in enumerate(rows, start=1):
        for route in routes:
            yield number, route, 250, "GBP", Treatment.PriceUnit.SESSION, ""


def _copy(cursor, model, columns: tuple[str, ...], rows: Iterator[tuple]) -> None:
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
