"""The smallest records that show the fact under test: plain functions with keyword arguments only."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import slugify
from wagtail.signal_handlers import disable_reference_index_auto_update

from clinics.models import Clinic, ContactAttempt, Report, SafetyAnswer, Treatment
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
    with (
        disable_reference_index_auto_update()
    ):  # Wagtail's list of what uses what takes longer than all the rest
        clinic.save()
    return clinic


def create_attempt(
    clinic: Clinic, *, outcome: str = "answered", answers: dict[str, str] | None = None, **fields: Any
) -> ContactAttempt:
    """A saved attempt to reach *clinic*, made now; *answers* by question of the safety card."""
    attempt = ContactAttempt.objects.create(clinic=clinic, outcome=outcome, **{"at": timezone.now()} | fields)
    for question, answer in (answers or {}).items():
        SafetyAnswer.objects.create(attempt=attempt, question=question, answer=answer)
    return attempt


def create_report(*, clinic: Clinic | None = None, **fields: Any) -> Report:
    """A saved report, received now: of a mistake in the phone number, unless the fields say otherwise."""
    fields = {
        "kind": "mistake",
        "about": "phone",
        "token": f"token-{next(_sequence)}",
        "received_at": timezone.now(),
    } | fields
    return Report.objects.create(clinic=clinic, **fields)


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
