"""The finder against a plain program: 500 places drawn at random over the samples and a made-up directory.

The oracle knows no index, no cube and no SQL: it works out every distance with the haversine formula, filters in
Python, and sorts. Where both could be right (two distances of the same figure), either is accepted; the sphere
differs from the ellipsoid by 0.6 % at the most, which is the width of a border.
"""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt

import pytest
from geographiclib.geodesic import Geodesic

from clinics.criteria import CRITERIA, AgeGroup, Wish
from clinics.facets import count_facets
from clinics.models import Clinic, OpeningHours, Route, opening_borders
from clinics.opening import open_state
from clinics.search import ClinicSearch, Results, Unit
from places.distance import EARTH_RADIUS_KM, Point
from places.models import Place

PLACES = 500
MADE_UP = 1500
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


def fits(known: Known, search: ClinicSearch) -> bool:
    clinic = known.clinic
    youngest, oldest = clinic.youngest_age, clinic.oldest_age

    def treats(group: AgeGroup) -> bool:
        if youngest is None and (oldest is None or group is AgeGroup.CHILDREN):
            return False
        return (youngest or 0) <= group.oldest and (oldest is None or oldest >= group.youngest)

    return (
        (not search.routes or bool(set(clinic.routes) & set(search.routes)))
        and (not search.payments or bool(set(clinic.payments) & set(search.payments)))
        and (not search.languages or bool(set(clinic.languages) & set(search.languages)))
        and (not search.settings or clinic.setting in search.settings)
        and (not search.ages or any(treats(group) for group in search.ages))
        and all(
            getattr(clinic, wish.field) is True if wish.field else known.is_open for wish in search.wishes
        )
    )


@pytest.fixture
def directory(world) -> list[Known]:
    """The samples and the made-up clinics, as the oracle knows them."""
    dice = random.Random(500)
    Clinic.objects.bulk_create([made_up(dice, number) for number in range(MADE_UP)])
    clinics = Clinic.objects.filter(live=True, status="listed").prefetch_related("opening_hours")
    return [Known(clinic, is_open(clinic), vector_of(clinic)) for clinic in clinics]


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
        if known.clinic.point
        and EARTH_RADIUS_KM * sqrt((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2) <= reach_km
        and (km := haversine_km(search.point, known.clinic.point)) <= reach_km
    ]


def counts(candidates: list[Known], search: ClinicSearch) -> dict[tuple[str, object], int]:
    """How many of the candidates each option of each filter would leave."""
    expected: dict[tuple[str, object], int] = {}
    for criterion in CRITERIA:
        rest = search.choosing(criterion, ()) if criterion.is_any else search
        left = [known for known in candidates if fits(known, rest)]
        if criterion.field == "languages":
            spoken = Counter(code for known in left for code in known.clinic.languages)
            expected |= {("languages", code): spoken[code] for code in criterion.options}
        else:
            for option in criterion.options:
                alone = search.without_filters().choosing(criterion, (option,))
                expected[criterion.field, option] = sum(fits(known, alone) for known in left)
    return expected


def test_agrees_with_brute_force(directory):
    dice = random.Random(2026)
    remote = [known for known in directory if {"GB", "GB-ENG"} & set(known.clinic.remote_regions)]
    found = []
    for number in range(PLACES):
        search = random_search(dice, number)
        near = within_reach(directory, search)
        inside = sorted(
            ((km, known.clinic.pk) for km, known in near if fits(known, search)), key=lambda pair: pair[0]
        )
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

        assert search.remote().count() == sum(fits(known, search) for known in remote)
        facets = count_facets(search, results.within_km)
        expected = counts([known for _, known in near] + remote, search)
        assert {key: facets.count(*key) for key in expected} == expected, number
        assert not facets.is_at_least
    assert sum(count > 20 for count in found) > 50
    assert found.count(0) > 50
