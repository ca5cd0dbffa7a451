"""The directory by country, region and town."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.browse import town_url
from clinics.sitemaps import BrowseSitemap, ClinicSitemap
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db


def create(region: str, town: str, country: str = "US", **fields):
    return create_clinic(name=f"Clinic {town}", country=country, region=region, town=town, **fields)


def listed(response) -> list[tuple[str, int]]:
    return [(branch.name, branch.count) for branch in response.context_data["branches"]]


@pytest.fixture
def directory():
    create("Pennsylvania", "Pittsburgh")
    create("PA", "Pittsburgh")
    create("penna", "Erie")
    create("New York", "St. Albans")
    create("New York", "St Albans")
    create("", "")
    create("England", "Leeds", country="GB")
    create("West Yorkshire", "Leeds", country="GB")
    create("Ohio", "Hidden", listed=False)
    create("Ohio", "Paused", status="paused")
    create("Ohio", "Remote", setting="remote", remote_regions=["US"])


def test_countries_in_the_order_of_the_site(client, directory):
    assert listed(client.get("/clinics/browse/")) == [("United Kingdom", 2), ("United States", 6)]


def test_a_region_of_many_spellings_is_one(client, directory):
    page = client.get("/clinics/browse/us/")
    assert listed(page) == [("New York", 2), ("Pennsylvania", 3), ("", 1)]
    assert [clinic.town for clinic in page.context_data["remote"]] == ["Remote"]
    assert listed(client.get("/clinics/browse/us/pennsylvania/")) == [("Erie", 1), ("Pittsburgh", 2)]
    assert listed(client.get("/clinics/browse/us/new-york/")) == [("St. Albans", 2)]


def test_every_link_leads_on_and_the_counts_agree(client, directory):
    for country in client.get("/clinics/browse/").context_data["branches"]:
        regions = client.get(country.url).context_data["branches"]
        assert sum(region.count for region in regions) == country.count
        for region in regions:
            towns = client.get(region.url).context_data["branches"]
            assert sum(town.count for town in towns) == region.count
            for town in towns:
                clinics = client.get(town.url).context_data["clinics"]
                assert len(clinics) == town.count
                assert all(town_url(clinic) == town.url for clinic in clinics)


@pytest.mark.parametrize(
    "address",
    [
        "/clinics/browse/xx/",
        "/clinics/browse/US/",
        "/clinics/browse/fr/",
        "/clinics/browse/us/ohio/",
        "/clinics/browse/us/nowhere/",
        "/clinics/browse/us/pennsylvania/hidden/",
    ],
)
def test_what_is_not_there(client, directory, address):
    assert client.get(address).status_code == 404


def test_a_country_without_a_listing_says_so(client):
    assert "There is no listed clinic here yet" in client.get("/clinics/browse/nz/").content.decode()


@pytest.mark.parametrize(("number", "count"), [("1", 20), ("2", 5), ("99", 5), ("0", 20), ("x", 20)])
def test_pages_of_a_town(client, number, count):
    for _ in range(25):
        create("Pennsylvania", "Pittsburgh")
    response = client.get("/clinics/browse/us/pennsylvania/pittsburgh/", {"page": number})
    assert len(response.context_data["clinics"]) == count


def test_titles_name_the_place(client, directory):
    for address, title in [
        ("/clinics/browse/gb/", "Clinics in the United Kingdom, by region"),
        ("/clinics/browse/us/pennsylvania/", "Clinics in Pennsylvania, United States, by town"),
        ("/clinics/browse/us/pennsylvania/pittsburgh/", "Clinics in Pittsburgh, Pennsylvania"),
    ]:
        body = client.get(address).content.decode()
        assert re.search(r"<title>(.*?) - Ketamine Info</title>", body)[1] == title
        assert f'<link rel="canonical" href="http://testserver{address}">' in body


def test_search_engines_learn_nothing_of_samples(client):
    create("England", "Leeds", country="GB", is_sample=True)
    create("Scotland", "Perth", country="GB")
    noindex = '<meta name="robots" content="noindex">'
    assert noindex in client.get("/clinics/browse/gb/england/").content.decode()
    assert noindex in client.get("/clinics/browse/gb/england/leeds/").content.decode()
    assert noindex not in client.get("/clinics/browse/gb/scotland/").content.decode()
    assert noindex not in client.get("/clinics/browse/gb/").content.decode()
    assert [clinic.town for clinic in ClinicSitemap().items()] == ["Perth"]
    assert BrowseSitemap().items() == ["/clinics/browse/gb/", "/clinics/browse/gb/scotland/"]


def test_queries_do_not_grow(client):
    def queries(clinics: int) -> list[int]:
        counted = []
        for _ in range(clinics):
            create("Pennsylvania", "Pittsburgh", routes=[1, 2])
        for address in ("", "us/", "us/pennsylvania/", "us/pennsylvania/pittsburgh/"):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/clinics/browse/{address}")
            counted.append(len(captured))
        return counted

    # countries; regions, remote; regions, towns; regions, towns, clinics, treatments
    assert queries(10) == queries(10) == [1, 2, 2, 4]
