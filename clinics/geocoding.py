"""Putting clinics where their addresses are, by a geocoder, outside of any page request."""

import time
from collections import Counter
from datetime import datetime

from django.db.models import F, Q

from clinics import curation
from clinics.importing.gazetteer import add_position
from clinics.models import Clinic, ClinicQuerySet, Geocoding
from places.distance import Point
from places.geocoding import Geocode, Geocoder

FARTHEST_KM = 30  # from the middle of its postcode or town; a street of the same name elsewhere lies farther
PRECISE = ("rooftop", "street")  # a geocoder cannot better these
PART_OF_ADDRESS = ("street", "town", "region", "postcode", "country")


def to_geocode() -> ClinicQuerySet:
    """Clinics with a street whose position is no better than that of a postcode, and of which nobody has asked yet.

    One whose address has changed since is asked for again: ``geocode`` looks at that.
    """
    clinics = Clinic.objects.filter(live=True, setting="in-clinic", is_sample=False).exclude(
        status="delisted"
    )
    clinics = clinics.exclude(street="").exclude(position_precision__in=PRECISE)
    never = Q(geocoding__isnull=True) | Q(geocoding__asked_at__lt=F("updated_at"))
    return clinics.filter(never, has_unpublished_changes=False).select_related("geocoding").order_by("pk")


def geocode(geocoder: Geocoder, *, at: datetime, most: int, pause: float) -> Counter[str]:
    """Ask for *most* clinics at the most, *pause* seconds apart; how often each outcome came.

    What was found is kept clinic by clinic, so whatever stops it loses nothing. Raises GeocoderError.
    """
    outcomes: Counter[str] = Counter()
    asked = 0
    for clinic in to_geocode().defer("position").iterator(chunk_size=200):
        address = _address_of(clinic)
        before = getattr(clinic, "geocoding", None)
        if before and before.address == address:
            continue
        if asked == most:
            break
        if asked:
            time.sleep(pause)
        asked += 1
        found = geocoder.find(**{name: getattr(clinic, name) for name in PART_OF_ADDRESS})
        outcome = _keep(clinic, found, at=at, address=address, by_service=geocoder.service)
        outcomes[outcome] += 1
    return outcomes


def _keep(clinic: Clinic, found: Geocode | None, *, at: datetime, address: str, by_service: str) -> str:
    if found is None:
        outcome = Geocoding.Outcome.UNKNOWN
    elif _is_far(clinic, found.point):
        outcome = Geocoding.Outcome.FAR
    else:
        outcome = Geocoding.Outcome.PLACED
        try:
            curation.place(
                clinic=clinic,
                point=found.point,
                precision=found.precision,
                because=f"By its address, from {by_service}.",
                by=None,
            )
        except curation.DraftPendingError:
            return "draft-pending"  # asked again once it is published
    fields = {"address": address, "outcome": outcome, "asked_at": at}
    Geocoding.objects.update_or_create(clinic_id=clinic.pk, defaults=fields)
    return outcome


def _is_far(clinic: Clinic, point: Point) -> bool:
    """Whether a geocode contradicts the gazetteer, where that knows the postcode or the town."""
    known = {name: getattr(clinic, name) for name in PART_OF_ADDRESS}
    if not add_position(known):
        return False
    return Point(known["latitude"], known["longitude"]).km_to(point) > FARTHEST_KM


def _address_of(clinic: Clinic) -> str:
    return "\n".join(getattr(clinic, name) for name in PART_OF_ADDRESS)
