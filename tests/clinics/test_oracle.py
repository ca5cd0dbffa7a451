"""The finder against a plain program: 500 places drawn at random over the samples and a made-up directory.

The oracle knows no index, no cube and no SQL: it works out every distance with the haversine formula, filters in
Python, and sorts. Where both could be right (two distances of the same figure), either is accepted; the sphere
differs from the ellipsoid by 0.6 % at the most, which is the width of a border.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt

import pytest
from geographiclib.geodesic import Geodesic

from clinics import facets
from clinics.criteria import CRITERIA, AgeGroup, Wish
from clinics.facets import count_facets
from clinics.models import Clinic, OpeningHours, Route, opening_borders
from clinics.opening import open_state
from clinics.search import ClinicSearch, Results, Unit
from places.distance import EARTH_RADIUS_KM, Point
from places.models import Place

PLACES = 500
MADE_UP = 1000
TIE = 0.006  # of a distance: the most that a sphere and the ellipsoid differ by
AT = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)  # Friday evening in Europe, Saturday morning in Australia
WEEKS = [
    [],
    [OpeningHours(weekday=day, opens="09:00", closes="17:00") for day in range(5)],
    [OpeningHours(weekday=day, opens="20:00", closes="03:00") for day in range(7)],
]
FACTS = [wish for wish in Wish if wish.field]


@dataclass(frozen=True)
class Known:
    """What the oracle knows of a clinic."""

    clinic: Clinic
    is_open: bool
    point: Point | None
    vector: tuple[float, float, float]


def haversine_km(a: Point, b: Point) -> float:
    """Great-circle distance by the haversine formula, in km."""
    (north_a, east_a), (north_b, east_b) = (map(radians, point) for point in (a, b))
    half = sin((north_b - north_a) / 2) ** 2 + cos(north_a) * cos(north_b) * sin((east_b - east_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def random_point(dice: random.Random) -> Point:
    """Mostly near people; a fifth at the date line, and a fifth near the poles."""
    kind = dice.randrange(5)
    if kind == 0:
        return Point(dice.gauss(-17, 3), (dice.gauss(180, 3) + 180) % 360 - 180)
    if kind == 1:
        return Point(dice.choice([-1, 1]) * min(90.0, abs(dice.gauss(88, 1.5))), dice.uniform(-180, 180))
    return Point(dice.gauss(53, 1.5), dice.gauss(-2, 1.5))


def made_up(dice: random.Random, number: int) -> Clinic:
    point = random_point(dice)
    place = {"latitude": point.latitude, "longitude": point.longitude, "position_precision": "rooftop"}
    if is_remote := number % 25 == 0:
        place = {"setting": "remote", "remote_regions": dice.choice([["GB"], ["GB-ENG"], ["NZ", "AU"]])}
    return Clinic(
        name=f"Made up {number}", slug=f"made-up-{number}", country="GB", **place,
        status="listed" if is_remote or dice.random() < 0.95 else "paused",
        routes=dice.sample(list(Route), dice.randint(0, 3)),
        payments=dice.sample(list(Clinic.Payment), dice.randint(0, 3)),
        languages=dice.sample(["en", "pl", "cy", "ur", "de"], dice.randint(0, 3)),
        youngest_age=dice.choice([None, 12, 18, 21]), oldest_age=dice.choice([None, 60, 75]),
        timezone=dice.choice(["Europe/London", "Pacific/Auckland", ""]),
        opening_borders=opening_borders(dice.choice(WEEKS)),
        **{wish.field: dice.choice([True, False, None]) for wish in FACTS},
    )  # fmt: skip


def random_search(dice: random.Random, number: int) -> ClinicSearch:
    point = random_point(dice)
    place = Place(
        country="GB", region_code="ENG", slug=f"place-{number}", kind="town", name="Somewhere",
        latitude=point.latitude, longitude=point.longitude,
    )  # fmt: skip
    chosen = {
        criterion.field: tuple(dice.sample(options, min(dice.choice([0, 0, 0, 1, 2]), len(options))))
        for criterion in CRITERIA
        for options in [
            ["pl", "cy", "ur", "en"] if criterion.field == "languages" else list(criterion.options)
        ]
    }
    unit = dice.choice(list(Unit))
    return ClinicSearch(place, unit=unit, within=dice.choice(unit.radii), at=AT, **chosen)


def has(known: Known, field: str, option) -> bool:
    """Whether a clinic is what one option of one filter asks for. Unknown is not enough."""
    clinic = known.clinic
    youngest, oldest = clinic.youngest_age, clinic.oldest_age
    if field == "ages":
        if youngest is None and (oldest is None or option is AgeGroup.CHILDREN):
            return False
        return (youngest or 0) <= option.oldest and (oldest is None or oldest >= option.youngest)
    if field == "wishes":
        return getattr(clinic, option.field) is True if option.field else known.is_open
    if field == "settings":
        return clinic.setting == option
    return option in getattr(clinic, field)


def holders(directory: list[Known]) -> dict[str, dict[str, set[int]]]:
    """The keys of the clinics that have an option, by filter and option."""
    return {
        criterion.field: {
            option: {known.clinic.pk for known in directory if has(known, criterion.field, option)}
            for option in criterion.options
        }
        for criterion in CRITERIA
    }


def fitting(keys: set[int], search: ClinicSearch, having: dict[str, dict[str, set[int]]]) -> set[int]:
    """Those of *keys* that have what is searched for: any or all of a filter's options, and every filter."""
    for criterion in CRITERIA:
        chosen = [having[criterion.field][option] for option in getattr(search, criterion.field)]
        if chosen:
            keys = keys & (set.union(*chosen) if criterion.is_any else set.intersection(*chosen))
    return keys


@pytest.fixture
def directory(world, monkeypatch) -> list[Known]:
    """The samples and the made-up clinics, as the oracle knows them; options are counted among them all."""
    monkeypatch.setattr(facets, "MOST_LOOKED_AT", 2 * MADE_UP)
    dice = random.Random(500)
    Clinic.objects.bulk_create([made_up(dice, number) for number in range(MADE_UP)])
    clinics = Clinic.objects.filter(live=True, status="listed").prefetch_related("opening_hours")
    return [Known(clinic, is_open(clinic), clinic.point, vector_of(clinic)) for clinic in clinics]


def is_open(clinic: Clinic) -> bool:
    """By the hours of a sample, and by the borders that a made-up clinic was given."""
    spans = list(clinic.opening_hours.all()) or next(
        week for week in WEEKS if opening_borders(week) == clinic.opening_borders
    )
    for span in spans:
        span.clean_fields(exclude=["clinic"])  # text becomes a time
    state = open_state(spans, clinic.timezone, at=AT)
    return state is not None and state.is_open


def vector_of(clinic: Clinic) -> tuple[float, float, float]:
    return clinic.point.unit_vector if clinic.point else (0.0, 0.0, 0.0)


def within_reach(directory: list[Known], search: ClinicSearch) -> list[tuple[float, Known]]:
    """(distance in km, clinic) of those within the search's radius."""
    reach_km = search.within * search.unit.km
    x, y, z = search.point.unit_vector
    return [
        (km, known)
        for known in directory
        for a, b, c in [known.vector]
        # The straight line through the Earth is shorter than the way over it: most need no better figure.
        if known.point
        and EARTH_RADIUS_KM * sqrt((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2) <= reach_km
        and (km := haversine_km(search.point, known.point)) <= reach_km
    ]


def counts(keys: set[int], search: ClinicSearch, having: dict) -> dict[tuple[str, object], int]:
    """How many of *keys* each option of each filter would leave."""
    return {
        (criterion.field, option): len(left & has_it)
        for criterion in CRITERIA
        for rest in [search.choosing(criterion, ()) if criterion.is_any else search]
        for left in [fitting(keys, rest, having)]
        for option, has_it in having[criterion.field].items()
    }


def test_agrees_with_brute_force(directory):
    dice = random.Random(2026)
    having = holders(directory)
    remote = {k.clinic.pk for k in directory if {"GB", "GB-ENG"} & set(k.clinic.remote_regions)}
    found = []
    for number in range(PLACES):
        search = random_search(dice, number)
        near = within_reach(directory, search)
        fit = fitting({known.clinic.pk for _, known in near}, search, having)
        inside = sorted((km, known.clinic.pk) for km, known in near if known.clinic.pk in fit)
        found.append(len(inside))
        results = Results(search, within=search.within)
        assert results.count == len(inside), number
        order = search.nearest(len(inside) + 1, within_km=results.within_km)
        assert {key for key, _ in order} == {key for _, key in inside}, number
        distance = {key: km for km, key in inside}
        for (key, _), (km, _) in zip(order, inside, strict=True):
            assert distance[key] == pytest.approx(km, rel=TIE, abs=1e-6), number
        shown = results.clinics if inside else []
        assert [clinic.km for clinic in shown] == sorted(clinic.km for clinic in shown)
        for clinic in shown:
            exact = Geodesic.WGS84.Inverse(*search.point, *clinic.point)["s12"] / 1000
            assert clinic.km == pytest.approx(exact, rel=0.001, abs=1e-6), number
        if number % 25 == 0:
            pages = [replace(results, number=page).clinics for page in range(1, results.pages + 1) if inside]
            assert sorted(clinic.pk for page in pages for clinic in page) == sorted(distance)

        assert search.remote().count() == len(fitting(remote, search, having))
        counted = count_facets(search, results.within_km)
        expected = counts({known.clinic.pk for _, known in near} | remote, search, having)
        assert {key: counted.count(*key) for key in expected} == expected, number
        assert not counted.is_at_least
    assert sum(count > 20 for count in found) > 50
    assert found.count(0) > 50
