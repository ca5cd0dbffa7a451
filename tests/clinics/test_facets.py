"""The counts beside the filters: each is what choosing that option would find."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics import facets
from clinics.criteria import CRITERIA, LANGUAGE, AgeGroup, Wish
from clinics.facets import count_facets
from clinics.models import Clinic, Route
from clinics.search import ClinicSearch, Results, Unit
from places.distance import Point
from tests.factories import create_clinic, create_place

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)
WITHIN = 50
SPOKEN = ["en", "pl", "cy", "ur"]


@pytest.fixture
def directory():
    """120 clinics with facts drawn at random, unknown ones among them, about half of them within 50 km."""
    dice = random.Random(8)
    for number in range(120):
        create_clinic(
            point=Point(LEEDS.latitude + dice.gauss(0, 0.5), LEEDS.longitude + dice.gauss(0, 0.7)),
            **facts(dice),
        )
        if number % 6 == 0:
            regions = dice.sample(["GB", "GB-ENG", "GB-SCT", "US"], 2)
            create_clinic(setting="remote", remote_regions=regions, **facts(dice))


def facts(dice: random.Random) -> dict:
    return {
        "routes": dice.sample(list(Route), dice.randint(0, 3)),
        "payments": dice.sample(list(Clinic.Payment), dice.randint(0, 3)),
        "languages": dice.sample(SPOKEN, dice.randint(0, 3)),
        "youngest_age": dice.choice([None, 12, 18, 21, 66]),
        "oldest_age": dice.choice([None, 70, 80]),
        "listed": dice.random() < 0.9,
        **{wish.field: dice.choice([True, False, None]) for wish in Wish if wish.field},
    }


CHOSEN = [
    {},
    {"routes": (Route.IV,)},
    {"routes": (Route.IV, Route.ORAL), "payments": (Clinic.Payment.SELF_PAY,)},
    {"wishes": (Wish.THERAPY,)},
    {"routes": (Route.ESKETAMINE,), "wishes": (Wish.THERAPY, Wish.WHEELCHAIR)},
    {"settings": (Clinic.Setting.IN_CLINIC,), "languages": ("pl", "cy")},
    {"settings": (Clinic.Setting.REMOTE,), "ages": (AgeGroup.OLDER,)},
    {"ages": (AgeGroup.CHILDREN, AgeGroup.OLDER), "payments": (Clinic.Payment.PUBLIC,)},
]


def test_each_count_is_what_choosing_the_option_finds(directory, subtests):
    place = create_place(point=LEEDS, region_code="ENG")
    for chosen in CHOSEN:
        with subtests.test(**chosen):
            search = ClinicSearch(place, unit=Unit.KM, within=WITHIN, **chosen)
            counted = count_facets(search, WITHIN)
            assert not counted.is_at_least
            assert any(counted.counts.values())
            assert {code for field, code in counted.counts if field == LANGUAGE.field} <= set(SPOKEN)
            for criterion in CRITERIA:
                for option in criterion.options if criterion is not LANGUAGE else SPOKEN:
                    picked = (option,) if criterion.is_any else (*search.wishes, option)
                    choosing = search.choosing(criterion, picked)
                    found = Results(choosing, within=WITHIN).count + choosing.remote().count()
                    assert counted.count(criterion.field, option) == found, (criterion.name, option)


def test_one_query(directory):
    search = ClinicSearch(create_place(point=LEEDS), unit=Unit.KM)
    with CaptureQueriesContext(connection) as captured:
        count_facets(search, WITHIN)
    assert len(captured) == 1


def test_a_crowd_is_counted_to_a_bound_and_says_so(monkeypatch, client):
    monkeypatch.setattr(facets, "MOST_LOOKED_AT", 3)
    for _ in range(5):
        create_clinic(point=LEEDS, routes=[Route.IV])
    counted = count_facets(ClinicSearch(create_place(point=LEEDS), unit=Unit.KM), WITHIN)
    assert (counted.count("routes", Route.IV), counted.is_at_least) == (4, True)
    page = client.get("/clinics/near/gb/ls1-4/").content.decode()
    assert "(4 or more)" in page
    assert "(few or none)" in page  # of the other treatments: there may be some among those not looked at
    assert "choice--none" not in page
