"""The lists of the directory: what they tell, search, filters, queries."""

import pytest

from clinics.models import Clinic, Provider
from places.distance import Point
from tests.clinics.admin.screens import (
    DIRECTORY,
    address,
    count_queries,
    create_record,
)
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", DIRECTORY)
def test_a_list_costs_the_same_for_10_and_20_rows(client, publisher, model):
    def more():
        for _ in range(10):
            clinic = create_clinic(provider=Provider.objects.create(name="P"), routes=[1])
            create_record(clinic)
            clinic.save_revision()

    more()
    ten = count_queries(client, address(model, "list"))
    more()
    assert count_queries(client, address(model, "list")) == ten


def names_listed(client, **query):
    response = client.get(address(Clinic, "list"), query)
    return [clinic.name for clinic in response.context["object_list"]]


def test_the_list_tells_what_a_curator_asks_first(client, publisher):
    clinic = create_clinic(
        name="Heron", town="Leeds", status="paused", verified_on="2026-05-12", verified_how="phone"
    )
    create_record(clinic)
    page = client.get(address(Clinic, "list")).content.decode()
    for text in ("Heron", "Leeds", "GB", "Paused", "2026", "odhf"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "hero"}, ["Heron"]),
        ({"q": "leeds"}, ["Heron"]),
        ({"q": "m5v"}, ["Curlew"]),
        ({"country": "CA"}, ["Curlew"]),
        ({"status": "paused"}, ["Wren"]),
        ({"live": "false"}, ["Teal"]),
        ({"source": "odhf"}, ["Curlew"]),
        ({"latitude": "true"}, ["Heron"]),
        ({"q": "\x00"}, None),
        ({"country": "XX"}, None),
        ({"q": "x" * 200}, []),
        ({"q": "x" * 5000}, None),
    ],
)
def test_search_and_filters(client, publisher, query, names):
    create_clinic(name="Heron", town="Leeds", point=Point(53.8, -1.5))
    create_record(create_clinic(name="Curlew", country="CA", postcode="M5V 0X9"))
    create_clinic(name="Wren", status="paused")
    create_clinic(name="Teal", listed=False)
    if names is None:
        assert client.get(address(Clinic, "list"), query).status_code < 500
    else:
        assert names_listed(client, **query) == names
