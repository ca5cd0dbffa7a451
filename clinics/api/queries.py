"""What may be asked of the API. The filters are those of the site's own panel, read from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from django.http import HttpRequest, QueryDict
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field, create_model

from clinics.criteria import CRITERIA, Criterion
from clinics.search import PAGE_SIZE, ClinicSearch, Unit
from places.models import Place

MOST_RESULTS = 100
LONGEST_CURSOR = 200

# Free text: a NUL byte has no place in it, and nothing that long is a place.
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2 code, such as GB.")]
Cursor = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_CURSOR,
        pattern=r"^[A-Za-z0-9_:.-]+$",
        description="`next_cursor` of the page before, with everything else asked for as it was.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=MOST_RESULTS, description="How many results a page has.")]


class PlacesQuery(Schema):
    q: Text = Field(description="A postcode, a part of one, or a town.", examples=["LS1 4AP"])
    country: Country | None = None


class SuggestQuery(Schema):
    q: Text = Field(description="The beginning of a postcode or of a town's name.", examples=["Lee"])
    country: Country | None = None


class NearQuery(Schema):
    """Where to look from. The filters are added below."""

    near: Text | None = Field(None, description="A postcode or town.", examples=["LS1 4AP"])
    country: Country | None = Field(None, description="Narrows `near` where two countries fit.")
    place: str | None = Field(
        None,
        max_length=124,
        pattern=r"^[a-z]{2}/[a-z0-9-]+$",
        description="Instead of `near`: the id of a place.",
        examples=["gb/ls1-4"],
    )
    within_km: int = Field(80, ge=1, le=500, description="How far to look.")
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


def _parameter(criterion: Criterion) -> Any:
    values = tuple(criterion.slug(option) for option in criterion.options)
    meanings = "; ".join(
        f"{criterion.slug(option)}: {criterion.label(option)}" for option in criterion.options
    )
    which = "Any of these" if criterion.is_any else "All of these must be so"
    return (
        list[Literal[values]],  # type: ignore[valid-type]  # the options are data, not known to a type checker
        Field([], max_length=len(values), description=f"{criterion.legend}. {which}. {meanings}."),
    )


FILTERS = {criterion.name: _parameter(criterion) for criterion in CRITERIA}
ClinicsQuery: Any = create_model("ClinicsQuery", __base__=NearQuery, **FILTERS)


def search_of(centre: Place, asked: Any) -> ClinicSearch:
    """The site's own search object for what a ClinicsQuery asks near *centre*."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        query.setlist(name, getattr(asked, name))
    return replace(ClinicSearch.from_query(centre, query), unit=Unit.KM, within=asked.within_km)


def refuse_unknown_parameters(request: HttpRequest, query: type[Schema] | None = None) -> None:
    """HttpError for a parameter that is not of the query, which Ninja lets pass, or one given twice by mistake."""
    fields = query.model_fields if query else {}
    for name, values in request.GET.lists():
        if name not in fields:
            takes = f"this takes {', '.join(fields)}" if fields else "this takes none"
            raise HttpError(422, f"An unknown parameter: {takes}.")
        if len(values) > 1 and not isinstance(fields[name].default, list):
            raise HttpError(422, f"`{name}` is given more than once.")
