"""Coarse areas: districts of many thousand people, fit to be spoken of in public where a postcode is not."""

from __future__ import annotations

from functools import lru_cache
from math import cos, radians
from typing import NamedTuple

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Value

from places.distance import Point
from places.models import Place
from places.vicinity import Vicinity

# Whose codes make the areas of a country, and how many of their first characters do; None for all of them.
_CODES: dict[str, tuple[Place.Kind, int | None]] = {
    "GB": (Place.Kind.OUTCODE, None),
    "JE": (Place.Kind.OUTCODE, None),
    "GG": (Place.Kind.OUTCODE, None),
    "IM": (Place.Kind.OUTCODE, None),
    "US": (Place.Kind.ZIP, 3),
    "CA": (Place.Kind.FSA, None),
    "IE": (Place.Kind.ROUTING_KEY, None),
    "AU": (Place.Kind.POSTCODE, 2),
    "NZ": (Place.Kind.POSTCODE, 2),
    "DE": (Place.Kind.POSTCODE, 2),
}


class Area(NamedTuple):
    """A part of a country by the beginning of its postcodes: GB ZE1, US 995, DE 10."""

    country: str
    code: str


def area_of(place: Place | Vicinity) -> Area | None:
    """The area that *place* lies in; that of a town is the area of the nearest code. None where there is none."""
    town = place.town if isinstance(place, Vicinity) else place
    if town is None or town.country not in _CODES:
        return None
    if town.code:
        return Area(town.country, _area_code(town.country, town.code))
    code = _code_nearest_to(town.country, town.latitude, town.longitude)
    return Area(town.country, _area_code(town.country, code)) if code else None


def area_name(area: Area) -> str:
    """The town that most codes of an area are called after, with its region: "Anchorage, Alaska"."""
    names = _codes_of(area).values_list("name", "region").annotate(codes=Count("pk"))
    name, region, _ = names.order_by("-codes", "name").first() or ("", "", 0)
    return ", ".join(dict.fromkeys(filter(None, (name, region))))


def area_centre(area: Area) -> Point | None:
    """About the middle of an area, to two decimals of a degree; None for one that the gazetteer does not know."""
    middle = _codes_of(area).aggregate(north=Avg("latitude"), east=Avg("longitude"))
    if middle["north"] is None:
        return None
    return Point(round(middle["north"], 2), round(middle["east"], 2))


def _codes_of(area: Area):
    kind, characters = _CODES[area.country]
    codes = Place.objects.filter(country=area.country, kind=kind).order_by()
    return codes.filter(code=area.code) if characters is None else codes.filter(code__startswith=area.code)


def _area_code(country: str, code: str) -> str:
    """A sector lies in the district that it begins with."""
    return code.split()[0][: _CODES[country][1]]


@lru_cache(maxsize=4096)  # a country's codes are gone through once for a town, in each process
def _code_nearest_to(country: str, latitude: float, longitude: float) -> str:
    north = F("latitude") - Value(latitude)
    east = (F("longitude") - Value(longitude)) * Value(cos(radians(latitude)))
    codes = Place.objects.filter(country=country, kind=_CODES[country][0])
    nearest = codes.order_by(ExpressionWrapper(north * north + east * east, FloatField()), "code")
    return nearest.values_list("code", flat=True).first() or ""


def has_own_page(country: str) -> bool:
    """Whether the areas of a country are places of the gazetteer, which can be searched from."""
    return _CODES[country][1] is None
