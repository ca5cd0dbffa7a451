import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import phonenumbers
import pytest
from django.core.management import call_command

from clinics.models import Clinic, ClosedDates, OpeningHours, SourceRecord, Treatment
from clinics.samples import load_samples, read_samples
from places.distance import Point
from tests.factories import create_clinic

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

# Ranges that the regulators keep out of use for drama and examples: Ofcom (GB), NANPA (US, CA), ACMA (AU),
# ComReg (IE), Bundesnetzagentur (DE). None is known for New Zealand, so samples there have no number.
FICTION = re.compile(
    r"\+44(11[3-8]4960|1[2-6]14960|1914980|2079460|2896496|2920180|3069990)\d{3}"
    r"|\+1[2-9]\d\d55501\d\d"
    r"|\+61[2378](5550|7010)\d{4}"
    r"|\+3532091\d{5}"
    r"|\+49(3023125|4066969|2214710|6990009|8999998)\d{3}"
)


@pytest.fixture(scope="module")
def entries():
    return read_samples()


@pytest.fixture
def samples(world):
    """As a trial has them: quicker than ``loaded``, where no date matters and none is changed."""
    return Clinic.objects.filter(is_sample=True)


@pytest.fixture
def loaded(db, entries):
    load_samples(entries, at=AT)
    return Clinic.objects.filter(is_sample=True)


def test_there_are_about_300_in_seven_countries(entries):
    by_country = Counter(entry["country"] for entry in entries)
    assert by_country["GB"] >= 90
    assert by_country["US"] >= 90
    assert all(by_country[country] >= 15 for country in ("CA", "AU", "NZ", "IE", "DE"))


def test_nobody_can_mistake_one_for_a_real_clinic(entries):
    for entry in entries:
        assert entry["name"].startswith("Sample ")
        assert entry.get("provider", "Sample").startswith("Sample")
        assert re.fullmatch(r"https://[\w-]+\.example/", entry.get("website", "https://a.example/"))
        assert entry.get("email", "a@b.example").endswith(".example")


def test_no_telephone_number_can_belong_to_anybody(entries):
    numbers = [
        phonenumbers.format_number(phonenumbers.parse(entry["phone"]), phonenumbers.PhoneNumberFormat.E164)
        for entry in entries
        if "phone" in entry
    ]
    assert len(numbers) > 250
    assert [number for number in numbers if not FICTION.fullmatch(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_each_one_passes_the_checks_of_the_editor(samples):
    for clinic in samples.prefetch_related("treatments", "opening_hours"):
        clinic.clean_fields(exclude=["provider"])  # the constraints have held already, in PostgreSQL
        for part in [*clinic.treatments.all(), *clinic.opening_hours.all()]:
            part.clean_fields(exclude=["clinic"])
        assert clinic.routes == sorted(treatment.route for treatment in clinic.treatments.all())


def test_they_show_every_state_and_every_unknown(loaded):
    assert {"listed", "paused", "delisted"} == set(loaded.values_list("status", flat=True))
    assert {"closed", "moved"} <= set(loaded.values_list("delisted_because", flat=True))
    for fact in ("taking_new_patients", "wheelchair_access", "parking", "psychiatric_assessment"):
        assert {True, False, None} == set(loaded.values_list(fact, flat=True))
    assert loaded.filter(latitude=None, setting="in-clinic").exists()
    assert loaded.filter(setting="remote").exclude(remote_regions=[]).count() >= 10
    assert loaded.filter(verified_on__gt=AT - timedelta(days=60)).exists()
    assert loaded.filter(verified_on__lt=AT - timedelta(days=365)).exists()
    assert loaded.filter(verified_on=None).exists()


@pytest.mark.parametrize(
    ("place", "point"),
    [
        ("LS1 4, Leeds", Point(53.798, -1.552)),
        ("AL1 3, St Albans", Point(51.753, -0.337)),
        ("Westminster, London", Point(51.498, -0.136)),
        ("10001, New York", Point(40.748, -73.997)),
        ("90045, Los Angeles", Point(33.954, -118.402)),
        ("M5V, Toronto", Point(43.640, -79.396)),
        ("2000, Sydney", Point(-33.859, 151.207)),
        ("1010, Auckland", Point(-36.848, 174.763)),
        ("D02, Dublin", Point(53.339, -6.253)),
        ("10115, Berlin", Point(52.532, 13.385)),
        ("2650, Wagga Wagga", Point(-35.115, 147.368)),
    ],
)
def test_there_are_clinics_near(samples, place, point):
    assert samples.listed().near(point, within_km=40).count() >= 2


@pytest.mark.parametrize("point", [Point(60.155, -1.145), Point(-23.698, 133.881), Point(62.454, -114.377)])
def test_there_are_places_with_none_within_100_miles(samples, point):
    assert not samples.listed().near(point, within_km=161).exists()


def test_opening_hours_and_dates_are_read(db):
    entry = {
        "slug": "a",
        "name": "Sample A",
        "country": "GB",
        "treatments": [],
        "opening_hours": ["Mon-Tue,Thu 09:00-12:30", "Thu 18:00-01:00"],
        "verified_days_ago": 3,
        "verified_how": "phone",
    }
    load_samples([entry], at=AT)
    clinic = Clinic.objects.get()
    assert [str(span) for span in clinic.opening_hours.order_by("weekday", "opens")] == [
        "Monday 09:00 to 12:30",
        "Tuesday 09:00 to 12:30",
        "Thursday 09:00 to 12:30",
        "Thursday 18:00 to 01:00",
    ]
    assert clinic.verified_on.isoformat() == "2026-11-20"


def test_a_second_run_changes_nothing_and_is_quick(loaded, entries):
    before = list(loaded.order_by("pk").values())
    parts = Treatment.objects.count(), OpeningHours.objects.count(), SourceRecord.objects.count()
    start = time.perf_counter()
    outcome = load_samples(entries, at=AT + timedelta(days=30))
    assert time.perf_counter() - start < 1
    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, len(entries))
    assert list(loaded.order_by("pk").values()) == before
    assert parts == (Treatment.objects.count(), OpeningHours.objects.count(), SourceRecord.objects.count())


def test_a_changed_entry_changes_its_clinic_alone(loaded, entries):
    first, *others = entries
    changed = first | {"name": "Sample Changed", "treatments": [{"route": "oral"}]}
    outcome = load_samples([changed, *others], at=AT)
    assert (outcome.changed, outcome.unchanged) == (1, len(others))
    clinic = Clinic.objects.get(slug=first["slug"])
    assert clinic.name == "Sample Changed"
    assert clinic.routes == [5]
    assert [treatment.route for treatment in clinic.treatments.all()] == [5]


def test_what_a_curator_edited_is_left_alone(loaded, entries):
    clinic = loaded.first()
    clinic.name = "Sample edited by hand"
    clinic.save_revision(log_action=True).publish()
    changed = [entry | {"status_note": "New"} for entry in entries if entry["slug"] == clinic.slug]
    assert load_samples(changed, at=AT).kept == 1
    clinic.refresh_from_db()
    assert (clinic.name, clinic.status_note) == ("Sample edited by hand", "")


def test_a_real_clinic_is_never_touched(db, entries):
    real = create_clinic(name="Real", slug=entries[0]["slug"])
    assert load_samples(entries[:1], at=AT).kept == 1
    real.refresh_from_db()
    assert (real.name, real.is_sample) == ("Real", False)


def test_the_command_says_what_it_did(db, capsys):
    call_command("load_sample_clinics")
    assert "0 changed, 0 unchanged" in capsys.readouterr().out
    call_command("load_sample_clinics")
    assert "0 created, 0 changed" in capsys.readouterr().out


def test_some_are_closed_for_some_days_about_now(loaded):
    closed = ClosedDates.objects.filter(clinic__in=loaded)
    assert closed.filter(first_on__lte=AT.date(), last_on__gte=AT.date()).exists()
    assert closed.filter(first_on__gt=AT.date()).exists()
    assert not closed.filter(reason="").exists()
