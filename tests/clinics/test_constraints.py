"""What PostgreSQL itself refuses, however a row comes in."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from clinics.models import Clinic, OpeningHours, SourceRecord, Treatment
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"latitude": 91.0, "longitude": 0.0, "position_precision": "town"}, "clinic_position_whole_and_on_earth"),
        ({"latitude": 1.0, "longitude": 180.5, "position_precision": "town"}, "clinic_position_whole_and_on_earth"),
        ({"latitude": float("nan"), "longitude": 0.0, "position_precision": "town"}, "clinic_position_whole_and_on_earth"),
        ({"latitude": 1.0, "longitude": None, "position_precision": "town"}, "clinic_position_whole_and_on_earth"),
        ({"latitude": 1.0, "longitude": 1.0, "position_precision": ""}, "clinic_position_whole_and_on_earth"),
        ({"position_precision": "town"}, "clinic_position_whole_and_on_earth"),
        ({"status": "delisted"}, "clinic_delisted_has_a_reason"),
        ({"delisted_because": "closed"}, "clinic_delisted_has_a_reason"),
        ({"verified_on": "2026-01-01"}, "clinic_verified_on_and_how_together"),
        ({"verified_how": "phone"}, "clinic_verified_on_and_how_together"),
        ({"youngest_age": 65, "oldest_age": 18}, "clinic_ages_ascend"),
        ({"remote_regions": ["GB-ENG"]}, "clinic_regions_only_if_remote"),
        (
            {"setting": "remote", "latitude": 1.0, "longitude": 1.0, "position_precision": "town"},
            "clinic_remote_is_at_no_distance",
        ),
        ({"country": "gb"}, "clinic_country_code"),
        ({"country": ""}, "clinic_country_code"),
    ],
)  # fmt: skip
def test_impossible_clinic(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        create_clinic(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"route": 9}, "treatment_route_known"),
        ({"route": 1, "price_from": Decimal(5)}, "treatment_price_has_currency_and_unit"),
        ({"route": 1, "price_to": Decimal(5)}, "treatment_price_has_currency_and_unit"),
        (
            {"route": 1, "price_to": Decimal(5), "currency": "GBP", "price_unit": "session"},
            "treatment_price_has_currency_and_unit",
        ),
        (
            {"route": 1, "price_from": Decimal(9), "price_to": Decimal(5), "currency": "GBP", "price_unit": "session"},
            "treatment_price_range_ascends",
        ),
        (
            {"route": 1, "price_from": Decimal(-1), "currency": "GBP", "price_unit": "session"},
            "treatment_price_has_currency_and_unit",
        ),
    ],
)  # fmt: skip
def test_impossible_treatment(fields, constraint):
    clinic = create_clinic()
    with pytest.raises(IntegrityError, match=constraint):
        Treatment.objects.create(clinic=clinic, **fields)


def test_a_route_once():
    clinic = create_clinic(routes=[1])
    with pytest.raises(IntegrityError, match="treatment_route_once"):
        Treatment.objects.create(clinic=clinic, route=1)


def test_no_eighth_weekday():
    with pytest.raises(IntegrityError, match="opening_hours_weekday"):
        OpeningHours.objects.create(clinic=create_clinic(), weekday=7, opens="09:00", closes="17:00")


def test_a_sources_identifier_once():
    row = {"source": "list", "identifier": "1", "data": {}, "digest": "", "first_seen_at": "2026-01-01T00:00Z",
           "last_seen_at": "2026-01-01T00:00Z"}  # fmt: skip
    SourceRecord.objects.create(**row)
    with pytest.raises(IntegrityError, match="source_record_identifier_unique"):
        SourceRecord.objects.create(**row)


def test_listed_is_what_postgresql_says():
    assert [
        create_clinic(name=name, **fields).pk in set(Clinic.objects.listed().values_list("pk", flat=True))
        for name, fields in [
            ("listed", {}),
            ("draft", {"listed": False}),
            ("paused", {"status": "paused"}),
            ("delisted", {"status": "delisted", "delisted_because": "closed"}),
        ]
    ] == [True, False, False, False]


def test_routes_follow_the_treatments():
    clinic = create_clinic(routes=[4, 1])
    assert clinic.routes == [1, 4]
    clinic.treatments = [Treatment(route=5)]
    clinic.save()
    clinic.refresh_from_db()
    assert clinic.routes == [5]
