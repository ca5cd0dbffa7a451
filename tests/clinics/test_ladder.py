"""When nothing fits: each rung says what leaving one thing out really finds."""

import random
from dataclasses import replace

import pytest

from clinics.criteria import Wish
from clinics.facets import count_facets
from clinics.ladder import ladder
from clinics.models import Clinic, Route
from clinics.search import ClinicSearch, Unit
from places.distance import Point
from tests.factories import create_clinic, create_place

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)
WITHIN = 50
Payment = Clinic.Payment
FACTS = [wish for wish in Wish if wish.field]


def fits(clinic: Clinic, search: ClinicSearch) -> bool:
    """The oracle: the filters, in Python."""
    return (
        clinic.listed
        and LEEDS.km_to(clinic.point) <= WITHIN
        and (not search.routes or bool(set(clinic.routes) & set(search.routes)))
        and (not search.payments or bool(set(clinic.payments) & set(search.payments)))
        and all(getattr(clinic, wish.field) is True for wish in search.wishes)
    )


def asked(**chosen) -> ClinicSearch:
    return ClinicSearch(create_place(point=LEEDS), unit=Unit.KM, **chosen)


def rungs_of(search: ClinicSearch):
    return ladder(search, WITHIN, count_facets(search, WITHIN))


@pytest.mark.parametrize("seed", range(12))
def test_rungs_agree_with_brute_force(seed):
    dice = random.Random(seed)
    for _ in range(40):
        create_clinic(
            point=Point(LEEDS.latitude + dice.gauss(0, 0.5), LEEDS.longitude + dice.gauss(0, 0.7)),
            routes=dice.sample(list(Route), dice.randint(0, 2)),
            payments=dice.sample(list(Payment), dice.randint(0, 2)),
            listed=dice.random() < 0.9,
            **{wish.field: dice.choice([True, False, None]) for wish in FACTS},
        )
    clinics = list(Clinic.objects.all())
    search = asked(
        routes=tuple(dice.sample(list(Route), 2)),
        payments=tuple(dice.sample(list(Payment), 1)),
        wishes=tuple(dice.sample(FACTS, 2)),
    )
    relaxed = [
        replace(search, routes=()),
        replace(search, payments=()),
        *(replace(search, wishes=(wish,)) for wish in search.wishes),
    ]
    expected = [
        count for rest in relaxed if (count := sum(fits(clinic, rest) for clinic in clinics))
    ]  # fmt: skip
    everything = sum(fits(clinic, asked()) for clinic in clinics)
    rungs = rungs_of(search)
    assert sorted(rung.count for rung in rungs) == sorted(expected or ([everything] if everything else []))
    for rung in rungs:
        assert rung.count == rung.search.results().count
        for label, count in rung.instead:
            field, option = next(
                (field, option)
                for field, options in (("routes", Route), ("payments", Payment))
                for option in options
                if option.label == label
            )
            assert count == replace(rung.search, **{field: (option,)}).results().count


def test_the_most_helpful_first_with_what_there_is_instead():
    for number in range(3):
        create_clinic(point=LEEDS, routes=[Route.ESKETAMINE], payments=["self-pay"], name=f"Private {number}")
    create_clinic(point=LEEDS, routes=[Route.IV], payments=["public"])
    rungs = rungs_of(asked(routes=(Route.ESKETAMINE,), payments=(Payment.PUBLIC,)))
    assert [(rung.left_out, rung.count, rung.instead) for rung in rungs] == [
        ("Publicly funded", 3, (("Paying yourself", 3),)),
        ("Esketamine nasal spray", 1, (("Intravenous infusion", 1),)),
    ]


def test_where_no_single_thing_helps():
    create_clinic(point=LEEDS, routes=[Route.IV])
    rungs = rungs_of(asked(routes=(Route.ORAL,), wishes=(Wish.THERAPY,)))
    assert [(rung.left_out, rung.count) for rung in rungs] == [("", 1)]


def test_where_there_is_nothing_at_all():
    assert rungs_of(asked(routes=(Route.ORAL,), wishes=(Wish.THERAPY,))) == []


def test_one_query(django_assert_num_queries):
    search = asked(routes=(Route.ORAL,), payments=(Payment.PUBLIC,), wishes=tuple(Wish))
    facets = count_facets(search, WITHIN)
    with django_assert_num_queries(1):
        ladder(search, WITHIN, facets)


def test_the_page_offers_the_rungs_and_the_nearest_beyond(client):
    create_clinic(point=LEEDS, routes=[Route.ESKETAMINE], payments=["self-pay"])
    create_clinic(
        point=Point(53.96, -1.08), routes=[Route.ESKETAMINE], payments=["public"], town="York"
    )  # fmt: skip
    address = "/clinics/near/gb/ls1-4/?within=5&route=esketamine&payment=public"
    body = " ".join(client.get(address).content.decode().split())
    assert "1 clinic without “Publicly funded”" in body
    assert "Paying yourself: 1" in body
    assert "The nearest that fits is 22 miles away, in York" in body
    assert "route=esketamine&amp;within=5" in body
