"""Loading small files of our own making: all or nothing, repeatable, keys that stay."""

import lzma
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from places.gazetteer import files
from places.gazetteer.files import Name, entry
from places.loading import GazetteerError, Load, load
from places.models import LoadedFile, Place, PlaceName

pytestmark = pytest.mark.django_db

LS1 = entry("outcode", "GB", "LS1", "Leeds", "ls1", (53.8, -1.55), region_code="ENG", source="made up")
LS1_4 = entry(
    "sector", "GB", "LS1 4", "Leeds", "ls1-4", (53.795, -1.5521), region_code="ENG", source="made up"
)
ZIP = entry(
    "zip", "US", "10001", "New York", "10001", (40.7484, -73.9967), region_code="NY", source="made up"
)
FSA = entry("fsa", "CA", "M5V", "Toronto", "m5v", (43.64, -79.4), region_code="ON", source="made up")
LEEDS = entry(
    "town",
    "GB",
    "",
    "Leeds",
    "leeds-eng",
    (53.79648, -1.54785),
    region_code="ENG",
    population=536280,
    source="made up",
)
NAMES = [
    Name("GB", "leeds-eng", "Leeds", "leeds", True),
    Name("GB", "leeds-eng", "Loidis, of old", "loidis of old", False),
]


def write(path: Path, towns=(LEEDS,), names=NAMES, codes=(LS1, LS1_4)):
    files.write(path / "code_point_open.csv.xz", codes)
    files.write(path / "geonames_postal.csv.xz", [ZIP])
    files.write(path / "canada.csv.xz", [FSA])
    files.write(path / "towns.csv.xz", towns)
    files.write(path / "town_names.csv.xz", names)


@pytest.fixture
def small(tmp_path, db):
    """A folder with five places, and an empty gazetteer to load them into, until the test is rolled back."""
    connection.cursor().execute("TRUNCATE places_place, places_placename, places_loadedfile")
    write(tmp_path)
    return tmp_path


def state():
    return (
        list(Place.objects.order_by("id").values_list()),
        list(PlaceName.objects.order_by("id").values_list()),
        list(LoadedFile.objects.order_by("name").values_list("name", "digest", "rows")),
    )


def test_load(small):
    assert load(small) == Load(added=5, names=2)
    leeds = Place.objects.at("gb", "leeds-eng")
    assert (leeds.region, leeds.precision, leeds.population, leeds.code) == ("England", "town", 536280, "")
    assert (leeds.latitude, leeds.longitude) == (53.7965, -1.5478)
    assert set(leeds.names.values_list("folded", "is_preferred", "country", "weight")) == {
        ("leeds", True, "GB", 536280),
        ("loidis of old", False, "GB", 53628),
    }
    assert Place.objects.at("gb", "ls1-4").precision == "sector"
    assert Place.objects.at("us", "10001").population is None
    assert dict(LoadedFile.objects.values_list("name", "rows"))["code_point_open.csv.xz"] == 2


def test_loading_again_changes_nothing(small, django_assert_max_num_queries):
    load(small)
    before = state()
    with django_assert_max_num_queries(6):  # savepoint, lock, digests, is there any, release
        assert load(small) == Load(is_idle=True)
    assert state() == before


def test_indexes_are_there_after_a_first_load(small):
    load(small)
    with connection.cursor() as cursor:
        names = {
            name
            for table in ("places_place", "places_placename")
            for name in connection.introspection.get_constraints(cursor, table)
        }
    assert {index.name for model in (Place, PlaceName) for index in model._meta.indexes} <= names


def test_a_changed_file_touches_only_what_differs(small):
    load(small)
    keys = dict(Place.objects.values_list("slug", "id"))
    york = entry(
        "town",
        "GB",
        "",
        "York",
        "york-eng",
        (53.96, -1.08),
        region_code="ENG",
        population=1,
        source="made up",
    )
    write(
        small,
        towns=[LEEDS._replace(population=600_000), york],
        names=[NAMES[0], Name("GB", "york-eng", "York", "york", True)],
        codes=[LS1_4],
    )
    assert load(small) == Load(added=1, changed=1, removed=1, names=4)
    after = dict(Place.objects.values_list("slug", "id"))
    assert after.pop("york-eng") not in keys.values()
    assert after == {slug: key for slug, key in keys.items() if slug != "ls1"}
    assert PlaceName.objects.get(folded="leeds").weight == 600_000
    assert not PlaceName.objects.filter(folded="loidis of old").exists()


def _cut(path: Path):
    path.write_bytes(path.read_bytes()[:-40])


def _replace_bytes(path: Path):
    path.write_bytes(b"not xz")


def _other_columns(path: Path):
    path.write_bytes(lzma.compress(b"country,slug\nGB,leeds-eng\n"))


def _bad_number(path: Path):
    text = lzma.decompress(path.read_bytes()).decode()
    path.write_bytes(
        lzma.compress(text.replace("536280", "many").replace("leeds,True", "leeds,perhaps").encode())
    )


@pytest.mark.parametrize("damage", [_cut, _replace_bytes, _other_columns, _bad_number, Path.unlink])
@pytest.mark.parametrize("name", ["towns.csv.xz", "town_names.csv.xz"])
def test_a_damaged_file_changes_nothing(small, damage, name):
    load(small)
    before = state()
    write(small, codes=[LS1])  # so that the load gets as far as the damaged file
    damage(small / name)
    with pytest.raises(GazetteerError, match=re.escape(name)):
        load(small)
    assert state() == before


def test_a_damaged_first_load_leaves_the_gazetteer_empty(small):
    _cut(small / "town_names.csv.xz")
    with pytest.raises(GazetteerError):
        load(small)
    assert state() == ([], [], [])


def test_what_the_tables_refuse_changes_nothing(small):
    load(small)
    before = state()
    write(small, codes=[LS1, LS1_4._replace(code="LS1", kind="outcode")])
    with pytest.raises(IntegrityError):
        load(small)
    assert state() == before


def test_the_command_says_what_is_wrong(small):
    (small / "canada.csv.xz").unlink()
    with pytest.raises(CommandError, match=r"canada\.csv\.xz: No such file"):
        call_command("load_places", path=small)


def test_the_command_says_what_it_did(small, capsys):
    call_command("load_places", path=small)
    printed = capsys.readouterr().out
    assert "United Kingdom: 1 postcode sectors, 1 postcode districts, 1 towns" in printed
    assert "5 added, 0 changed, 0 removed, 2 names changed" in printed


def test_files_are_the_same_bytes_for_the_same_rows(tmp_path):
    sizes = [
        files.write(tmp_path / name, rows) for name, rows in (("one", [LS1, LS1_4]), ("two", [LS1_4, LS1]))
    ]
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert len(set(sizes)) == 1
