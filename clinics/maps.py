"""What the map shows: the clinics of one page of results, or one clinic, as data for the browser."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from clinics.models import Clinic
from clinics.search import ClinicSearch, Results, Unit
from clinics.templatetags.clinic_words import distance
from places.distance import Point
from places.models import Precision

# A position this coarse is not a door that anybody could walk up to.
_APPROXIMATE = {Precision.SECTOR, Precision.DISTRICT, Precision.TOWN}


def results_map(search: ClinicSearch, results: Results) -> dict[str, Any] | None:
    """The clinics of the page, numbered as in the list, around the place that distances are from; None without any.

    ``area`` is where "search this area" leads: the browser puts in the middle of the map, rounded, and the radius.
    """
    if search.is_remote or not results.count:
        return None
    unit = search.unit
    query = {**search.query(), "within": [], "from": ["map"]}
    return {
        "tiles": tiles(),
        "centre": {"at": _rounded(search.point), "label": search.place.label},
        "unit": {"word": unit.word, "km": unit.km, "radii": unit.radii},
        "within": results.within,
        "area": {"path": reverse("clinics:near_position", args=["0.00,0.00"]), "query": query},
        "clinics": [
            {**_clinic(clinic), "number": number, "distance": distance(clinic.km, unit)}
            for number, clinic in enumerate(results.clinics, start=results.first + 1)
        ],
    }


def clinic_map(clinic: Clinic) -> dict[str, Any] | None:
    """One clinic; None where it has no position that people could go to."""
    if not clinic.point or clinic.setting != Clinic.Setting.IN_CLINIC:
        return None
    unit = Unit.of(clinic.country)
    return {
        "tiles": tiles(),
        "unit": {"word": unit.word, "km": unit.km, "radii": unit.radii},
        "clinics": [{**_clinic(clinic), "number": None, "distance": ""}],
    }


def tiles() -> dict[str, str]:
    """Where the map under the clinics comes from: shapes of the project's own, or pictures the operator chose."""
    own = {"zoom": 0, "x": 0, "y": 0}
    if settings.MAP_TILE_URL:
        return {"pictures": settings.MAP_TILE_URL, "attribution": settings.MAP_ATTRIBUTION}
    if settings.MAP_PMTILES:
        address = reverse("places:picture_tile", kwargs=own).replace("0/0/0", "{z}/{x}/{y}")
        return {"pictures": address, "attribution": settings.MAP_ATTRIBUTION}
    return {"shapes": reverse("places:base_tile", kwargs=own).replace("0/0/0", "{z}/{x}/{y}")}


def _clinic(clinic: Clinic) -> dict[str, Any]:
    return {
        "slug": clinic.slug,
        "name": clinic.name,
        "url": clinic.get_absolute_url(),
        "town": clinic.town,
        "at": [clinic.latitude, clinic.longitude],
        "approximate": clinic.position_precision in _APPROXIMATE,
    }


def _rounded(point: Point) -> list[float]:
    return [round(point.latitude, 4), round(point.longitude, 4)]
