"""What the API says of places and clinics."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, cast

from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field

from clinics.models import Clinic, Route
from clinics.search import MOST_COUNTED
from places.finding import Outcome
from places.models import Place, Precision


def _one_of(words: list[str]) -> Any:
    return Field(json_schema_extra={"enum": list(words)})


RouteSlug = Annotated[str, _one_of([route.slug for route in Route])]
PaymentSlug = Annotated[str, _one_of(Clinic.Payment.values)]
SettingSlug = Annotated[str, _one_of(Clinic.Setting.values)]
StatusSlug = Annotated[str, _one_of(Clinic.Status.values)]

_PLACE: Any = {
    "id": "gb/ls1-4",
    "kind": "sector",
    "code": "LS1 4",
    "name": "Leeds",
    "region": "England",
    "country": "GB",
    "latitude": 53.7976,
    "longitude": -1.5523,
    "precision": "sector",
}


class PlaceOut(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [_PLACE]})

    id: str = Field(description="Stable name of the place, such as gb/ls1-4.", examples=["gb/ls1-4"])
    kind: Place.Kind
    code: str
    name: str
    region: str
    country: str
    latitude: float = Field(description="Degrees north, WGS 84.")
    longitude: float = Field(description="Degrees east, WGS 84.")
    precision: Precision

    @classmethod
    def of(cls, place: Place) -> PlaceOut:
        fields = ("kind", "code", "name", "region", "country", "latitude", "longitude", "precision")
        return cls(
            id=f"{place.country.lower()}/{place.slug}", **{field: getattr(place, field) for field in fields}
        )


class PlacesOut(Schema):
    outcome: Outcome
    results: list[PlaceOut] = Field(
        description="One place when found; the choices, best first, when ambiguous."
    )


class SuggestionsOut(Schema):
    results: list[PlaceOut] = Field(description="At most ten, the likeliest first.")


class TreatmentOut(Schema):
    route: RouteSlug
    price_from: float | None = Field(description="The lowest price a patient pays; null when not known.")
    price_to: float | None
    currency: str
    price_unit: str


class OpeningOut(Schema):
    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    opens: str = Field(description="By the clock on the clinic's wall, as 09:00.")
    closes: str = Field(description="At or before `opens`: on the next day.")


class SourceOut(Schema):
    source: str = Field(description="The published list that has this clinic.")
    identifier: str = Field(description="What it is called there.")


class ClinicOut(Schema):
    """A clinic as lists show it."""

    SAME: ClassVar = (
        "name", "is_sample", "setting", "street", "town", "region", "postcode", "country", "phone", "website",
        "latitude", "longitude", "payments", "languages", "youngest_age", "oldest_age", "taking_new_patients",
        "psychiatric_assessment", "therapy_alongside", "referral_needed", "wheelchair_access", "verified_how",
    )  # fmt: skip

    id: int = Field(description="Stays the same for as long as the clinic is in the directory.")
    name: str
    url: str = Field(description="Its page for people.")
    is_sample: bool = Field(description="True: made up to try the site, not a real clinic.")
    provider: str | None
    setting: SettingSlug
    latitude: float | None = Field(description="null for a remote service, or when not known.")
    longitude: float | None
    precision: Precision | None = Field(description="How closely the position is known.")
    street: str
    town: str
    region: str
    postcode: str
    country: str
    phone: str
    website: str
    treatments: list[TreatmentOut]
    payments: list[PaymentSlug] = Field(description="None when not known.")
    languages: list[str] = Field(description="BCP 47 codes; none when not known.")
    youngest_age: int | None
    oldest_age: int | None
    taking_new_patients: bool | None = Field(description="null when not known, here and below.")
    psychiatric_assessment: bool | None
    therapy_alongside: bool | None
    referral_needed: bool | None
    wheelchair_access: bool | None
    verified_on: str | None = Field(description="The date of the last check; null when never checked.")
    verified_how: str

    @classmethod
    def of(cls, clinic: Clinic, request: HttpRequest, **more: Any) -> Any:
        """*clinic* with its treatments, whatever class of clinics this is; *more* are that class's own fields."""
        return cls(
            **{field: getattr(clinic, field) for field in cls.SAME},
            id=clinic.pk,
            url=request.build_absolute_uri(clinic.get_absolute_url()),
            provider=clinic.provider.name if clinic.provider else None,
            precision=cast("Precision", clinic.position_precision or None),
            treatments=[
                TreatmentOut(
                    route=Route(treatment.route).slug,
                    price_from=treatment.price_from,
                    price_to=treatment.price_to,
                    currency=treatment.currency,
                    price_unit=treatment.price_unit,
                )
                for treatment in clinic.treatments.all()
            ],
            verified_on=clinic.verified_on.isoformat() if clinic.verified_on else None,
            **more,
        )


class NearClinicOut(ClinicOut):
    """A clinic of a search, with its distance from the place searched."""

    distance_km: float = Field(description="Geodesic distance on the WGS 84 ellipsoid.")


class WholeClinicOut(ClinicOut):
    """Everything the public may know of a clinic."""

    status: StatusSlug
    status_note: str
    email: str
    timezone: str = Field(description="IANA name; opening hours are by its clock.")
    accessible_toilet: bool | None
    parking: bool | None
    access_note: str
    remote_regions: list[str] = Field(description="ISO 3166-2 codes, or a country for all of it.")
    opening_hours: list[OpeningOut] = Field(description="None when not known.")
    sources: list[SourceOut]

    @classmethod
    def whole(cls, clinic: Clinic, request: HttpRequest) -> WholeClinicOut:
        own = ("status", "status_note", "email", "timezone", "accessible_toilet", "parking", "access_note")
        return cls.of(
            clinic,
            request,
            **{field: getattr(clinic, field) for field in own},
            remote_regions=clinic.remote_regions,
            opening_hours=[
                OpeningOut(weekday=span.weekday, opens=f"{span.opens:%H:%M}", closes=f"{span.closes:%H:%M}")
                for span in sorted(clinic.opening_hours.all(), key=lambda span: (span.weekday, span.opens))
            ],
            sources=[
                SourceOut(source=record.source, identifier=record.identifier)
                for record in clinic.source_records.all()
            ],
        )


class ClinicsOut(Schema):
    place: PlaceOut
    within_km: int
    count: int = Field(description=f"How many there are, counted up to {MOST_COUNTED}.")
    more: bool = Field(description=f"True when there are more than {MOST_COUNTED}.")
    results: list[NearClinicOut] = Field(description="Nearest first.")
    remote: list[ClinicOut] = Field(
        description="With the first page: remote services that fit and may serve the region. They are at no distance."
    )
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    next: str | None = Field(description="The address of the next page.")


class Problem(Schema):
    """A problem detail of RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Several places of that name",
                    "status": 422,
                    "detail": "Choose one of `choices` and ask again with its id as `place`.",
                    "outcome": "ambiguous",
                    "choices": [_PLACE],
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    outcome: Outcome | None = Field(None, description="What became of the place asked for.")
    choices: list[PlaceOut] = []
