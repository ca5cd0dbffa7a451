"""The smallest records that show the fact under test: plain functions with keyword arguments only."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from clinics.models import Clinic, Treatment
from places.distance import Point
from places.models import Place, Precision

_sequence = count(1)


def create_clinic(
    *,
    name: str = "Clinic",
    point: Point | None = None,
    routes: Iterable[int] = (),
    listed: bool = True,
    **fields: Any,
) -> Clinic:
    """A saved clinic offering *routes*, at *point* where given; a draft that nobody sees unless *listed*."""
    defaults: dict[str, Any] = {
        "slug": f"{slugify(name)[:100]}-{next(_sequence)}",
        "country": "GB",
        "live": listed,
        "status": Clinic.Status.LISTED,
    }
    if point is not None:
        defaults |= {
            "latitude": point.latitude,
            "longitude": point.longitude,
            "position_precision": Precision.ROOFTOP,
        }
    clinic = Clinic(name=name, **defaults | fields)
    clinic.treatments = [Treatment(route=route) for route in routes]
    clinic.save()
    return clinic


def create_user(*, username: str = "", **fields: Any):
    """A saved person, for ``client.force_login``; ``is_superuser=True`` may do anything."""
    username = username or f"person-{next(_sequence)}"
    return get_user_model().objects.create_user(
        username=username, **{"email": f"{username}@example.org"} | fields
    )


def create_place(*, name: str = "Leeds", point: Point = Point(53.8, -1.55), **fields) -> Place:
    """A town, unless the fields say otherwise."""
    fields = {
        "kind": Place.Kind.TOWN,
        "country": "GB",
        "slug": slugify(f"{name}-{next(_sequence)}"),
        "precision": Precision.TOWN,
        "source": "invented",
    } | fields
    return Place.objects.create(name=name, latitude=point.latitude, longitude=point.longitude, **fields)
