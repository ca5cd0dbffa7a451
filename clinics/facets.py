"""How many clinics each option of each filter would leave: counted in one query, whatever the number of options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q

from clinics.models import Clinic, Route
from clinics.search import ClinicSearch, Wish

MOST_FACETED = 5000  # of this many nearest clinics; the figures of a larger crowd are "at least"

OPTIONS: dict[str, tuple[Any, ...]] = {
    "routes": tuple(Route),
    "payments": tuple(Clinic.Payment),
    "wishes": tuple(Wish),
}


@dataclass(frozen=True)
class Facets:
    """Counts by filter field and option, within a radius."""

    counts: dict[tuple[str, Any], int]
    is_at_least: bool  # more clinics lie within the radius than were looked at

    def count(self, field: str, option: Any) -> int:
        return self.counts[field, option]


def count_facets(search: ClinicSearch, within_km: float) -> Facets:
    """For each option: how many fit it and all other filters, within *within_km* of the search's place.

    Options of one filter mean "or", so an option is counted as if it alone were chosen in its filter. Wishes
    mean "and": an option is counted together with those chosen already.
    """
    near = Clinic.objects.listed().near(search.point, within_km=within_km)
    keys = {
        (field, option): f"{field}_{number}"
        for field in OPTIONS
        for number, option in enumerate(OPTIONS[field])
    }
    counts = {
        key: Count("pk", filter=_condition(search, field, option)) for (field, option), key in keys.items()
    }
    figures = near[: MOST_FACETED + 1].aggregate(looked_at=Count("pk"), **counts)
    return Facets(
        {option: figures[key] for option, key in keys.items()},
        is_at_least=figures["looked_at"] > MOST_FACETED,
    )


def _condition(search: ClinicSearch, field: str, option: Any) -> Q:
    chosen = (*search.wishes, option) if field == "wishes" else (option,)
    changed: dict[str, Any] = {field: chosen}
    conditions = replace(search, **changed).conditions()
    return Q(*conditions.values())
