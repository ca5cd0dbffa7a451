"""Searches that find nothing: counted of many, kept of no one."""

import csv
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinics import unmet_need
from clinics.models import UnmetNeed
from clinics.models.unmet_need import week_of
from clinics.unmet_need import NEEDS_EACH, Need, Tally
from places.areas import Area
from places.distance import Point
from tests.factories import create_clinic, create_user

FEWEST = 10
MONDAY = date(2026, 11, 16)
NEED = Need(Area("GB", "ZE1"), "", "")


@pytest.fixture(autouse=True)
def tally(monkeypatch):
    """A process that has counted nothing yet."""
    monkeypatch.setattr(unmet_need, "_tally", Tally())


@pytest.fixture
def fewest(settings) -> int:
    """As few people as PostgreSQL lets a row tell of, where the usual number would only ask for more pages."""
    settings.UNMET_NEED_FEWEST = 5
    return 5


def search(client, number: int, path: str = "/clinics/near/gb/ze1/", **headers):
    """One person's search, from a household of their own."""
    return client.get(path, REMOTE_ADDR=f"10.{number // 250}.{number % 250}.1", **headers)


def needs() -> list[tuple[str, str, str, str]]:
    return list(UnmetNeed.objects.values_list("country", "area", "route", "payment"))


# --- The count of one process ----------------------------------------------------------------------------------------


def add(tally: Tally, number: int, need: Need = NEED, week: date = MONDAY) -> int:
    return tally.add(need, f"10.0.{number // 250}.{number % 250}/32", week=week, fewest=FEWEST)


def test_fewer_than_the_fewest_are_never_to_be_stored():
    for _ in range(200):
        tally = Tally()
        assert not any(add(tally, number) for number in range(FEWEST - 1))


@given(st.integers(5, 20), st.lists(st.integers(0, 200), max_size=300))
def test_whatever_is_stored_tells_of_enough_different_people(fewest, visits):
    """And of no more than there were."""
    tally, people, stored = Tally(), set(), 0
    for number in visits:
        people.add(number)
        due = tally.add(NEED, f"{number}", week=MONDAY, fewest=fewest)
        assert due == 0 or fewest <= due < 2 * fewest
        stored += due
        assert stored <= len(people)
    if len(people) >= 2 * fewest:
        assert stored


def test_one_household_is_one_person_however_often_it_looks():
    tally = Tally()
    assert not any(add(tally, 1) for _ in range(1000))


def test_a_week_starts_from_nothing():
    tally = Tally()
    for number in range(FEWEST - 1):
        add(tally, number)
    assert not any(
        add(tally, number, week=MONDAY + timedelta(weeks=1)) for number in range(FEWEST, 2 * FEWEST - 1)
    )


def test_nobody_fills_the_table_alone():
    """Of many things that one household looks for, only the first few count."""
    tally = Tally()
    wanted = [Need(Area("US", f"{code:03}"), "", "") for code in range(100)]
    for need in wanted:
        add(tally, 0, need)
    counted = [need for need in wanted if any(add(tally, number, need) for number in range(1, FEWEST))]
    assert len(counted) <= NEEDS_EACH


def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(unmet_need, "MOST_NEEDS", 3)
    tally = Tally()
    for code in range(50):
        for number in range(3 * FEWEST):
            add(tally, 100 * code + number, Need(Area("US", f"{code:03}"), "", ""))
    assert len(tally._pots) == 3


def test_threads_lose_no_count():
    tally = Tally()
    with ThreadPoolExecutor(8) as pool:
        due = sum(pool.map(lambda number: add(tally, number), range(2000)))
    assert due + tally._pots[NEED].waiting == len(tally._pots[NEED].seen)


# --- Which searches count --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_many_look_for_in_vain_is_stored(client):
    for number in range(FEWEST - 1):
        assert search(client, number).status_code == 200
    assert not UnmetNeed.objects.exists()
    for number in range(FEWEST, 3 * FEWEST):
        search(client, number)
    row = UnmetNeed.objects.get()
    assert (row.country, row.area, row.name) == ("GB", "ZE1", "Lerwick, Scotland")
    assert (row.route, row.payment, row.week) == ("", "", week_of(timezone.localdate()))
    assert FEWEST <= row.searches <= 3 * FEWEST
    assert (row.latitude, row.longitude) == (60.15, -1.16)  # the middle of ZE1, to about 1 km


@pytest.mark.django_db
def test_the_treatment_and_the_way_to_pay_are_counted_apart(client, fewest):
    create_clinic(point=Point(60.15, -1.15), routes=[1])
    for number in range(2 * fewest):
        search(client, number, "/clinics/near/gb/ze1/?route=esketamine&payment=public")
        search(client, number, "/clinics/near/gb/ze1-0/?within=50&route=oral")
    assert set(needs()) == {("GB", "ZE1", "esketamine", "public"), ("GB", "ZE1", "oral", "")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/clinics/near/gb/ls1-4/",  # something is found
        "/clinics/near/gb/ze1/?within=5",  # less far than people travel
        "/clinics/near/gb/ze1/?language=cy",  # says too much of a person
        "/clinics/near/gb/ze1/?route=iv&with=open-now",
        "/clinics/near/gb/ze1/?route=iv&route=im",
        "/clinics/near/gb/ze1/?setting=remote",
        "/clinics/near/fr/paris/",
    ],
)
def test_other_searches_are_not_counted(client, fewest, path):
    create_clinic(point=Point(53.8, -1.55))
    for number in range(2 * fewest):
        search(client, number, path)
    assert not UnmetNeed.objects.exists()


@pytest.mark.django_db
def test_a_program_that_looks_only_at_heads_is_not_counted(client, fewest):
    for number in range(2 * fewest):
        client.head("/clinics/near/gb/ze1/", REMOTE_ADDR=f"10.0.{number}.1")
    assert not UnmetNeed.objects.exists()


# --- What is kept of one person --------------------------------------------------------------------------------------


def everything_stored() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db
def test_a_search_leaves_nothing_in_any_table_cache_or_log(client, caplog):
    search(client, 0)
    cache.clear()
    before = everything_stored()
    for number in range(FEWEST - 1):
        search(client, number)
    assert everything_stored() == before
    assert "ze1" not in caplog.text.lower()


@pytest.mark.django_db
def test_memory_holds_no_address_and_no_postcode(client):
    search(client, 7, "/clinics/near/gb/ze1-0/")
    held = repr(vars(unmet_need._tally))
    assert "ZE1" in held
    assert "10.0.7" not in held
    assert "ZE1 0" not in held


@pytest.mark.django_db
def test_counting_costs_no_query(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            search(client, 1)
        return len(captured)

    counted, counted_before = queries(), queries()
    assert counted == counted_before


@pytest.mark.django_db
def test_a_database_that_takes_nothing_does_not_stand_in_the_way(client, fewest, caplog):
    """As while the primary is down and a replica answers."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise DatabaseError("cannot execute INSERT in a read-only transaction")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        answers = [search(client, number).status_code for number in range(2 * fewest)]
    assert set(answers) == {200}
    assert not UnmetNeed.objects.exists()
    assert "could not be stored" in caplog.text
    assert "ZE1" not in caplog.text


def store(searches=12, week=MONDAY, area="ZE1", country="GB", **fields) -> UnmetNeed:
    fields = {"route": "", "payment": "", "name": "Lerwick, Scotland"} | fields
    return UnmetNeed.objects.create(week=week, country=country, area=area, searches=searches, **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"searches": 4}, {"week": MONDAY + timedelta(days=1)}])
def test_postgresql_keeps_no_row_of_few_people_and_no_day(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        store(**wrong)
    assert store(searches=5).pk


@pytest.mark.django_db
def test_more_of_the_same_week_are_added():
    key = {"week": MONDAY, "country": "GB", "area": "ZE1", "route": "", "payment": ""}
    UnmetNeed.add(10, name="Lerwick", centre=None, **key)
    UnmetNeed.add(12, name="Lerwick", centre=None, **key)
    assert UnmetNeed.objects.get().searches == 22


# --- What is shown ---------------------------------------------------------------------------------------------------


@pytest.fixture
def this_week() -> date:
    return week_of(timezone.localdate())


@pytest.mark.django_db
def test_the_page_adds_the_weeks_of_a_year_and_leaves_out_this_one(client, this_week):
    assert "Nothing has been counted yet" in client.get(reverse("clinics:unmet_need")).content.decode()
    store(searches=11, week=this_week - timedelta(weeks=1), route="esketamine", payment="public")
    store(searches=1200, week=this_week - timedelta(weeks=2), route="esketamine", payment="public")
    store(searches=5000, week=this_week)
    store(searches=7000, week=this_week - timedelta(weeks=60))
    store(searches=15, week=this_week - timedelta(weeks=1), country="US", area="995", name="<b>Anchorage")
    page = client.get(reverse("clinics:unmet_need"))
    text = page.content.decode()
    assert "1,211" in text
    assert "Esketamine nasal spray, publicly funded" in text
    assert 'href="/clinics/near/gb/ze1/?route=esketamine&amp;payment=public"' in text
    assert "&lt;b&gt;Anchorage" in text
    assert "5,000" not in text
    assert "7,000" not in text
    assert "public" in page["Cache-Control"]
    assert not page.cookies


@pytest.mark.django_db
def test_the_map_has_each_area_once_with_what_was_looked_for(client, this_week):
    week = this_week - timedelta(weeks=1)
    middle = {"latitude": 60.16, "longitude": -1.17}
    store(searches=11, week=week, **middle)
    store(searches=30, week=week, route="oral", **middle)
    store(searches=12, week=week, area="IV27", name="Lairg")  # of which no middle is known
    page = client.get(reverse("clinics:unmet_need")).content.decode()
    data = json.loads(re.search(r'<script id="map-data" type="application/json">(.*?)</script>', page)[1])
    (area,) = data["clinics"]
    assert (area["number"], area["name"], area["at"]) == (1, "ZE1 Lerwick, Scotland", [60.16, -1.17])
    assert area["town"] == "By mouth or under the tongue: 30; Any treatment: 11"
    assert data["noun"]["many"] == "areas"
    assert page.count('id="clinic-gb-ze1"') == 1


@pytest.mark.django_db
def test_the_data_hold_finished_weeks_as_csv_and_json(client, this_week):
    store(searches=11, week=this_week - timedelta(weeks=60), name="=1+1")
    store(searches=12, week=this_week)
    table = client.get("/data/unmet-need.csv")
    rows = list(csv.reader(table.content.decode().splitlines()))
    assert rows[0] == [
        "week",
        "country",
        "area",
        "name",
        "route",
        "payment",
        "searches",
        "latitude",
        "longitude",
    ]
    assert rows[1:] == [[str(this_week - timedelta(weeks=60)), "GB", "ZE1", "'=1+1", "", "", "11", "", ""]]
    assert "public" in table["Cache-Control"]
    data = client.get("/data/unmet-need.json").json()
    assert [row["searches"] for row in data["rows"]] == [11]
    assert "CC BY 4.0" in data["licence"]


@pytest.mark.django_db
def test_curators_have_it_as_a_list_of_places_to_look(client, this_week):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    url = reverse("curation:unmet_need")
    assert "Nothing was counted yet" in client.get(url).content.decode()
    store(searches=11, week=this_week - timedelta(weeks=1))
    store(searches=99, week=this_week - timedelta(weeks=1), country="US", area="995", name="Anchorage")
    page = client.get(url).content.decode()
    assert page.index("Anchorage") < page.index("Lerwick")
    assert "Any treatment" in page


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["clinics:unmet_need", "curation:unmet_need"])
def test_as_many_queries_for_twenty_areas_as_for_ten(client, view, this_week):
    client.force_login(create_user(is_superuser=True, is_staff=True))
    counts = []
    for first in (0, 10):
        for number in range(first, first + 10):
            store(area=f"ZE{number}", week=this_week - timedelta(weeks=1))
        client.get(reverse(view))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(view))
        counts.append(len(captured))
    assert counts[0] == counts[1]
