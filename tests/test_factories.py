import pytest

from clinics.models import Clinic, Route
from places.distance import Point
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


def test_a_clinic_is_listed_and_found_near_its_point():
    near = create_clinic(name="Near", point=Point(53.80, -1.55), routes=[Route.ESKETAMINE, Route.IV])
    create_clinic(name="Far", point=Point(51.50, -0.12))
    create_clinic(name="Draft", point=Point(53.80, -1.55), listed=False)

    assert list(Clinic.objects.listed().near(Point(53.79, -1.54), within_km=10)) == [near]
    assert near.routes == [Route.IV, Route.ESKETAMINE]
    assert list(Clinic.objects.filter(routes__contains=[Route.IV])) == [near]


def test_two_clinics_may_bear_one_name():
    assert create_clinic().slug != create_clinic().slug


def test_a_user_can_sign_in(client):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    assert "_auth_user_id" in client.session
