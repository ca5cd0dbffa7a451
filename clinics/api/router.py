"""Where a place is, which clinics are near it, and all about one of them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router
from ninja.errors import HttpError

from clinics.api import cursors
from clinics.api.queries import (
    MOST_RESULTS,
    ClinicsQuery,
    PlacesQuery,
    SuggestQuery,
    refuse_unknown_parameters,
    search_of,
)
from clinics.api.schemas import (
    ClinicOut,
    ClinicsOut,
    NearClinicOut,
    PlaceOut,
    PlacesOut,
    Problem,
    SuggestionsOut,
    WholeClinicOut,
)
from clinics.models import Clinic
from clinics.search import MOST_COUNTED, ClinicSearch, Results
from places.finding import Finding, Outcome
from places.models import Place

LARGEST_KEY = 2**63 - 1

router = Router()


class PlaceProblem(Exception):
    """A place asked for by name that is not exactly one place."""

    WORDS = {
        Outcome.UNKNOWN: (
            404,
            "Unknown place",
            "It may be new or spelt otherwise: ask for a wider part of it.",
        ),
        Outcome.NOT_COVERED: (404, "Country not covered", "The directory has no clinics in its country."),
        Outcome.MALFORMED: (422, "Not a postcode or a place", "Give a postcode, a part of one, or a town."),
        Outcome.PARTIAL: (
            422,
            "Part of a postcode",
            "This part of a postcode is no place by itself: give more.",
        ),
        Outcome.AMBIGUOUS: (
            422,
            "Several places of that name",
            "Choose one of `choices` and ask again with its id as `place`.",
        ),
    }

    def __init__(self, outcome: Outcome, places: tuple[Place, ...] = ()):
        self.outcome, self.places = outcome, places

    def problem(self) -> Problem:
        """What is said of it; what was typed is not repeated."""
        status, title, detail = self.WORDS[self.outcome]
        choices = [PlaceOut.of(place) for place in self.places]
        return Problem(title=title, status=status, detail=detail, outcome=self.outcome, choices=choices)


@router.get("/places", response={200: PlacesOut, 422: Problem}, summary="Find a place")
def places(request: HttpRequest, asked: Query[PlacesQuery]):
    """What a text names: one place, several to choose from, or none. 200 also when nothing is found."""
    refuse_unknown_parameters(request, PlacesQuery)
    finding = Place.objects.find(asked.q, country=_upper(asked.country))
    return PlacesOut(outcome=finding.outcome, results=[PlaceOut.of(place) for place in finding.places])


@router.get("/places/suggest", response={200: SuggestionsOut, 422: Problem}, summary="Suggest places")
def suggestions(request: HttpRequest, asked: Query[SuggestQuery]):
    """Places that begin with a text, for a box that is being typed in."""
    refuse_unknown_parameters(request, SuggestQuery)
    found = Place.objects.suggest(asked.q, country=_upper(asked.country))
    return SuggestionsOut(results=[PlaceOut.of(place) for place in found])


@router.get(
    "/clinics", response={200: ClinicsOut, 404: Problem, 422: Problem}, summary="Clinics near a place"
)
def clinics(request: HttpRequest, asked: Query[ClinicsQuery]):
    """Listed clinics within a distance, nearest first, with the filters of the site."""
    refuse_unknown_parameters(request, ClinicsQuery)
    centre = _centre(asked)
    search = search_of(centre, asked)
    after = cursors.read(asked.cursor, search)
    page = cursors.page(search, within_km=asked.within_km, limit=asked.limit, after=after)
    results = Results(search, within=asked.within_km)
    remote = search.remote().with_provider().prefetch_related("treatments")[:MOST_RESULTS]
    next_cursor = cursors.write(page.after, search) if page.after else None
    return ClinicsOut(
        place=PlaceOut.of(centre),
        within_km=asked.within_km,
        count=min(results.count, MOST_COUNTED),
        more=results.is_more_than_counted,
        results=_with_distances(page, search, request),
        remote=[] if after else [ClinicOut.of(clinic, request) for clinic in remote],
        next_cursor=next_cursor,
        next=_next_page(request, centre, next_cursor) if next_cursor else None,
    )


def _with_distances(page: cursors.Page, search: ClinicSearch, request: HttpRequest) -> list[NearClinicOut]:
    found = Clinic.objects.filter(pk__in=[key for key, _ in page.rows])
    near = [
        NearClinicOut.of(clinic, request, distance_km=round(search.point.km_to(clinic.point), 3))
        for clinic in found.with_provider().prefetch_related("treatments")
    ]
    return sorted(near, key=lambda clinic: (clinic.distance_km, clinic.id))


def _next_page(request: HttpRequest, centre: Place, cursor: str) -> str:
    """Its address, which names the place by its id: an exact postcode is not handed on."""
    query = request.GET.copy()
    query.pop("near", None)
    query.pop("country", None)
    query["place"] = f"{centre.country.lower()}/{centre.slug}"
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{urlencode(list(query.lists()), doseq=True)}")


@router.get("/clinics/{id}", response={200: WholeClinicOut, 404: Problem, 410: Problem}, summary="One clinic")
def clinic(request: HttpRequest, id: Annotated[int, Path(ge=1, le=LARGEST_KEY)]):
    """Everything the public may know of a clinic. 410 when it has been taken off the lists, with the reason."""
    refuse_unknown_parameters(request)
    shown = Clinic.objects.filter(live=True).with_provider()
    found = shown.prefetch_related("treatments", "opening_hours", "source_records").filter(pk=id).first()
    if found is None:
        raise Http404
    if found.status == Clinic.Status.DELISTED:
        raise HttpError(410, f"It is no longer listed: {found.get_delisted_because_display()}.")
    return WholeClinicOut.whole(found, request)


def _centre(asked: ClinicsQuery) -> Place:
    """The one place asked for; PlaceProblem when it is none or several."""
    if bool(asked.place) == bool(asked.near):
        raise HttpError(422, "Give either `near` or `place`.")
    if asked.place:
        country, slug = asked.place.split("/")
        try:
            return Place.objects.at(country.upper(), slug)
        except Place.DoesNotExist:
            raise PlaceProblem(Outcome.UNKNOWN) from None
    finding: Finding = Place.objects.find(asked.near, country=_upper(asked.country))
    if not finding.place:
        raise PlaceProblem(finding.outcome, finding.places)
    return finding.place


def _upper(country: str | None) -> str | None:
    return country.upper() if country else None
