"""The filters of a search as a page offers them: groups of options, each with the address it leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from clinics.facets import Facets
from clinics.models import Clinic, Route
from clinics.search import ClinicSearch, Unit, Wish


@dataclass(frozen=True)
class FilterOption:
    value: str
    label: str
    count: str  # how many clinics it would leave, such as "12" or "5,000 or more"
    chosen: bool
    url_without: str = ""  # the same search with this choice taken back


@dataclass(frozen=True)
class FilterGroup:
    name: str  # of the form field and the query string
    legend: str
    options: tuple[FilterOption, ...]


def filter_groups(search: ClinicSearch, facets: Facets) -> tuple[FilterGroup, ...]:
    """The groups of checkboxes, in the order in which people ask."""

    def option(field: str, member, value: str) -> FilterOption:
        count = f"{facets.count(field, member):,}{' or more' if facets.is_at_least else ''}"
        chosen = getattr(search, field)
        if member not in chosen:
            return FilterOption(value, member.label, count, chosen=False)
        without: dict[str, Any] = {field: tuple(other for other in chosen if other != member)}
        rest = replace(search, **without)
        return FilterOption(value, member.label, count, chosen=True, url_without=rest.get_absolute_url())

    return (
        FilterGroup("route", "Treatment", tuple(option("routes", each, each.slug) for each in Route)),
        FilterGroup(
            "payment", "Payment", tuple(option("payments", each, each.value) for each in Clinic.Payment)
        ),
        FilterGroup("with", "Only with", tuple(option("wishes", each, each.value) for each in Wish)),
    )


def chosen_options(groups: tuple[FilterGroup, ...]) -> list[FilterOption]:
    """The options in force, which a person can take back one by one."""
    return [option for group in groups for option in group.options if option.chosen]


@dataclass(frozen=True)
class Radius:
    number: int
    label: str
    url: str


def radii(search: ClinicSearch) -> list[Radius]:
    """The distances a person can choose, as links."""
    return [
        Radius(number, f"{number} {search.unit.word}", replace(search, within=number).get_absolute_url())
        for number in search.unit.radii
    ]


def radius_reaching(search: ClinicSearch, km: float) -> Radius | None:
    """The smallest radius on offer that reaches as far as *km*; None beyond them all."""
    return next((radius for radius in radii(search) if radius.number * search.unit.km >= km), None)


def in_other_unit(search: ClinicSearch) -> ClinicSearch:
    """The same search in the other unit of length, with the radius of the same rank."""
    other = Unit.KM if search.unit is Unit.MILES else Unit.MILES
    within = other.radii[search.unit.radii.index(search.within)] if search.within else None
    return replace(search, unit=other, within=within)
