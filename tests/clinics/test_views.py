"""The finder's pages through HTTP, on the real gazetteer: what is typed, where it leads, what it says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import OpeningHours, Route
from places.distance import Point
from places.models import Place
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)


def ask(client, text: str, **fields):
    return client.post("/clinics/", {"where": text, **fields})


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("LS1 4AP", "/clinics/near/gb/ls1-4/"),
        ("ls14ap", "/clinics/near/gb/ls1-4/"),
        ("  LS1\u00a04AP.", "/clinics/near/gb/ls1-4/"),
        ("LS1", "/clinics/near/gb/ls1/"),
        ("SW1", "/clinics/near/gb/sw1/"),
        ("10001", "/clinics/near/us/10001/"),
        ("10001-1234", "/clinics/near/us/10001/"),
        ("M5V 2T6", "/clinics/near/ca/m5v/"),
        ("2000", "/clinics/near/au/2000/"),
        ("D02 X285", "/clinics/near/ie/d02/"),
    ],
)
def test_a_postcode_leads_to_its_area(client, typed, address):
    response = ask(client, typed)
    assert (response.status_code, response["Location"]) == (303, address)


@pytest.mark.parametrize(("typed", "name"), [("St Albans", "Saint Albans"), ("Wagga Wagga", "Wagga Wagga")])
def test_a_town_leads_to_its_results(client, typed, name):
    page = client.get(ask(client, typed)["Location"])
    assert page.status_code == 200
    assert page.context_data["search"].place.name in {typed, name}


def test_get_with_a_query_does_the_same(client):
    response = client.get("/clinics/", {"q": "LS1 4AP"})
    assert (response.status_code, response["Location"]) == (303, "/clinics/near/gb/ls1-4/")


def test_filters_travel_with_the_search(client):
    response = ask(client, "LS1 4AP", route=["iv", "oral"])
    assert response["Location"] == "/clinics/near/gb/ls1-4/?route=iv&route=oral"


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({"q": "lee"}, ("Leeds, England", "United Kingdom", "/clinics/near/gb/leeds-eng/")),
        ({"q": "LS1 4AP"}, ("LS1 4", "United Kingdom", "/clinics/near/gb/ls1-4/")),
        ({"q": "newc", "country": "AU"}, ("Newcastle, New South Wales", "Australia", None)),
        (
            {"q": "lee", "route": "iv"},
            ("Leeds, England", "United Kingdom", "/clinics/near/gb/leeds-eng/?route=iv"),
        ),
    ],
)
def test_places_are_suggested_with_their_results(client, fields, first):
    response = client.post("/clinics/suggest", fields)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    suggested = response.json()["places"]
    label, country, url = first
    assert (suggested[0]["label"], suggested[0]["country"]) == (label, country)
    assert url in {None, suggested[0]["url"]}
    assert all(client.get(place["url"]).status_code == 200 for place in suggested[:2])
    assert len(suggested) <= 8
    assert not response.cookies


@pytest.mark.parametrize("text", ["", "L", "zzzzqq", "%", "<script>", "x" * 500])
def test_nothing_to_suggest(client, text):
    assert client.post("/clinics/suggest", {"q": text}).json() == {"places": []}


def test_what_is_typed_is_not_taken_from_an_address(client):
    assert client.get("/clinics/suggest?q=lee").status_code == 405


@pytest.mark.parametrize("text", ["lee", "LS1 4AP", "york, p"])
def test_queries_of_a_suggestion(client, text, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.post("/clinics/suggest", {"q": text})


@pytest.mark.parametrize("sent", ["53.80,-1.55", "53.799671,-1.549213"])
def test_a_position_leads_to_its_cell(client, sent):
    response = client.post("/clinics/", {"at": sent, "where": "York", "route": "iv"})
    assert (response.status_code, response["Location"]) == (303, "/clinics/near/at/53.80,-1.55/?route=iv")


def test_a_finer_position_in_an_address_leads_to_its_cell(client):
    response = client.get("/clinics/near/at/53.799671,-1.549213/?route=iv")
    assert (response.status_code, response["Location"]) == (302, "/clinics/near/at/53.80,-1.55/?route=iv")


@pytest.mark.parametrize("sent", ["", "nan,nan", "91.00,0.00", "0.00,181.00", "Leeds", "1,2,3", "1e400,0"])
def test_what_is_no_position(client, sent):
    response = client.post("/clinics/", {"at": sent})
    assert response.status_code == 422
    assert "Type a postcode or a town instead" in response.content.decode()
    assert client.get(f"/clinics/near/at/{sent}/").status_code == 404


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/clinics/near/at/53.80,-1.55/", ["miles", "where you are, near Leeds"]),
        ("/clinics/near/at/48.86,2.35/", ["km", "where you are, near Paris"]),
        ("/clinics/near/at/-60.00,-140.00/", ["km", "where you are"]),
    ],
)
def test_results_from_a_position_say_how_exact_they_are(client, address, words):
    body = client.get(address).content.decode()
    assert "from where you are, to about 1 km" in body
    assert "centre of" not in body
    assert all(word in body for word in words)
    assert '<meta name="robots" content="noindex">' in body


def test_queries_of_the_results_from_a_position(client):
    create_clinic(point=LEEDS)
    with CaptureQueriesContext(connection) as captured:
        client.get("/clinics/near/at/53.80,-1.55/?within=25")
    assert len(captured) == 7  # the town it is by, count, nearest, clinics, treatments, facets, remote


@pytest.mark.parametrize("typed", ["", "   ", "\t"])
def test_nothing_typed(client, typed):
    response = ask(client, typed)
    assert response.status_code == 422
    assert "Type a postcode or a town" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "status", "outcome"),
    [
        ("LS99 9ZZ", 404, "unknown"),
        ("Zzyzxqville", 404, "unknown"),
        ("%%%", 422, "malformed"),
        ("Newcastle", 200, "ambiguous"),
        ("Paris", 404, "not_covered"),
    ],
)
def test_each_outcome_has_its_status_and_keeps_what_was_typed(client, typed, status, outcome):
    response = ask(client, typed)
    assert (response.status_code, response.context_data["finding"].outcome) == (status, outcome)
    assert response.context_data["finding"].text in response.content.decode().replace("&#x27;", "'")


def test_ambiguous_offers_places_that_answer(client):
    response = ask(client, "Newcastle", route="iv")
    addresses = [address for _, address in response.context_data["choices"]]
    assert len(addresses) > 2
    for address in addresses:
        assert address.endswith("?route=iv")
        assert client.get(address).status_code == 200


def test_results_are_nearest_first_and_say_where_from(client):
    for name, latitude in [("Far", 53.9), ("Near", 53.80), ("Middle", 53.85)]:
        create_clinic(name=f"Clinic {name}", point=Point(latitude, -1.5492), routes=[Route.IV])
    body = client.get("/clinics/near/gb/ls1-4/").content.decode()
    assert body.index("Clinic Near") < body.index("Clinic Middle") < body.index("Clinic Far")
    assert "centre of" in body
    assert "miles" in body


def test_sample_is_marked_on_card_and_page(client):
    clinic = create_clinic(point=LEEDS, is_sample=True)
    mark = "Sample listing, not a real clinic"
    assert mark in client.get("/clinics/near/gb/ls1-4/").content.decode()
    assert mark in client.get(clinic.get_absolute_url()).content.decode()


def test_none_near_names_the_nearest(client):
    create_clinic(name="Sydney Clinic", point=Point(-33.87, 151.21))
    body = client.get("/clinics/near/gb/ls1-4/").content.decode()
    assert "Sydney Clinic" in body


def test_no_clinic_at_all(client):
    assert client.get("/clinics/near/gb/ls1-4/?route=iv").status_code == 200


@pytest.mark.parametrize(
    "address", ["/clinics/near/gb/ls99-9/", "/clinics/near/xx/ls1-4/", "/clinics/near/GB/LS1-4/x/"]
)
def test_address_of_no_place(client, address):
    assert client.get(address).status_code == 404


def test_clinic_that_is_a_draft_is_not_there(client):
    assert client.get(create_clinic(listed=False).get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 200, "Clinic"),
        ({"status": "paused", "status_note": "Closed for repairs"}, 200, "Closed for repairs"),
        ({"status": "delisted", "delisted_because": "closed"}, 410, "closed"),
    ],
)
def test_clinic_page_says_what_became_of_it(client, fields, status, words):
    response = client.get(create_clinic(**fields).get_absolute_url())
    assert response.status_code == status
    assert words in response.content.decode()


def test_a_paused_clinic_is_neither_open_nor_closed_now(client):
    clinic = create_clinic(status="paused", timezone="Europe/London")
    clinic.opening_hours = [OpeningHours(weekday=day, opens="09:00", closes="17:00") for day in range(7)]
    clinic.save()
    body = client.get(clinic.get_absolute_url()).content.decode()
    assert "Open now" not in body
    assert "Closed now" not in body


def test_unknown_is_never_shown_as_no(client):
    body = client.get(create_clinic(point=LEEDS).get_absolute_url()).content.decode()
    assert "Not known" in body
    assert ">No<" not in body


def test_text_of_a_listing_cannot_act(client):
    hostile = "<script>alert(1)</script>"
    clinic = create_clinic(name=hostile, street=hostile, town=hostile, point=LEEDS, access_note=hostile)
    for address in (clinic.get_absolute_url(), "/clinics/near/gb/ls1-4/"):
        assert hostile not in client.get(address).content.decode()


def test_structured_data_for_real_clinics_only(client):
    real = create_clinic(name="</script>", point=LEEDS)
    sample = create_clinic(point=LEEDS, is_sample=True)
    body = client.get(real.get_absolute_url()).content.decode()
    assert '"@type": "MedicalClinic"' in body
    assert "\\u003C/script\\u003E" in body
    assert "MedicalClinic" not in client.get(sample.get_absolute_url()).content.decode()


@pytest.mark.parametrize("address", ["/clinics/", "/clinics/near/gb/ls1-4/"])
def test_no_cookie(client, address):
    assert not client.get(address).cookies
    assert not ask(client, "LS1 4AP").cookies


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods(client, method):
    assert getattr(client, method)("/clinics/").status_code == 405


@pytest.mark.parametrize("page", ["0", "-1", "1", "99", "9" * 400, "1e3", "٣", "x"])
def test_any_page_number(client, page):
    create_clinic(point=LEEDS)
    assert client.get("/clinics/near/gb/ls1-4/", {"page": page}).status_code == 200


def test_queries_of_the_results_page(client):
    def queries(clinics: int) -> int:
        for _ in range(clinics):
            create_clinic(point=LEEDS, routes=[Route.IV, Route.ORAL])
        with CaptureQueriesContext(connection) as captured:
            client.get("/clinics/near/gb/ls1-4/?within=25")
        return len(captured)

    assert queries(10) == queries(10) == 7  # place, count, nearest, clinics, treatments, facets, remote


def test_a_change_of_filters_brings_only_what_changes(client):
    for number in range(3):
        create_clinic(name=f"Clinic {number}", point=LEEDS, routes=[Route.IV])
    address = "/clinics/near/gb/ls1-4/"
    whole = client.get(address, {"route": "iv"})
    part = client.get(address, {"route": ["iv", "x"], "page": "1"}, headers={"HX-Request": "true"})
    assert part["HX-Push-Url"] == "/clinics/near/gb/ls1-4/?route=iv"
    assert part["Cache-Control"] == "private, no-store"
    body = part.content.decode()
    assert "<html" not in body
    assert 'id="filters"' not in body, "the form, and with it the focus, stays"
    for changed in (
        "near-head",
        "other-unit",
        "filter-groups",
        "filter-number",
        "filter-show",
        "near-said",
        "near-tools",
        "compare",
    ):
        assert f'id="{changed}"' in body
        assert f'id="{changed}"' in whole.content.decode()
    assert body.count("data-hx-swap-oob") == 8
    assert "data-hx-swap-oob" not in whole.content.decode()
    assert body.count("clinic-card__name") == whole.content.decode().count("clinic-card__name") == 3


def test_chosen_filters_can_be_removed_one_by_one_and_at_once(client):
    create_clinic(point=LEEDS)
    body = client.get("/clinics/near/gb/ls1-4/?route=iv&language=pl&within=10").content.decode()
    assert "2 chosen" in body
    assert 'href="/clinics/near/gb/ls1-4/?language=pl&amp;within=10"' in body
    assert 'href="/clinics/near/gb/ls1-4/?route=iv&amp;within=10"' in body
    assert 'href="/clinics/near/gb/ls1-4/?within=10">Clear all' in body


def test_remote_services_alone(client):
    for number in range(7):
        create_clinic(name=f"Remote {number}", setting="remote", remote_regions=["GB"], languages=["cy"])
    mixed = client.get("/clinics/near/gb/ls1-4/")
    assert len(mixed.context_data["remote"]) == 5
    address = mixed.context_data["all_remote"].get_absolute_url()
    assert address == "/clinics/near/gb/ls1-4/?setting=remote"
    alone = " ".join(client.get(address).content.decode().split())
    assert "7 remote services that may serve England" in alone
    assert alone.count("clinic-card__name") == 7
    assert "How far to look" not in alone
    assert 'Welsh <span class="choice__count">(7)</span>' in alone
    none = client.get(f"{address}&route=iv").content.decode()
    assert "No remote service in our list fits everything you chose" in " ".join(none.split())


def test_a_town_offers_its_namesakes(client):
    page = client.get("/clinics/near/au/newcastle-nsw/?within=50&route=iv")
    namesakes = [url for _, url in page.context_data["namesakes"]]
    assert "Not this one?" in page.content.decode()
    assert all(url.endswith("?route=iv&within=50") for url in namesakes)
    assert client.get(namesakes[0]).status_code == 200
    assert "Not this one?" not in client.get("/clinics/near/gb/ls1-4/").content.decode()


def test_queries_of_the_results_page_of_a_town_where_nothing_fits(client):
    create_clinic(point=LEEDS, routes=[Route.IV])
    address = "/clinics/near/gb/leeds-eng/?within=25&route=oral"
    client.get(address)  # the area of a town is looked up once in each process
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    # place, count, facets, nearest anywhere (none), ladder, namesakes, remote
    assert len(captured) == 7


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/clinics/near/gb/ls1-4/", ["All of Britain", "England"]),
        ("/clinics/near/gb/leeds-eng/", ["All of Britain", "England"]),
        ("/clinics/near/at/53.80,-1.55/", ["All of Britain", "England"]),
        ("/clinics/near/gb/leeds-eng/?route=oral", ["England"]),
        ("/clinics/near/us/10001/", ["New York"]),
        ("/clinics/near/au/newcastle-nsw/", []),
        ("/clinics/near/at/-60.00,-140.00/", []),
    ],
)
def test_remote_services_by_the_regions_they_may_serve(client, address, names):
    remote = {"setting": "remote"}
    create_clinic(name="England", remote_regions=["GB-ENG", "GB-WLS"], routes=[Route.ORAL], **remote)
    create_clinic(name="Scotland", remote_regions=["GB-SCT"], **remote)
    create_clinic(name="All of Britain", remote_regions=["GB"], **remote)
    create_clinic(name="New York", country="US", remote_regions=["US-NY"], **remote)
    create_clinic(name="Draft", remote_regions=["GB"], listed=False, **remote)
    create_clinic(name="In Leeds", point=LEEDS)
    page = client.get(address)
    assert [clinic.name for clinic in page.context_data["remote"]] == names
    assert not set(names) & {clinic.name for clinic in page.context_data["results"].clinics}
    body = page.content.decode()
    assert ("Remote services that may serve" in body) is bool(names)
    assert body.count("Not yet confirmed by us. Ask first.") == len(names)  # nobody travels there


def test_staff_see_the_same_page(client):
    client.force_login(create_user(is_superuser=True))
    assert client.get("/clinics/near/gb/ls1-4/").status_code == 200
    assert Place.objects.count() > 100_000
