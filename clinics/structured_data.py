"""A clinic as schema.org's MedicalClinic, for search engines."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

from clinics.models import Clinic, OpeningHours

# As Django's json_script: a data block must not be able to end its own element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(data: dict[str, Any]) -> SafeString:
    """*data* as text that is safe inside ``<script type="application/ld+json">``."""
    return mark_safe(json.dumps(data, cls=DjangoJSONEncoder).translate(_ESCAPES))  # noqa: S308


def medical_clinic(clinic: Clinic, url: str) -> SafeString | None:
    """The JSON-LD text; None for a sample or a clinic that is not listed, of which machines should learn nothing."""
    if clinic.is_sample or clinic.status != Clinic.Status.LISTED:
        return None
    address = {
        "streetAddress": clinic.street,
        "addressLocality": clinic.town,
        "addressRegion": clinic.region,
        "postalCode": clinic.postcode,
        "addressCountry": clinic.country,
    }
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "@id": url,
        "url": clinic.website or url,
        "name": clinic.name,
        "address": {"@type": "PostalAddress", **{key: text for key, text in address.items() if text}},
    }
    if clinic.phone:
        data["telephone"] = clinic.phone
    if clinic.email:
        data["email"] = clinic.email
    if clinic.provider and clinic.provider.name != clinic.name:
        data["parentOrganization"] = {"@type": "MedicalOrganization", "name": clinic.provider.name}
    if clinic.languages:
        data["knowsLanguage"] = clinic.languages
    if clinic.taking_new_patients is not None:
        data["isAcceptingNewPatients"] = clinic.taking_new_patients
    if clinic.point:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": clinic.latitude,
            "longitude": clinic.longitude,
        }
    parts = {
        "availableService": _services(clinic),
        "amenityFeature": _amenities(clinic),
        "openingHoursSpecification": _hours(clinic),
        "specialOpeningHoursSpecification": _closures(clinic),
    }
    return json_ld(data | {name: part for name, part in parts.items() if part})


def _services(clinic: Clinic) -> list[dict[str, Any]]:
    return [{"@type": "MedicalTherapy", "name": treatment.get_route_display()} for treatment in clinic.offers]


def _amenities(clinic: Clinic) -> list[dict[str, Any]]:
    known = {
        "Step-free for wheelchairs": clinic.wheelchair_access,
        "Accessible toilet": clinic.accessible_toilet,
        "Parking": clinic.parking,
    }
    return [
        {"@type": "LocationFeatureSpecification", "name": name, "value": value}
        for name, value in known.items()
        if value is not None
    ]


def _hours(clinic: Clinic) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{span.get_weekday_display()}",
            "opens": span.opens.isoformat("minutes"),
            "closes": _closing(span).isoformat("minutes"),
        }
        for span in clinic.opening_hours.all()
    ]


def _closing(span: OpeningHours) -> time:
    """An end before the beginning means the next day, as here; the same time twice would mean closed, and not a day."""
    if span.opens != span.closes:
        return span.closes
    return (datetime.combine(date.max, span.closes) - timedelta(minutes=1)).time()


def _closures(clinic: Clinic) -> list[dict[str, Any]]:
    """Opening and closing at midnight is how schema.org says "closed"."""
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": dates.first_on.isoformat(),
            "validThrough": dates.last_on.isoformat(),
            "opens": "00:00",
            "closes": "00:00",
        }
        for dates in clinic.closed_dates.all()
    ]
