"""Where an address lies, asked of a geocoder on the network. Commands ask; a page never does.

Which one is the operator's choice, by one address (GEOCODER_URL): the scheme is geopy's name of the service, the host
its server, the query whatever else geopy wants: ``nominatim://``, ``nominatim://geocoder.example?scheme=http``,
``photon://photon.example``, ``opencage://?api_key=…``.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from geopy.exc import GeocoderNotFound, GeopyError
from geopy.geocoders import get_geocoder_for_service

from places.countries import country_name
from places.distance import Point
from places.models import Precision

TIMEOUT = 5  # seconds
# What Nominatim and Photon call the thing that they found.
_PRECISION = {
    **dict.fromkeys(["building", "house", "house_number", "amenity", "office", "shop", "place_of_worship",
                     "healthcare", "tourism", "craft", "commercial"], Precision.ROOFTOP),
    **dict.fromkeys(["road", "street", "highway", "residential"], Precision.STREET),
    "postcode": Precision.POSTCODE,
}  # fmt: skip


class GeocoderError(Exception):
    """The geocoder did not answer, or refused; ask again later."""


@dataclass(frozen=True)
class Geocode:
    """What a geocoder found."""

    point: Point
    precision: Precision


class Geocoder:
    """The geocoder of an address such as ``nominatim://geocoder.example``; ImproperlyConfigured for a wrong one."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.service = parts.scheme
        options: dict[str, Any] = {
            "timeout": TIMEOUT,
            "user_agent": f"ketamine-info ({settings.SITE_URL})",
            **({"domain": parts.netloc} if parts.netloc else {}),
            **dict(parse_qsl(parts.query)),
        }
        try:
            self._geopy = get_geocoder_for_service(self.service)(**options)
        except (GeocoderNotFound, GeopyError, TypeError) as error:
            raise ImproperlyConfigured(
                f"GEOCODER_URL: geopy takes no such geocoder ({type(error).__name__})."
            ) from None

    def find(self, *, street: str, town: str, region: str, postcode: str, country: str) -> Geocode | None:
        """Where the address lies; None where nobody knows it. Raises GeocoderError."""
        if self.service == "nominatim":
            parts = {"street": street, "city": town, "state": region, "postalcode": postcode}
            asked: Any = {name: text for name, text in parts.items() if text}
            extra: dict[str, Any] = {"country_codes": country.lower()}
        else:
            asked = ", ".join(filter(None, (street, town, region, postcode, country_name(country))))
            extra = {}
        try:
            found = self._geopy.geocode(asked, exactly_one=True, **extra)
        except GeopyError as error:
            raise GeocoderError(f"The geocoder did not answer ({type(error).__name__}).") from None
        if found is None:
            return None
        return Geocode(Point(found.latitude, found.longitude), _precision_of(found.raw))


def _precision_of(raw: dict[str, Any]) -> Precision:
    """As closely as the answer says; that of a town where it does not say, since nothing finer may be claimed."""
    kind = raw.get("addresstype") or raw.get("properties", {}).get("type") or ""
    return _PRECISION.get(kind, Precision.TOWN)
