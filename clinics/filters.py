"""The filters of a search as a page offers them: groups of options, each with the address it leads to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clinics.criteria import CRITERIA, LANGUAGE, Criterion
from clinics.facets import Facets
from clinics.models import Clinic
from clinics.search import ClinicSearch, Sort, Unit

FOLDING = {"setting", "age", "language"}  # groups that stand closed until something in them is chosen


@dataclass(frozen=True)
class FilterOption:
    id: str  # of its checkbox: the same before and after the page changes, so that it keeps the focus
    value: str
    label: str
    count: str  # how many clinics it would leave, such as "12", "250 or more" or "few or none"
    is_none: bool  # it would leave none for certain
    chosen: bool
    url_without: str = ""  # the same search with this choice taken back


@dataclass(frozen=True)
class FilterGroup:
    name: str  # of the form field and the query string
    legend: str
    options: tuple[FilterOption, ...]
    is_folding: bool
    is_open: bool  # it folds, and stands open


def filter_groups(search: ClinicSearch, facets: Facets) -> tuple[FilterGroup, ...]:
    """The groups of checkboxes, in the order in which people ask; those without an option are left out."""
    groups = (_group(search, criterion, facets) for criterion in CRITERIA)
    return tuple(group for group in groups if group.options)


def _group(search: ClinicSearch, criterion: Criterion, facets: Facets) -> FilterGroup:
    options = list(criterion.options)
    if criterion is LANGUAGE:  # those spoken around there alone, the commonest first
        chosen = search.chosen(criterion)
        options = [code for code in options if code in chosen or facets.count(criterion.field, code)]
        options.sort(key=lambda code: -facets.count(criterion.field, code))
    return FilterGroup(
        criterion.name,
        criterion.legend,
        tuple(_option(search, criterion, option, facets) for option in options),
        is_folding=criterion.name in FOLDING,
        is_open=bool(search.chosen(criterion)),
    )


def _option(search: ClinicSearch, criterion: Criterion, option, facets: Facets) -> FilterOption:
    count = facets.count(criterion.field, option)
    chosen = search.chosen(criterion)
    slug = criterion.slug(option)
    rest = search.choosing(criterion, tuple(other for other in chosen if other != option))
    return FilterOption(
        id=f"filter-{criterion.name}-{slug}",
        value=slug,
        label=criterion.label(option),
        count=_figure(count, is_at_least=facets.is_at_least),
        is_none=not count and not facets.is_at_least,
        chosen=option in chosen,
        url_without=rest.get_absolute_url() if option in chosen else "",
    )


def _figure(count: int, *, is_at_least: bool) -> str:
    if not is_at_least:
        return f"{count:,}"
    return f"{count:,} or more" if count else "few or none"  # "0 or more" would say nothing


def chosen_options(groups: tuple[FilterGroup, ...]) -> list[FilterOption]:
    """The options in force, which a person can take back one by one."""
    return [option for group in groups for option in group.options if option.chosen]


@dataclass(frozen=True)
class SortChoice:
    label: str
    url: str
    is_current: bool


def sort_choices(search: ClinicSearch) -> list[SortChoice]:
    """The orders a person can choose, as links."""
    return [
        SortChoice(sort.label, replace(search, sort=sort).get_absolute_url(), sort is search.sort)
        for sort in Sort
    ]


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


def remote_alone(search: ClinicSearch) -> ClinicSearch:
    """The same search for remote services alone."""
    return replace(search, settings=(Clinic.Setting.REMOTE,))
