"""ClinicSearch against the promises of the results page and against a brute-force oracle."""

import random
from itertools import pairwise

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from clinics.criteria import AgeGroup, Wish
from clinics.models import Clinic, Route
from clinics.search import HANDFUL, MOST_COUNTED, PAGE_SIZE, ClinicSearch, Sort, Unit
from clinics.statements import known_facts
from places.distance import Point
from tests.factories import create_clinic, create_place

LEEDS = Point(53.7997, -1.5492)
pytestmark = pytest.mark.django_db


def north(km: float, of: Point = LEEDS) -> Point:
    """About *km* north of a point: 111.3 km a degree of latitude there."""
    return Point(of.latitude + km / 111.3, of.longitude)


def search(point: Point = LEEDS, *, unit: Unit = Unit.KM, **fields) -> ClinicSearch:
    return ClinicSearch(place=create_place(point=point), unit=unit, **fields)


def names(results) -> list[str]:
    return [clinic.name for clinic in results.clinics]


def test_nearest_first():
    for name, km in [("Far", 30), ("Near", 1), ("Middle", 9)]:
        create_clinic(name=name, point=north(km))
    assert names(search(within=50).results()) == ["Near", "Middle", "Far"]


def test_only_what_is_listed():
    create_clinic(name="Listed", point=LEEDS)
    create_clinic(name="Draft", point=LEEDS, listed=False)
    create_clinic(name="Paused", point=LEEDS, status="paused")
    create_clinic(name="Delisted", point=LEEDS, status="delisted", delisted_because="closed")
    create_clinic(name="Nowhere")
    assert names(search(within=50).results()) == ["Listed"]


def test_radius_is_a_border():
    create_clinic(name="Inside", point=north(9.9))
    create_clinic(name="Outside", point=north(10.1))
    assert names(search(within=10).results()) == ["Inside"]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"routes": (Route.IV,)}, ["Both", "Infusion"]),
        ({"routes": (Route.IV, Route.ORAL)}, ["Both", "Infusion", "Oral"]),
        ({"payments": (Clinic.Payment.PUBLIC,)}, ["Oral"]),
        ({"routes": (Route.IV,), "payments": (Clinic.Payment.PUBLIC,)}, []),
        ({"wishes": (Wish.NEW_PATIENTS,)}, ["Infusion"]),
        ({"wishes": (Wish.WHEELCHAIR,)}, []),
        ({"languages": ("pl", "cy")}, ["Both", "Oral"]),
        ({"ages": (AgeGroup.CHILDREN,)}, ["Infusion"]),
        ({"ages": (AgeGroup.CHILDREN, AgeGroup.OLDER)}, ["Both", "Infusion"]),
        ({"settings": (Clinic.Setting.IN_CLINIC,)}, ["Both", "Infusion", "Oral"]),
        ({"settings": (Clinic.Setting.REMOTE,)}, []),
        ({}, ["Both", "Infusion", "Oral"]),
    ],
)
def test_filters(fields, found):
    create_clinic(
        name="Both",
        point=north(1),
        routes=[Route.IV, Route.ESKETAMINE],
        languages=["en", "pl"],
        youngest_age=18,
    )
    create_clinic(
        name="Infusion",
        point=north(2),
        routes=[Route.IV],
        taking_new_patients=True,
        youngest_age=12,
        oldest_age=60,
    )
    create_clinic(
        name="Oral", point=north(3), routes=[Route.ORAL], payments=["public", "self-pay"],
        taking_new_patients=False, languages=["cy"], youngest_age=None, oldest_age=None,
    )  # fmt: skip
    assert names(search(within=50, **fields).results()) == found


@pytest.mark.parametrize(
    ("youngest", "oldest", "groups"),
    [
        (None, None, []),  # not known is never a yes
        (18, None, ["18-to-64", "65-and-over"]),
        (21, 64, ["18-to-64"]),
        (16, 64, ["under-18", "18-to-64"]),
        (None, 70, ["18-to-64", "65-and-over"]),
        (0, 17, ["under-18"]),
        (65, None, ["65-and-over"]),
        (None, 17, []),
    ],
)
def test_age_groups(youngest, oldest, groups):
    create_clinic(point=LEEDS, youngest_age=youngest, oldest_age=oldest)
    place = create_place(point=LEEDS)
    found = [group for group in AgeGroup if ClinicSearch(place, within=10, ages=(group,)).results().count]
    assert found == groups


def test_most_recently_confirmed_first_with_stable_pages():
    for number in range(PAGE_SIZE + 5):
        confirmed = (
            {"verified_on": f"2026-10-{1 + number % 4:02}", "verified_how": "phone"} if number % 5 else {}
        )
        create_clinic(name=str(number), point=north(number / 3), **confirmed)
    asked = search(within=50, sort=Sort.CONFIRMED)
    shown = [*asked.results(1).clinics, *asked.results(2).clinics]
    assert len({clinic.pk for clinic in shown}) == PAGE_SIZE + 5
    expected = sorted(
        Clinic.objects.all(),
        key=lambda clinic: (-clinic.verified_on.toordinal() if clinic.verified_on else 0, int(clinic.name)),
    )
    assert [clinic.pk for clinic in shown] == [clinic.pk for clinic in expected]


def test_remote_services_alone_have_pages_by_name():
    place = create_place(point=LEEDS, region_code="ENG")
    for number in range(PAGE_SIZE + 2):
        create_clinic(name=f"R {number:02}", setting="remote", remote_regions=["GB-ENG"])
    create_clinic(name="Near", point=LEEDS)
    asked = ClinicSearch(place, settings=(Clinic.Setting.REMOTE,))
    first, second = asked.results(1), asked.results(2)
    assert (first.count, first.pages) == (PAGE_SIZE + 2, 2)
    assert names(first) + names(second) == [f"R {number:02}" for number in range(PAGE_SIZE + 2)]


def test_pages_hold_every_clinic_once_also_where_many_share_one_building():
    same_building = [create_clinic(name=f"Suite {n}", point=north(2)) for n in range(PAGE_SIZE * 2 + 5)]
    first = create_clinic(name="First", point=north(1))
    asked = search(within=10)
    pages = [asked.results(number) for number in (1, 2, 3)]
    assert [page.pages for page in pages] == [3, 3, 3]
    keys = [clinic.pk for page in pages for clinic in page.clinics]
    assert keys == [first.pk, *sorted(clinic.pk for clinic in same_building)]


@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (-3, 1), (1, 1), (2, 2), (3, 2), (10**6, 2)])
def test_page_beyond_the_end_is_the_last(asked, shown):
    for n in range(PAGE_SIZE + 1):
        create_clinic(point=north(n / 10))
    assert search(within=50).results(asked).page == shown


def test_count_stops_where_it_helps_nobody():
    Clinic.objects.bulk_create(
        Clinic(
            name="C", slug=f"c-{n}", country="GB", latitude=53.8, longitude=-1.5, position_precision="town"
        )
        for n in range(MOST_COUNTED + 30)
    )
    results = search(within=50).results(10**5)
    assert results.is_more_than_counted
    assert (results.count, results.pages) == (MOST_COUNTED + 1, MOST_COUNTED // PAGE_SIZE)
    assert len(results.clinics) == PAGE_SIZE


def test_looks_further_when_fewer_than_a_handful_are_near():
    for km in (10, 20, 90, 110, 120, 150):
        create_clinic(point=north(km))
    results = search().results()
    assert (results.within, results.count) == (200, 6)
    assert (results.widened_from.within, results.widened_from.count) == (50, 2)


def test_looks_no_further_than_where_the_handful_is():
    for km in (10, 20, 60, 70, 80, 250):
        create_clinic(point=north(km))
    results = search().results()
    assert (results.within, results.count) == (100, HANDFUL)


def test_does_not_widen_for_nothing():
    create_clinic(point=north(10))
    results = search().results()
    assert (results.within, results.count, results.widened_from) == (50, 1, None)


def test_a_radius_asked_for_is_kept():
    create_clinic(point=north(60))
    results = search(within=50).results()
    assert (results.count, results.widened_from) == (0, None)


def test_nearest_anywhere():
    assert search().nearest_anywhere() is None
    create_clinic(name="Sydney", point=Point(-33.87, 151.21))
    nearest = search().nearest_anywhere()
    assert nearest.name == "Sydney"
    assert nearest.km == pytest.approx(17_000, rel=0.01)


def test_miles_are_miles():
    create_clinic(point=north(7.9))
    create_clinic(point=north(8.2))
    assert search(unit=Unit.MILES, within=5).results().count == 1


@pytest.mark.parametrize("within", [None, 25])
@pytest.mark.parametrize("routes", [(), (Route.IV,), (Route.IV, Route.ORAL)])
def test_address_reads_back_as_the_same_search(within, routes):
    place = create_place(name="Leeds")
    asked = ClinicSearch(
        place=place, unit=Unit.MILES, within=within, routes=routes, payments=(Clinic.Payment.PUBLIC,),
        wishes=(Wish.THERAPY, Wish.WHEELCHAIR), settings=(Clinic.Setting.REMOTE,), languages=("pl", "cy"),
        ages=(AgeGroup.CHILDREN,), sort=Sort.CONFIRMED,
    )  # fmt: skip
    path, _, query = asked.get_absolute_url().partition("?")
    assert path == f"/clinics/near/gb/{place.slug}/"
    assert ClinicSearch.from_query(place, QueryDict(query)) == asked


@pytest.mark.parametrize(
    "query",
    [
        "route=magic",
        "within=7",
        "within=1e9",
        "unit=furlong",
        "with=%00",
        "payment=public%27--",
        "sort=price",
        "age=30",
    ],
)
def test_unknown_words_of_an_address_are_left_out(query):
    place = create_place()
    assert ClinicSearch.from_query(place, QueryDict(query)) == ClinicSearch(place=place, unit=Unit.MILES)


@pytest.mark.parametrize(
    "centre",
    [LEEDS, Point(0, 180), Point(-16.5, -179.9), Point(89.5, 40), Point(-90, 0)],
    ids=["Leeds", "date line", "Fiji", "Arctic", "South Pole"],
)
def test_agrees_with_brute_force(centre):
    """Order (sphere against ellipsoid: 0.6 % ties), set within the radius, and shown distance."""
    dice = random.Random(20261123)
    points = []
    while len(points) < 300:
        latitude = centre.latitude + dice.gauss(0, 2)
        longitude = (centre.longitude + dice.gauss(0, 4) + 180) % 360 - 180
        if abs(latitude) <= 90:
            points.append(Point(latitude, longitude))
    Clinic.objects.bulk_create(
        Clinic(
            name=str(number), slug=str(number), country="GB", position_precision="town",
            latitude=point.latitude, longitude=point.longitude,
        )
        for number, point in enumerate(points)
    )  # fmt: skip
    exact = [centre.km_to(point) for point in points]
    asked = search(centre, within=200)
    results = asked.results()

    surely_inside = sum(km < 200 * 0.994 for km in exact)
    perhaps_inside = sum(km < 200 * 1.006 for km in exact)
    assert surely_inside <= results.count <= perhaps_inside

    in_order = [
        clinic.km for number in range(1, results.pages + 1) for clinic in asked.results(number).clinics
    ]
    assert len(in_order) == results.count
    assert all(later > earlier * 0.994 for earlier, later in pairwise(in_order))
    for shown, best in zip(in_order, sorted(exact), strict=False):
        assert shown == pytest.approx(best, rel=0.006)
    for clinic in results.clinics:
        assert clinic.km == pytest.approx(exact[int(clinic.name)], rel=1e-9)
    assert [clinic.km for clinic in results.clinics] == sorted(clinic.km for clinic in results.clinics)


def test_queries_do_not_grow_with_the_rows():
    def queries(clinics: int) -> int:
        for _ in range(clinics):
            create_clinic(point=LEEDS, routes=[Route.IV])
        asked = search(within=10)
        with CaptureQueriesContext(connection) as captured:
            for clinic in asked.results().clinics:
                known_facts(clinic)
                str(clinic)
        return len(captured)

    assert queries(8) == queries(10) == 4


def test_the_index_finds_and_orders():
    """The plan walks the nearest-neighbour index instead of sorting the directory."""
    Clinic.objects.bulk_create(
        Clinic(
            name="C", slug=f"c-{n}", country="GB", position_precision="town", routes=[1 + n % 5],
            latitude=50 + n % 80 / 10, longitude=-5 + n / 500,
        )
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinics_clinic")
    plan = search(routes=(Route.IV,)).clinics.near(LEEDS, within_km=20)[:20].explain()
    assert "Index Scan using clinic_near" in plan
    assert "Sort" not in plan
