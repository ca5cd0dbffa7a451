"""The page of one clinic: what a course asks of a person, when it is open, what is next to it."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.burden import burdens, schedules_by_route
from clinics.models import Clinic, ClosedDates, OpeningHours, Route, Treatment, TreatmentSchedule
from clinics.public_holidays import public_holidays
from clinics.schedules import load_schedules, read_schedules
from places.distance import Point
from tests.factories import create_clinic

pytestmark = pytest.mark.django_db

LEEDS = Point(53.7997, -1.5492)
YORK = Point(53.9591, -1.0815)


@pytest.fixture
def schedules():
    call_command("load_schedules", verbosity=0)


def offering(*treatments: Treatment, **fields) -> Clinic:
    clinic = create_clinic(**{"point": LEEDS} | fields)
    clinic.treatments = list(treatments)
    clinic.save()
    return clinic


def priced(route: Route, low=None, high=None, unit="session") -> Treatment:
    amounts = [None if amount is None else Decimal(amount) for amount in (low, high)]
    return Treatment(route=route, price_from=amounts[0], price_to=amounts[1], currency="GBP", price_unit=unit)


def shown(client, clinic: Clinic, query: str = "") -> str:
    body = client.get(clinic.get_absolute_url() + query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


# --- The whole course ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("treatment", "price"),
    [
        (priced(Route.ESKETAMINE, 325, 365), (3900, 4380)),
        (priced(Route.IV, 225), (675, 1350)),
        (priced(Route.IV, 900, None, "course"), (900, 900)),
        (priced(Route.IV, 100, 120, "month"), (200, 240)),
        (priced(Route.IV), None),
        (priced(Route.IM, 100), None),  # a price, and no schedule to multiply it by
        (priced(Route.IM, 800, 900, "course"), (800, 900)),
    ],
)
def test_price_of_a_course(schedules, treatment, price):
    (burden,) = burdens(offering(treatment), None, schedules_by_route())
    assert burden.price == price
    assert burden.travel_km is None


def test_travel_of_a_course_is_there_and_back_for_every_visit(schedules):
    clinic = offering(priced(Route.ESKETAMINE), priced(Route.IV), priced(Route.ORAL))
    away = YORK.km_to(LEEDS)
    spray, drip, oral = burdens(clinic, YORK, schedules_by_route())
    assert spray.travel_km == pytest.approx((24 * away, 24 * away))
    assert drip.travel_km == pytest.approx((6 * away, 12 * away))
    assert (oral.schedule, oral.travel_km) == (None, None)


def test_nobody_travels_to_a_remote_service(schedules):
    clinic = offering(priced(Route.ORAL), setting="remote", point=None, remote_regions=["GB"])
    assert burdens(clinic, YORK, schedules_by_route()) == []


def test_the_page_says_what_a_course_asks(client, schedules):
    clinic = offering(priced(Route.ESKETAMINE, 325, 365), priced(Route.IM))
    words = shown(client, clinic, "?near=gb/york-eng")
    assert "Visits 12" in words
    assert re.search(r"Travel about 5[0-9]0 miles", words)
    assert "about £3,900 to £4,380" in words
    assert "from the centre of York, England" in words
    assert "Somebody must take you home each time" in words
    assert "Spravato (esketamine) nasal spray" in words
    assert "checked 23 November 2026" in words
    assert "We know of no schedule for this that we can cite" in words
    assert "The price of a course is not known" in words


@pytest.mark.parametrize("near", ["", "gb/nowhere", "york", "gb/ls1-4/x", "/", "é/é", "x" * 500])
def test_a_start_that_is_no_place_is_left_out(client, schedules, near):
    clinic = offering(priced(Route.IV))
    response = client.get(clinic.get_absolute_url(), {"near": near})
    assert (response.status_code, response.context_data["start"]) == (200, None)
    assert "Say where from" in response.content.decode()


def test_the_start_is_asked_for_in_the_body_and_carried_by_its_area(client, schedules):
    clinic = offering(priced(Route.IV))
    response = client.post(f"{clinic.get_absolute_url()}from/", {"where": "LS1 4AP"})
    assert (response.status_code, response["Location"]) == (
        303,
        f"{clinic.get_absolute_url()}?near=gb/ls1-4#whole-course",
    )
    assert client.get(f"{clinic.get_absolute_url()}from/").status_code == 405


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        (" ", 422, "Type a postcode or a town"),
        ("LS99 9ZZ", 404, "We do not know “LS99 9ZZ”"),
        ("Newcastle", 200, "There are several places of that name"),
        ("Paris", 404, "a country that we do not cover"),
    ],
)
def test_a_start_that_is_not_found_is_told_beside_the_box(client, schedules, typed, status, words):
    clinic = offering(priced(Route.IV))
    response = client.post(f"{clinic.get_absolute_url()}from/", {"where": typed})
    body = response.content.decode()
    assert (response.status_code, words in body) == (status, True)
    assert not typed.strip() or f'value="{typed}"' in body
    for _, near in response.context_data.get("start_choices") or []:
        assert client.get(clinic.get_absolute_url(), {"near": near}).context_data["start"]


def test_results_lead_to_the_page_with_their_place(client):
    clinic = create_clinic(point=LEEDS)
    for results, near in [("gb/ls1-4", "gb/ls1-4"), ("at/53.80,-1.55", "gb/leeds-eng")]:
        body = client.get(f"/clinics/near/{results}/").content.decode()
        assert f'href="{clinic.get_absolute_url()}?near={near}"' in body


def test_schedules_are_loaded_again_but_never_over_an_editor(schedules):
    edited = TreatmentSchedule.objects.get(route=Route.IV)
    edited.pattern = "Every Tuesday."
    edited.save()
    edited.save_revision()
    assert load_schedules(read_schedules()) == len(read_schedules()) - 1
    assert TreatmentSchedule.objects.get(route=Route.IV).pattern == "Every Tuesday."


def test_every_schedule_names_its_source():
    for entry in read_schedules():
        assert len(entry["source"]) > 10
        assert entry["source_url"].startswith("https://")
        assert date.fromisoformat(entry["checked_on"]) <= date(2026, 11, 23)


# --- Opening ---------------------------------------------------------------------------------------------------------


def always_open(**fields) -> Clinic:
    clinic = create_clinic(timezone="Europe/London", **fields)
    clinic.opening_hours = [OpeningHours(weekday=day, opens="00:00", closes="00:00") for day in range(7)]
    clinic.save()
    return clinic


def test_closed_dates_are_shown_and_close_the_clinic(client):
    clinic = always_open()
    today = clinic.local_time(timezone.now()).date()
    clinic.closed_dates = [
        ClosedDates(first_on=today, last_on=today + timedelta(days=2), reason="Staff training"),
        ClosedDates(first_on=today - timedelta(days=9), last_on=today - timedelta(days=8), reason="Long ago"),
    ]
    clinic.save()
    words = shown(client, clinic)
    assert "Closed now" in words
    assert "Staff training" in words
    assert "Long ago" not in words


@pytest.mark.parametrize(
    ("country", "region", "first", "expected"),
    [
        ("GB", "England", "2026-12-24", [("2026-12-25", "Christmas Day"), ("2026-12-28", "Boxing Day")]),
        ("GB", "Scotland", "2026-11-29", [("2026-11-30", "Andrew")]),
        ("GB", "England", "2026-11-29", []),
        ("US", "PA", "2026-11-20", [("2026-11-26", "Thanksgiving")]),
        ("DE", "Bayern", "2026-10-30", [("2026-11-01", "All Saints")]),
        ("DE", "Berlin", "2026-10-30", []),
        ("IE", "Leinster", "2026-10-20", [("2026-10-26", "October")]),
        ("NZ", "", "2026-02-01", [("2026-02-06", "Waitangi")]),
        ("XX", "", "2026-12-24", []),
    ],
)
def test_public_holidays_by_region(country, region, first, expected):
    found = public_holidays(Clinic(country=country, region=region), date.fromisoformat(first), days=8)
    by_day = {day.isoformat(): name for day, name in found}
    assert bool(by_day) is bool(expected)
    for day, word in expected:
        assert word in by_day[day]


def test_a_public_holiday_is_not_taken_for_an_ordinary_day(client, monkeypatch):
    christmas = timezone.now().replace(year=2026, month=12, day=25, hour=12)
    monkeypatch.setattr(timezone, "now", lambda: christmas)
    words = shown(client, always_open(region="England"))
    assert "Usually open now" in words
    assert "Today is a public holiday there (Christmas Day). Ask first." in words


# --- The rest --------------------------------------------------------------------------------------------------------


def test_clinics_nearby(client):
    here = create_clinic(name="Here", point=LEEDS)
    for name, point in [("Near", Point(53.81, -1.55)), ("Far", YORK)]:
        create_clinic(name=name, point=point)
    create_clinic(name="Draft", point=LEEDS, listed=False)
    response = client.get(here.get_absolute_url())
    assert [clinic.name for clinic in response.context_data["nearby"]] == ["Near", "Far"]


def test_queries_do_not_grow_with_what_a_clinic_has(client, schedules):
    def queries(count: int) -> int:
        clinic = offering(*(priced(route) for route in list(Route)[:count]))
        clinic.opening_hours = [OpeningHours(weekday=d, opens="09:00", closes="17:00") for d in range(count)]
        clinic.save()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{clinic.get_absolute_url()}?near=gb/ls1-4")
        return len(captured)

    # clinic, treatments, hours, closed dates, sources, attempts, safety card, start, schedules, nearby
    assert queries(1) == queries(5) <= 10


def structured(client, clinic: Clinic) -> dict:
    body = client.get(clinic.get_absolute_url()).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)[1])


def test_structured_data_says_what_is_known_and_nothing_else(client):
    assert set(structured(client, create_clinic())) == {"@context", "@type", "@id", "url", "name", "address"}
    clinic = offering(
        priced(Route.ESKETAMINE, 325, 365),
        timezone="Europe/London",
        email="desk@heron.example",
        languages=["en", "cy"],
        wheelchair_access=True,
        parking=False,
    )
    clinic.opening_hours = [OpeningHours(weekday=0, opens="00:00", closes="00:00")]
    clinic.closed_dates = [ClosedDates(first_on=date(2026, 12, 24), last_on=date(2027, 1, 2))]
    clinic.save()
    data = structured(client, clinic)
    assert data["email"] == "desk@heron.example"
    assert data["knowsLanguage"] == ["en", "cy"]
    assert data["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": "https://schema.org/Monday",
            "opens": "00:00",
            "closes": "23:59",
        }
    ]
    assert data["specialOpeningHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": "2026-12-24",
            "validThrough": "2027-01-02",
            "opens": "00:00",
            "closes": "00:00",
        }
    ]
    assert data["availableService"] == [{"@type": "MedicalTherapy", "name": "Esketamine nasal spray"}]
    assert data["amenityFeature"] == [
        {"@type": "LocationFeatureSpecification", "name": "Step-free for wheelchairs", "value": True},
        {"@type": "LocationFeatureSpecification", "name": "Parking", "value": False},
    ]
