"""What the map is told: the clinics of the list, and no position finer than the directory has."""

import json
import re
from pathlib import Path

import pytest

from clinics.maps import clinic_map, tiles
from places.distance import Point
from places.models import Precision
from tests.factories import create_clinic

LEEDS = Point(53.7997, -1.5492)


def map_data(answer) -> dict | None:
    script = re.search(
        r'<script id="map-data" type="application/json">(.*?)</script>', answer.content.decode()
    )
    return json.loads(script[1])


@pytest.mark.parametrize("query", ["", "?page=2&within=200", "?route=iv&unit=km"])
def test_list_and_map_have_the_same_clinics_in_the_same_order(world, client, query):
    answer = client.get(f"/clinics/near/gb/ls1-4/{query}")
    results = answer.context_data["results"]
    data = map_data(answer)
    assert [clinic["slug"] for clinic in data["clinics"]] == [clinic.slug for clinic in results.clinics]
    numbers = [clinic["number"] for clinic in data["clinics"]]
    assert numbers == list(range(results.first + 1, results.first + 1 + len(results.clinics)))
    html = answer.content.decode()
    for clinic in data["clinics"]:
        assert f'id="clinic-{clinic["slug"]}"' in html
        assert clinic["distance"].split()[0] in html


def test_a_page_without_clinics_has_no_map(world, client):
    answer = client.get("/clinics/near/gb/ls1-4/?within=5&route=im&payment=public&with=wheelchair")
    assert not answer.context_data["results"].count
    assert map_data(answer) is None


def test_searching_an_area_keeps_the_filters_and_says_where_it_is(world, client):
    area = map_data(client.get("/clinics/near/gb/ls1-4/?route=iv&within=10"))["area"]
    assert area["query"]["route"] == ["iv"]
    assert area["query"]["within"] == []
    answer = client.get("/clinics/near/at/53.80,-1.55/", {"from": "map", "route": "iv", "within": "10"})
    html = answer.content.decode()
    assert "the middle of the map, near Leeds" in html
    assert "where you are, near" not in html
    assert all("from=map" in radius.url for radius in answer.context_data["radii"])


def test_a_finer_position_leads_to_the_cell_and_keeps_what_it_came_from(client, db):
    answer = client.get("/clinics/near/at/53.8049,-1.5502/?from=map")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/clinics/near/at/53.80,-1.55/?from=map"


@pytest.mark.parametrize(
    ("precision", "approximate"),
    [(Precision.ROOFTOP, False), (Precision.POSTCODE, False), (Precision.TOWN, True)],
)
def test_a_position_that_is_no_door_says_so(db, precision, approximate):
    clinic = create_clinic(point=LEEDS, position_precision=precision)
    assert clinic_map(clinic)["clinics"][0]["approximate"] is approximate


def test_what_cannot_be_visited_has_no_map(db):
    assert clinic_map(create_clinic()) is None
    assert clinic_map(create_clinic(setting="remote", remote_regions=["GB"])) is None


def test_pictures_chosen_by_the_operator(settings):
    assert tiles() == {"shapes": "/map/base/{z}/{x}/{y}.json"}
    settings.MAP_ATTRIBUTION = "© Somebody"
    settings.MAP_PMTILES = Path("anything.pmtiles")
    assert tiles() == {"pictures": "/map/pictures/{z}/{x}/{y}", "attribution": "© Somebody"}
    settings.MAP_TILE_URL = "https://tiles.example/{z}/{x}/{y}.png"
    assert tiles()["pictures"] == settings.MAP_TILE_URL
