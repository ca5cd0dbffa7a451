"""The tiles of the project's own map: there, sound, small, and cached by whoever likes."""

import gzip
import json

import pytest
from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer

from places.tiles import BASE_MAP, archive

SIZE = 4096
# Zoom 8: the squares that these lie in.
CITIES = {
    "London": (8, 127, 85),
    "Aberystwyth": (8, 125, 84),
    "Manhattan": (8, 75, 96),
    "Sydney": (8, 235, 153),
    "Toronto": (8, 71, 93),
    "Auckland": (8, 252, 156),
    "Dublin": (8, 123, 83),
    "Berlin": (8, 137, 83),
}


def tile(zoom: int, x: int, y: int) -> dict:
    kept = archive(BASE_MAP).nearest(zoom, x, y)
    return json.loads(gzip.decompress(kept.content))


@pytest.mark.parametrize(("name", "address"), CITIES.items(), ids=CITIES)
def test_cities_have_coasts_and_names_of_their_own(name, address):
    found = tile(*address)
    assert found["tile"] == list(address)
    assert found["land"]
    names = [label for _, _, label, _ in found["places"]]
    assert any(name in label for label in names)
    people = [count for *_, count in found["places"]]
    assert people == sorted(people, reverse=True)


def test_every_line_lies_in_its_tile():
    for address in [*CITIES.values(), (2, 1, 1), (5, 15, 10)]:
        found = tile(*address)
        for layer in ("land", "lakes", "built", "rivers", "regions", "countries"):
            for line in found.get(layer, []):
                for axis in (0, 1):
                    here = 0
                    for step in line[axis::2]:
                        here += step
                        assert -80 <= here <= SIZE + 80, (address, layer)


def test_built_up_areas_are_where_people_live():
    assert tile(*CITIES["London"])["built"]
    assert tile(*CITIES["Toronto"])["built"]


def test_where_there_is_no_detail_the_larger_area_answers():
    found = tile(8, 20, 20)  # the ice of northern Canada
    assert found["tile"][0] < 8


def test_a_view_of_a_city_costs_little():
    sizes = [len(archive(BASE_MAP).nearest(*address).content) for address in CITIES.values()]
    assert max(sizes) < 80_000
    assert sum(sizes) / len(sizes) < 40_000


def test_a_tile_is_answered_as_it_is_kept_and_may_be_cached(client, db):
    address = "/map/base/8/127/85.json"
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Cache-Control"].startswith("public, max-age=604800")
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert not packed.cookies
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert plain.json()["tile"] == [8, 127, 85]


@pytest.mark.parametrize(
    "address",
    [
        "base/8/256/0.json",
        "base/9/0/0.json",
        "base/999999999999/0/0.json",
        "pictures/0/0/0",
        "base/1/0/0.json",
        "base/0/0/1.json",
    ],
)
def test_no_such_tile(client, db, address):
    answer = client.get(f"/map/{address}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def pictures(tmp_path):
    """An archive with one picture in it."""
    path = tmp_path / "pictures.pmtiles"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(0, b"a picture")
        header = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE}
        writer.finalize(header, {})
    return path


def test_pictures_of_the_operators(client, db, settings, pictures):
    settings.MAP_PMTILES = pictures
    answer = client.get("/map/pictures/0/0/0")
    assert (answer.content, answer.headers["Content-Type"]) == (b"a picture", "image/png")
    assert client.get("/map/pictures/1/0/0").status_code == 404
