"""Addresses become positions by a geocoder that is a real server at the end of a real socket."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse

from clinics.models import Clinic, ClinicEvent, Geocoding
from places.distance import Point
from places.geocoding import Geocoder
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db


class Nominatim:
    """Answers as Nominatim does: with whatever is put into ``answers``, by street. Keeps what it was asked."""

    def __init__(self):
        self.answers: dict[str, list] = {}
        self.asked: list[dict[str, str]] = []
        self.status = 200
        nominatim = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                nominatim.asked.append(query | {"agent": self.headers["User-Agent"]})
                body = json.dumps(nominatim.answers.get(query.get("street", ""), [])).encode()
                self.send_response(nominatim.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"nominatim://127.0.0.1:{self.server.server_port}?scheme=http"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def knows(self, street: str, point: Point, kind: str = "building") -> None:
        self.answers[street] = [
            {
                "lat": str(point.latitude),
                "lon": str(point.longitude),
                "display_name": "x",
                "addresstype": kind,
            }
        ]


@pytest.fixture
def nominatim(settings):
    server = Nominatim()
    settings.GEOCODER_URL = server.url
    yield server
    server.server.shutdown()
    server.server.server_close()


LEEDS = Point(53.7965, -1.5478)  # the middle of LS1


def in_leeds(street="1 Park Row", **fields) -> Clinic:
    fields = {"point": LEEDS, "position_precision": "district", "town": "Leeds", "postcode": "LS1"} | fields
    return create_clinic(street=street, **fields)


def geocode(**options) -> None:
    call_command("geocode_clinics", pause=0, **options)


def test_a_clinic_moves_to_its_address(nominatim, capsys):
    clinic = in_leeds()
    nominatim.knows("1 Park Row", Point(53.7975, -1.5467))
    geocode()
    saved = Clinic.objects.get()
    assert (saved.latitude, saved.longitude, saved.position_precision) == (53.7975, -1.5467, "rooftop")
    assert capsys.readouterr().out == "Geocoded: 1 placed.\n"
    event = ClinicEvent.objects.get()
    assert (event.clinic, event.kind, event.because) == (clinic, "place", "By its address, from nominatim.")
    (asked,) = nominatim.asked
    assert (asked["street"], asked["city"], asked["postalcode"]) == ("1 Park Row", "Leeds", "LS1")
    assert asked["countrycodes"] == "gb"
    assert asked["agent"].startswith("ketamine-info")


@pytest.mark.parametrize(
    ("kind", "precision"),
    [
        ("house_number", "rooftop"),
        ("road", "street"),
        ("postcode", "postcode"),
        ("suburb", "town"),
        ("", "town"),
    ],
)
def test_nothing_finer_is_claimed_than_was_found(nominatim, kind, precision):
    in_leeds()
    nominatim.knows("1 Park Row", Point(53.7975, -1.5467), kind)
    geocode()
    assert Clinic.objects.get().position_precision == precision


def test_what_is_not_found_or_lies_elsewhere_is_an_item_of_the_queue(nominatim, client):
    unknown, elsewhere = in_leeds("Nowhere 9", name="Heron"), in_leeds("2 High Street", name="Curlew")
    nominatim.knows("2 High Street", Point(51.5, -0.12))  # of London
    geocode()
    assert {clinic.latitude for clinic in Clinic.objects.all()} == {LEEDS.latitude}
    assert list(Clinic.objects.without_position()) == [unknown, elsewhere]
    client.force_login(create_user(is_superuser=True, is_staff=True))
    page = client.get(reverse("curation:without_position")).content.decode()
    assert "The geocoder does not know the address" in page
    assert "The geocoder puts it far from its postcode or town" in page
    assert (
        "the geocoder does not know the address" in client.get(reverse("wagtailadmin_home")).content.decode()
    )
    Clinic.objects.update(position_precision="rooftop")  # a curator moved the pins
    assert not Clinic.objects.without_position().exists()


def test_nobody_is_asked_twice_about_the_same_address(nominatim):
    clinic = in_leeds("Nowhere 9")
    geocode()
    geocode()
    assert len(nominatim.asked) == 1
    clinic = Clinic.objects.get()
    clinic.street = "1 Park Row"
    clinic.save()
    nominatim.knows("1 Park Row", Point(53.7975, -1.5467))
    geocode()
    assert len(nominatim.asked) == 2
    assert Geocoding.objects.get().outcome == "placed"
    geocode()
    assert len(nominatim.asked) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"position_precision": "rooftop"},
        {"street": ""},
        {"is_sample": True},
        {"listed": False},
        {"status": "delisted", "delisted_because": "closed"},
        {"setting": "remote", "point": None, "position_precision": ""},
    ],
)
def test_who_is_not_asked_about(nominatim, fields):
    in_leeds(**fields)
    geocode()
    assert nominatim.asked == []


def test_a_waiting_draft_is_left_alone_and_asked_about_later(nominatim):
    clinic = in_leeds()
    nominatim.knows("1 Park Row", Point(53.7975, -1.5467))
    draft = clinic.get_latest_revision_as_object()
    draft.name = "Curlew"
    draft.save_revision()
    geocode()
    assert nominatim.asked == []
    clinic.refresh_from_db()
    clinic.latest_revision.publish()
    geocode()
    assert Clinic.objects.get().position_precision == "rooftop"
    assert Clinic.objects.get().name == "Curlew"


def test_a_geocoder_that_fails_stops_the_run_and_loses_nothing(nominatim):
    in_leeds()
    nominatim.status = 503
    with pytest.raises(CommandError, match=r"did not answer .*run it again later"):
        geocode()
    assert not Geocoding.objects.exists()
    nominatim.status = 200
    nominatim.knows("1 Park Row", Point(53.7975, -1.5467))
    geocode()
    assert Clinic.objects.get().position_precision == "rooftop"


def test_a_run_is_bounded(nominatim):
    for number in range(5):
        in_leeds(f"{number} Park Row")
    geocode(most=2)
    geocode(most=2)
    assert [asked["street"] for asked in nominatim.asked] == [f"{number} Park Row" for number in range(4)]


def test_without_a_geocoder_nothing_is_asked(settings, capsys):
    settings.GEOCODER_URL = ""
    in_leeds()
    geocode(verbosity=2)
    assert "GEOCODER_URL is not set" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["nobody://", "opencage://", "nominatim://x?nonsense=1"])
def test_a_wrong_address_of_a_geocoder_says_so(url):
    with pytest.raises(ImproperlyConfigured, match="GEOCODER_URL"):
        Geocoder(url)
