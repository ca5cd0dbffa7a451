"""The read API under /api/v1/: where a place is, and which clinics are near it. Errors are RFC 9457 problems."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from clinics.api_docs import PlainDocs
from clinics.models import Clinic, Route
from clinics.search import MOST_COUNTED, ClinicSearch, Results, Unit, Wish
from places.finding import Finding, Outcome
from places.models import Place, Precision

VERSION = "1"

# Free text: a NUL byte has no place in it, and nothing that long is a place.
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2 code, such as GB.")]
RouteSlug = Literal["iv", "im", "subcutaneous", "esketamine", "oral"]
PaymentSlug = Literal["public", "insurance", "self-pay", "sliding-scale"]
WishSlug = Literal["new-patients", "assessment", "therapy", "wheelchair"]


class PlaceOut(Schema):
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


class TreatmentOut(Schema):
    route: RouteSlug
    price_from: float | None = Field(description="The lowest price a patient pays; null when not known.")
    price_to: float | None
    currency: str
    price_unit: str


class ClinicOut(Schema):
    id: int
    name: str
    url: str
    is_sample: bool = Field(description="True: made up to try the site, not a real clinic.")
    provider: str | None
    distance_km: float = Field(description="Geodesic distance on the WGS 84 ellipsoid.")
    latitude: float
    longitude: float
    precision: Precision
    street: str
    town: str
    region: str
    postcode: str
    country: str
    phone: str
    website: str
    treatments: list[TreatmentOut]
    payments: list[PaymentSlug]
    taking_new_patients: bool | None = Field(description="null when not known, here and below.")
    psychiatric_assessment: bool | None
    therapy_alongside: bool | None
    wheelchair_access: bool | None
    verified_on: str | None = Field(description="The date of the last check; null when never checked.")
    verified_how: str

    @classmethod
    def of(cls, clinic: Clinic, request: HttpRequest) -> ClinicOut:
        same = (
            "id", "name", "is_sample", "latitude", "longitude", "street", "town", "region", "postcode",
            "country", "phone", "website", "payments", "taking_new_patients", "psychiatric_assessment",
            "therapy_alongside", "wheelchair_access", "verified_how",
        )  # fmt: skip
        return cls(
            **{field: getattr(clinic, field) for field in same},
            url=request.build_absolute_uri(clinic.get_absolute_url()),
            provider=clinic.provider.name if clinic.provider else None,
            distance_km=round(clinic.km, 3),
            precision=cast("Precision", clinic.position_precision),
            treatments=[
                TreatmentOut(
                    route=cast("RouteSlug", Route(treatment.route).slug),
                    price_from=treatment.price_from,
                    price_to=treatment.price_to,
                    currency=treatment.currency,
                    price_unit=treatment.price_unit,
                )
                for treatment in clinic.treatments.all()
            ],
            verified_on=clinic.verified_on.isoformat() if clinic.verified_on else None,
        )


class ClinicsOut(Schema):
    place: PlaceOut
    within_km: int
    count: int = Field(description=f"How many there are, counted up to {MOST_COUNTED}.")
    more: bool = Field(description=f"True when there are more than {MOST_COUNTED}.")
    page: int
    pages: int
    results: list[ClinicOut] = Field(description="Nearest first.")


class Problem(Schema):
    """A problem detail of RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    outcome: Outcome | None = None
    choices: list[PlaceOut] = []


class PlacesQuery(Schema):
    q: Text = Field(description="A postcode, a part of one, or a town.", examples=["LS1 4AP"])
    country: Country | None = None


class ClinicsQuery(Schema):
    near: Text | None = Field(None, description="A postcode or town.", examples=["LS1 4AP"])
    country: Country | None = Field(None, description="Narrows `near` where two countries fit.")
    place: str | None = Field(
        None,
        max_length=124,
        pattern=r"^[a-z]{2}/[a-z0-9-]+$",
        description="Instead of `near`: the id of a place.",
    )
    within_km: int = Field(80, ge=1, le=500)
    route: list[RouteSlug] = Field([], description="Any of these.", max_length=5)
    payment: list[PaymentSlug] = Field([], description="Any of these.", max_length=4)
    with_: list[WishSlug] = Field([], alias="with", description="All of these.", max_length=4)
    page: int = Field(1, ge=1, le=MOST_COUNTED)


class PlaceProblem(Exception):
    """A place asked for by name that is not exactly one place."""

    STATUS = {
        Outcome.UNKNOWN: (404, "Unknown place"),
        Outcome.NOT_COVERED: (404, "Country not covered"),
        Outcome.MALFORMED: (422, "Not a postcode or a place"),
        Outcome.PARTIAL: (422, "Part of a postcode"),
        Outcome.AMBIGUOUS: (422, "Several places of that name"),
    }

    def __init__(self, outcome: Outcome, places: tuple[Place, ...] = ()):
        self.outcome = outcome
        self.places = places


class ProblemAPI(NinjaAPI):
    """An API for everybody: any site may read it, and its errors are problem documents."""

    def create_response(self, request: HttpRequest, data: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def problem(self, request: HttpRequest, problem: Problem) -> HttpResponse:
        data = problem.model_dump(mode="json", exclude_defaults=True) | {"type": problem.type}
        response = self.create_response(request, data, status=problem.status)
        response["Content-Type"] = "application/problem+json"
        return response


api = ProblemAPI(
    title="Ketamine Info",
    version=VERSION,
    description="Where places are, and which listed clinics are near them. Read only, free to use with credit.",
    docs=PlainDocs(),
    urls_namespace="api",
)


@api.exception_handler(PlaceProblem)
def place_problem(request: HttpRequest, error: PlaceProblem) -> HttpResponse:
    status, title = PlaceProblem.STATUS[error.outcome]
    problem = Problem(
        title=title,
        status=status,
        detail="Ask /api/v1/places for the place first, or choose one of `choices` by its id.",
        outcome=error.outcome,
        choices=[PlaceOut.of(place) for place in error.places],
    )
    return api.problem(request, problem)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # What was sent is not repeated: it may be somebody's postcode.
    detail = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors)
    return api.problem(request, Problem(title="Invalid parameters", status=422, detail=detail))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.problem(request, Problem(title="Not found", status=404, detail="There is nothing here."))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return api.problem(request, Problem(title=str(error), status=error.status_code, detail=str(error)))


@api.exception_handler(PermissionDenied)
def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return api.problem(request, Problem(title="Not allowed", status=403, detail="You may not do that."))


@api.get("/places", response={200: PlacesOut, 422: Problem}, summary="Find a place")
def places(request: HttpRequest, asked: Query[PlacesQuery]):
    """What a text names: one place, several to choose from, or none. 200 also when nothing is found."""
    _refuse_unknown_parameters(request, PlacesQuery)
    finding = Place.objects.find(asked.q, country=_upper(asked.country))
    return PlacesOut(outcome=finding.outcome, results=[PlaceOut.of(place) for place in finding.places])


@api.get("/clinics", response={200: ClinicsOut, 404: Problem, 422: Problem}, summary="Clinics near a place")
def clinics(request: HttpRequest, asked: Query[ClinicsQuery]):
    """Listed clinics within a distance, nearest first, 20 a page."""
    _refuse_unknown_parameters(request, ClinicsQuery)
    centre = _centre(asked)
    search = ClinicSearch(
        place=centre,
        unit=Unit.KM,
        within=asked.within_km,
        routes=tuple(Route.from_slug(slug) for slug in asked.route),
        payments=tuple(Clinic.Payment(slug) for slug in asked.payment),
        wishes=tuple(Wish(slug) for slug in asked.with_),
    )
    results: Results = search.results(asked.page)
    return ClinicsOut(
        place=PlaceOut.of(centre),
        within_km=asked.within_km,
        count=min(results.count, MOST_COUNTED),
        more=results.is_more_than_counted,
        page=results.page,
        pages=results.pages,
        results=[ClinicOut.of(clinic, request) for clinic in results.clinics],
    )


def _centre(asked: ClinicsQuery) -> Place:
    """The one place asked for; PlaceProblem when it is none or several."""
    if asked.place:
        country, slug = asked.place.split("/")
        try:
            return Place.objects.at(country.upper(), slug)
        except Place.DoesNotExist:
            raise PlaceProblem(Outcome.UNKNOWN) from None
    if not asked.near:
        raise HttpError(422, "Give `near` or `place`.")
    finding: Finding = Place.objects.find(asked.near, country=_upper(asked.country))
    if not finding.place:
        raise PlaceProblem(finding.outcome, finding.places)
    return finding.place


def _refuse_unknown_parameters(request: HttpRequest, query: type[Schema]) -> None:
    """HttpError for a parameter that is not of the query, which Ninja lets pass, or one given twice by mistake."""
    names = {field.alias or name: field for name, field in query.model_fields.items()}
    for name, values in request.GET.lists():
        if name not in names:
            raise HttpError(422, f"An unknown parameter: this takes {', '.join(names)}.")
        if len(values) > 1 and not isinstance(names[name].default, list):
            raise HttpError(422, f"`{name}` is given more than once.")


def _upper(country: str | None) -> str | None:
    return country.upper() if country else None
