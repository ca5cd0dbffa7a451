"""How many clinics each option of each filter would leave: counted in one query, whatever the number of options."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from clinics.criteria import CRITERIA, LANGUAGE, Criterion
from clinics.models import Clinic
from clinics.search import MOST_COUNTED, ClinicSearch

MOST_FACETED = 5000  # of this many nearest clinics; the figures of a larger crowd are "at least"


@dataclass(frozen=True)
class Facets:
    """Counts by filter field and option, within a radius, with the remote services of the region."""

    counts: dict[tuple[str, Any], int]
    is_at_least: bool  # more clinics lie within the radius than were looked at

    def count(self, field: str, option: Any) -> int:
        return self.counts.get((field, option), 0)


def count_facets(search: ClinicSearch, within_km: float) -> Facets:
    """For each option: how many fit it and all other filters, within *within_km* of the search's place.

    Options of one filter mean "or", so an option is counted as if it alone were chosen in its filter. Wishes
    mean "and": an option is counted together with those chosen already.
    """
    options = {
        f"{criterion.field}_{number}": (criterion, option)
        for criterion in CRITERIA
        if criterion is not LANGUAGE
        for number, option in enumerate(criterion.options)
    }
    # Each condition is asked once; which of them an option is counted with is said by their names.
    flags = {key: criterion.condition((option,), search.at) for key, (criterion, option) in options.items()}
    chosen = {f"chosen_{criterion.field}": criterion for criterion in CRITERIA if search.chosen(criterion)}
    flags |= {
        name: criterion.condition(search.chosen(criterion), search.at) for name, criterion in chosen.items()
    }

    def besides(criterion: Criterion) -> list[str]:
        return [name for name, other in chosen.items() if other is not criterion or not criterion.is_any]

    counted = {key: [key, *besides(criterion)] for key, (criterion, _) in options.items()}
    tally = count_matching(search, within_km, flags, counted, spoken_with=besides(LANGUAGE))
    counts = {(criterion.field, option): tally.counts[key] for key, (criterion, option) in options.items()}
    counts |= {(LANGUAGE.field, code): count for code, count in tally.languages.items()}
    return Facets(counts, tally.is_at_least)


class Tally(NamedTuple):
    counts: dict[str, int]
    languages: dict[str, int]  # by BCP 47 code: only those that are spoken there
    is_at_least: bool


def count_matching(
    search: ClinicSearch,
    within_km: float,
    conditions: Mapping[str, Q],
    counted: Mapping[str, Sequence[str]] | None = None,
    *,
    spoken_with: Sequence[str] | None = None,
) -> Tally:
    """How many clinics meet conditions, of all listed ones that the search's place could show.

    *counted* says what is counted: by name, the names of the conditions that a clinic has to meet together; each
    condition by itself when it is not given. *spoken_with*: those of a clinic whose languages count; none if None.

    Looked at are the nearest MOST_FACETED within *within_km*, and the remote services that may serve the region.
    One query reads them once, and works each condition out once for each.
    """
    counted = {name: [name] for name in conditions} if counted is None else counted
    flags = {
        name: ExpressionWrapper(condition or Value(True), output_field=BooleanField())
        for name, condition in {"is_near": Q(position__isnull=False), **conditions}.items()
    }
    spoken = "false" if spoken_with is None else " AND ".join(spoken_with) or "true"
    listed = Clinic.objects.listed().annotate(**flags)
    parts = [
        clinics.values_list("languages", *flags)[: most + 1].query.sql_with_params()
        for clinics, most in (
            (listed.near(search.point, within_km=within_km), MOST_FACETED),
            (listed.serving(search.place.country, search.place.region_code), MOST_COUNTED),
        )
    ]
    counts = ", ".join(
        f"count(*) FILTER (WHERE {' AND '.join(names)})" for names in (["is_near"], *counted.values())
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS MATERIALIZED ({' UNION ALL '.join(f'({sql})' for sql, _ in parts)}) "
            "SELECT (SELECT jsonb_object_agg(code, clinics) FROM (SELECT unnest(languages) AS code, "
            f"count(*) AS clinics FROM found WHERE {spoken} GROUP BY code) AS spoken), "
            f"{counts} FROM found",
            [value for _, params in parts for value in params],
        )
        languages, looked_at, *figures = cursor.fetchone()
    spoken = json.loads(languages or "{}")
    return Tally(dict(zip(counted, figures, strict=True)), spoken, looked_at > MOST_FACETED)
