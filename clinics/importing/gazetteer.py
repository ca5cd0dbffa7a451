"""Positions and time zones that a list leaves out, from the gazetteer."""

from collections.abc import Iterable
from typing import Any

from places.models import Place
from places.regions import REGIONS

# Where a town is not in the gazetteer: the zone of most people of the state, province or country.
# fmt: off
_ZONES = {
    ("GB", "Europe/London"): "*",
    ("US", "America/New_York"): "CT DE DC FL GA IN KY ME MD MA NH NJ NY NC OH PA RI SC VT VA WV",
    ("US", "America/Detroit"): "MI",
    ("US", "America/Chicago"): "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
    ("US", "America/Denver"): "CO MT NM UT WY",
    ("US", "America/Boise"): "ID",
    ("US", "America/Phoenix"): "AZ",
    ("US", "America/Los_Angeles"): "CA NV OR WA",
    ("US", "America/Anchorage"): "AK",
    ("US", "Pacific/Honolulu"): "HI",
    ("US", "America/Puerto_Rico"): "PR",
    ("US", "America/St_Thomas"): "VI",
    ("US", "Pacific/Guam"): "GU",
    ("US", "Pacific/Pago_Pago"): "AS",
    ("US", "Pacific/Saipan"): "MP",
    ("CA", "America/Vancouver"): "BC",
    ("CA", "America/Edmonton"): "AB NT",
    ("CA", "America/Regina"): "SK",
    ("CA", "America/Winnipeg"): "MB",
    ("CA", "America/Toronto"): "ON QC",
    ("CA", "America/Moncton"): "NB",
    ("CA", "America/Halifax"): "NS PE",
    ("CA", "America/St_Johns"): "NL",
    ("CA", "America/Iqaluit"): "NU",
    ("CA", "America/Whitehorse"): "YT",
}
# fmt: on
_ZONE_OF_REGION = {
    (country, REGIONS[country].get(code, "")): zone
    for (country, zone), codes in _ZONES.items()
    for code in codes.split()
}


def add_time_zones(clinics: Iterable[dict[str, Any]]) -> None:
    """Set ``timezone`` in each dict of clinic fields: of the town where the gazetteer knows it. One query."""
    clinics = list(clinics)
    towns = Place.objects.filter(
        kind=Place.Kind.TOWN,
        country__in={clinic["country"] for clinic in clinics},
        name__in={clinic["town"] for clinic in clinics},
    ).exclude(timezone="")
    zones = {
        (country, region, name): timezone
        for country, region, name, timezone in towns.values_list("country", "region", "name", "timezone")
    }
    for clinic in clinics:
        country, region = clinic["country"], clinic["region"]
        clinic["timezone"] = (
            zones.get((country, region, clinic["town"]))
            or _ZONE_OF_REGION.get((country, region))
            or _ZONE_OF_REGION.get((country, ""), "")
        )


def add_position(clinic: dict[str, Any]) -> bool:
    """Place a clinic at the centre of its postcode, or else of its town; whether either is known."""
    town = ", ".join(part for part in (clinic["town"], clinic["region"]) if part)
    for text in (clinic["postcode"], town):
        place = Place.objects.find(text, country=clinic["country"]).place if text else None
        if place is not None:
            clinic["latitude"], clinic["longitude"] = place.latitude, place.longitude
            clinic["position_precision"] = place.precision
            return True
    return False
