"""A clinic as schema.org's MedicalClinic, for search engines."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

from clinics.models import Clinic

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
    if clinic.taking_new_patients is not None:
        data["isAcceptingNewPatients"] = clinic.taking_new_patients
    if clinic.point:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": clinic.latitude,
            "longitude": clinic.longitude,
        }
    hours = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{span.get_weekday_display()}",
            "opens": span.opens.isoformat("minutes"),
            "closes": span.closes.isoformat("minutes"),
        }
        for span in clinic.opening_hours.all()
    ]
    if hours:
        data["openingHoursSpecification"] = hours
    return json_ld(data)
