"""The directory in the Human Services Data Specification 3.0 of Open Referral: a service a line, with all it has.

Each line is a `service` object with its organisation, location, phone, hours and costs inside it, as the bulk answer
of an HSDS server has them. Identifiers are made from the address of this site, so they stay from night to night.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from clinics.exporting.format import Format, Output
from clinics.languages import LANGUAGES
from clinics.models import Clinic, OpeningHours, Route, Treatment

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ACCESS = {
    "wheelchair_access": ("Wheelchair access", "No wheelchair access"),
    "accessible_toilet": ("Accessible toilet", "No accessible toilet"),
    "parking": ("Parking", "No parking"),
}
SAMPLE = "Sample listing, not a real clinic."


class HSDS(Format):
    """JSON Lines: what is not known is left out."""

    name, title, media_type = "clinics.hsds.jsonl", "HSDS 3.0", "application/x-ndjson"
    about = (
        "Open Referral’s Human Services Data Specification, a service a line, for directories of services. "
        "What we do not know is left out."
    )

    def __init__(self, output: Output):
        self._output = output

    def write(self, clinic: Clinic, url: str) -> None:
        self._output.write(json.dumps(service(clinic, url), ensure_ascii=False) + "\n")


def service(clinic: Clinic, url: str) -> dict[str, Any]:
    """The clinic as an HSDS service; *url* is its page here."""
    id, treatments = _id("service", clinic.pk), list(clinic.treatments.all())
    offers = [Route(treatment.route).label for treatment in treatments]
    said: dict[str, Any] = {
        "id": id,
        "name": clinic.name,
        "status": "active",
        "url": url,
        "description": f"Offers: {', '.join(offers)}." if offers else "",
        "alert": SAMPLE if clinic.is_sample else "",
        "email": clinic.email,
        "fees_description": ", ".join(Clinic.Payment(each).label for each in clinic.payments),
        "minimum_age": clinic.youngest_age,
        "maximum_age": clinic.oldest_age,
        "assured_date": clinic.verified_on and clinic.verified_on.isoformat(),
        "last_modified": clinic.updated_at.isoformat(),
        "organization": _organization(clinic),
        "phones": [_phone(clinic)] if clinic.phone else [],
        "schedules": [_schedule(span, clinic) for span in clinic.opening_hours.all()],
        "service_areas": [
            {"id": _id("area", clinic.pk, code), "name": code} for code in clinic.remote_regions
        ],
        "service_at_locations": [
            {"id": _id("service at location", clinic.pk), "location": _location(clinic)}
        ],
        "languages": [
            {"id": _id("language", clinic.pk, code), "code": code, "name": LANGUAGES.get(code, code)}
            for code in clinic.languages
        ],
        "cost_options": [_cost(treatment) for treatment in treatments if treatment.price_from is not None],
        "attributes": _attributes(clinic, id, treatments),
    }
    return _known(said)


def _organization(clinic: Clinic) -> dict[str, Any]:
    provider = clinic.provider
    if provider is None:
        unknown = "We do not know who runs this clinic; it is named after the clinic."
        return {"id": _id("clinic's provider", clinic.pk), "name": clinic.name, "description": unknown}
    runs = {"id": _id("provider", provider.pk), "name": provider.name, "description": "Runs clinics."}
    return _known(runs | {"website": provider.website})


def _phone(clinic: Clinic) -> dict[str, Any]:
    number, _, extension = clinic.phone.partition(" ext. ")
    told: dict[str, Any] = {"id": _id("phone", clinic.pk), "number": number, "type": "voice"}
    return told | ({"extension": int(extension)} if extension.isdecimal() else {})


def _schedule(span: OpeningHours, clinic: Clinic) -> dict[str, Any]:
    zone = f"By the clock of {clinic.timezone}." if clinic.timezone else ""
    overnight = "Closes on the next day." if span.closes <= span.opens else ""
    return _known(
        {
            "id": _id("schedule", clinic.pk, span.weekday, span.opens),
            "freq": "WEEKLY",
            "wkst": "MO",
            "byday": _DAYS[span.weekday],
            "opens_at": f"{span.opens:%H:%M}",
            "closes_at": f"{span.closes:%H:%M}",
            "notes": " ".join(filter(None, (zone, overnight))),
        }
    )


def _location(clinic: Clinic) -> dict[str, Any]:
    id = _id("location", clinic.pk)
    if clinic.setting == Clinic.Setting.REMOTE:
        return _known({"id": id, "location_type": "virtual", "name": clinic.name, "url": clinic.website})
    address = {
        "id": _id("address", clinic.pk),
        "address_1": clinic.street,
        "city": clinic.town,
        "state_province": clinic.region,
        "postal_code": clinic.postcode,
        "country": clinic.country,
        "address_type": "physical",
    }
    place: dict[str, Any] = {
        "id": id,
        "location_type": "physical",
        "name": clinic.name,
        "latitude": clinic.latitude,
        "longitude": clinic.longitude,
        "addresses": [address],
        "accessibility": [
            {"id": _id("accessibility", clinic.pk, field), "description": words[0 if has else 1]}
            for field, words in _ACCESS.items()
            if (has := getattr(clinic, field)) is not None
        ],
    }
    return _known(place)


def _cost(treatment: Treatment) -> dict[str, Any]:
    upto = f"Up to {treatment.price_to}, " if treatment.price_to is not None else ""
    return {
        "id": _id("cost", treatment.clinic_id, treatment.route),
        "option": str(Route(treatment.route).label),
        "currency": treatment.currency,
        "amount": float(treatment.price_from or 0),
        "amount_description": f"{upto}{treatment.get_price_unit_display()}",
    }


def _attributes(clinic: Clinic, service_id: str, treatments: Iterable[Treatment]) -> list[dict[str, Any]]:
    """How the medicine is taken, as terms of a taxonomy of our own: none that is published has them."""
    return [
        {
            "id": _id("attribute", clinic.pk, treatment.route),
            "link_id": service_id,
            "link_entity": "service",
            "taxonomy_term": {
                "id": _id("route", treatment.route),
                "code": Route(treatment.route).slug,
                "name": str(Route(treatment.route).label),
                "description": "How ketamine or esketamine is taken.",
                "taxonomy": f"{settings.SITE_URL}/data/",
            },
        }
        for treatment in treatments
    ]


def _id(*parts: Any) -> str:
    return str(uuid5(NAMESPACE_URL, " ".join([settings.SITE_URL, *map(str, parts)])))


def _known(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
