"""How many clinics each option of each filter would leave: counted in one query, whatever the number of options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Value

from clinics.criteria import CRITERIA, LANGUAGE, Criterion
from clinics.models import Clinic, ClinicQuerySet
from clinics.models.clinic import ASKED_ABOUT
from clinics.search import ClinicSearch

MOST_LOOKED_AT = 250  # clinics: 12 pages of results; of a larger crowd it is said that there are more

TABLE = connection.ops.quote_name(Clinic._meta.db_table)

# Of each option the column, true or false for each clinic looked at, by filter field and option. Languages are too
# many for a column each.
COLUMNS: dict[tuple[str, Any], str] = {
    (criterion.field, option): f"{criterion.field}_{number}"
    for criterion in CRITERIA
    if criterion is not LANGUAGE
    for number, option in enumerate(criterion.options)
}


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
    others = {
        criterion.field: asked(search, but=criterion if criterion.is_any else None) for criterion in CRITERIA
    }
    counted = [f"{column} AND {others[field]}" for (field, _), column in COLUMNS.items()]
    tally = count_matching(search, within_km, counted, spoken_where=others[LANGUAGE.field])
    languages = {(LANGUAGE.field, code): count for code, count in tally.languages.items()}
    return Facets(dict(zip(COLUMNS, tally.counts, strict=True)) | languages, tally.is_at_least)


def asked(search: ClinicSearch, *, but: Criterion | None = None) -> str:
    """What the filters together ask, as SQL over COLUMNS and "speaks"; *but* is left out."""
    return " AND ".join(
        _asked_by(criterion, chosen)
        for criterion in CRITERIA
        if criterion is not but and (chosen := search.chosen(criterion))
    ) or "true"  # fmt: skip


def _asked_by(criterion: Criterion, chosen: tuple[Any, ...]) -> str:
    if criterion is LANGUAGE:
        return "speaks"
    columns = (COLUMNS[criterion.field, option] for option in chosen)
    return f"({(' OR ' if criterion.is_any else ' AND ').join(columns)})"


class Tally(NamedTuple):
    counts: list[int]  # in the order asked
    languages: dict[str, int]  # by BCP 47 code: only those that are spoken there
    is_at_least: bool


def count_matching(
    search: ClinicSearch, within_km: float, conditions: Sequence[str], *, spoken_where: str = "false"
) -> Tally:
    """How many clinics meet each of the *conditions*, of all listed ones that the search's place could show.

    Conditions are SQL as of ``asked``, of *search* or of one with the same languages. *spoken_where* is that of the
    clinics whose languages are counted. Looked at are the nearest MOST_LOOKED_AT within *within_km*, and the remote
    services that may serve the region. One query reads them once, the near ones in the index alone, and works each
    option out once for each: OFFSET 0 keeps PostgreSQL from working it out anew in each condition that names it.
    """
    listed = Clinic.objects.listed()
    near = listed.near(search.point, within_km=within_km)
    serving = listed.serving(search.place.country, search.place.region_code)
    (near_sql, near_params), (serving_sql, serving_params), (options_sql, options_params) = (
        _looked_at(near, is_near=True),
        _looked_at(serving, is_near=False),
        _options(search.at.replace(second=0, microsecond=0)),  # hours are in minutes
    )
    counts = "".join(f", count(*) FILTER (WHERE {condition})" for condition in conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS (({near_sql}) UNION ALL ({serving_sql})) "
            "SELECT count(*) FILTER (WHERE is_near),"
            f" string_agg(array_to_string(languages, ' '), ' ') FILTER (WHERE {spoken_where}){counts}"
            " FROM (SELECT *, languages && %s::varchar[] AS speaks"
            f" FROM ({options_sql}, is_near FROM found AS {TABLE}) AS told OFFSET 0) AS known",
            [*near_params, *serving_params, list(search.languages), *options_params],
        )
        number_near, spoken, *figures = cursor.fetchone()
    return Tally(figures, Counter((spoken or "").split()), number_near > MOST_LOOKED_AT)


def _looked_at(clinics: ClinicQuerySet, *, is_near: bool) -> tuple[str, tuple[Any, ...]]:
    """SELECT, with its parameters, of what options ask about, and *is_near*."""
    columns = clinics.values(*ASKED_ABOUT, is_near=Value(is_near))
    return columns[: MOST_LOOKED_AT + 1].query.sql_with_params()


@lru_cache(maxsize=4)
def _options(at: datetime) -> tuple[str, tuple[Any, ...]]:
    """SELECT, with its parameters and without its FROM, of COLUMNS and the languages of clinics.

    To put it together takes Python longer than PostgreSQL needs to answer it, and it is the same for every search
    of one minute.
    """
    columns = {
        COLUMNS[criterion.field, option]: ExpressionWrapper(
            criterion.condition((option,), at), output_field=BooleanField()
        )
        for criterion in CRITERIA
        if criterion is not LANGUAGE
        for option in criterion.options
    }
    options = Clinic.objects.annotate(**columns).values_list("languages", *columns)
    sql, params = options.query.sql_with_params()
    return sql.removesuffix(f" FROM {TABLE}"), params
