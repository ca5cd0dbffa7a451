"""What a search may ask of a clinic: one table of filters, with their options and what each asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db.models import Q

from clinics.languages import LANGUAGES
from clinics.models import Clinic, Route
from clinics.open_now import is_open, shut


class Wish(StrEnum):
    """A thing a clinic must be known to have: asked for as a yes, never inferred from an unknown."""

    label: str
    field: str  # of a clinic; empty where no single field says it

    NEW_PATIENTS = "new-patients", "Taking new patients", "taking_new_patients"
    OPEN_NOW = "open-now", "Open now", ""
    ASSESSMENT = "assessment", "A psychiatrist assesses you first", "psychiatric_assessment"
    THERAPY = "therapy", "Talking therapy alongside", "therapy_alongside"
    WHEELCHAIR = "wheelchair", "Wheelchair access", "wheelchair_access"

    def __new__(cls, slug: str, label: str = "", field: str = "") -> Wish:
        wish = str.__new__(cls, slug)
        wish._value_, wish.label, wish.field = slug, label, field
        return wish

    def condition(self, at: datetime) -> Q:
        """What it asks of a clinic at the aware moment *at*."""
        if self.field:
            return Q(**{self.field: True})
        return Q(is_open(at)) & ~Q(pk__in=shut(at))


ADULT = 18  # years; from here on services for adults treat people


class AgeGroup(StrEnum):
    """An age group of patients. A clinic fits when it is known to treat some of its ages."""

    label: str
    youngest: int
    oldest: int

    CHILDREN = "under-18", "Under 18", 0, ADULT - 1
    ADULTS = "18-to-64", "Aged 18 to 64", ADULT, 64
    OLDER = "65-and-over", "Aged 65 and over", 65, 150

    def __new__(cls, slug: str, label: str = "", youngest: int = 0, oldest: int = 0) -> AgeGroup:
        group = str.__new__(cls, slug)
        group._value_, group.label, group.youngest, group.oldest = slug, label, youngest, oldest
        return group

    @property
    def condition(self) -> Q:
        """What it asks of a clinic. "18 and over" has no upper end; "up to 70" says nothing about children."""
        begins = Q(youngest_age__lte=self.oldest)
        if self.oldest >= ADULT:
            begins |= Q(youngest_age__isnull=True, oldest_age__isnull=False)
        return begins & (Q(oldest_age__isnull=True) | Q(oldest_age__gte=self.youngest))


def _all_of(wishes: tuple[Wish, ...], at: datetime) -> Q:
    return Q(*(wish.condition(at) for wish in wishes))


def _any_of(groups: tuple[AgeGroup, ...], at: datetime) -> Q:
    return Q(*(group.condition for group in groups), _connector=Q.OR)


@dataclass(frozen=True)
class Criterion:
    """One filter: what it is called, what can be chosen in it, and what that asks of a clinic."""

    name: str  # of the form field and the query string
    field: str  # of ClinicSearch: the options chosen
    legend: str
    options: tuple[Any, ...]  # in the order in which they are offered
    condition: Callable[
        [tuple[Any, ...], datetime], Q
    ]  # asked by the options chosen, at a moment; of one at least
    is_any: bool = True  # options chosen together mean "or"; otherwise each is asked for by itself
    slug: Callable[[Any], str] = str  # of an option, in addresses
    label: Callable[[Any], str] = attrgetter("label")  # of an option, for people

    def read(self, texts: list[str]) -> tuple[Any, ...]:
        """The options that *texts* name, in the table's order; words that name none are left out."""
        return tuple(option for option in self.options if self.slug(option) in texts)


LANGUAGE = Criterion(
    "language", "languages", "Languages spoken", tuple(LANGUAGES),
    lambda chosen, at: Q(languages__overlap=list(chosen)), label=LANGUAGES.__getitem__,
)  # fmt: skip
CRITERIA = (
    Criterion(
        "route", "routes", "Treatment", tuple(Route),
        lambda chosen, at: Q(routes__overlap=list(chosen)), slug=attrgetter("slug"),
    ),
    Criterion(
        "payment", "payments", "Payment", tuple(Clinic.Payment),
        lambda chosen, at: Q(payments__overlap=list(chosen)),
    ),
    Criterion("with", "wishes", "Only with", tuple(Wish), _all_of, is_any=False),
    Criterion(
        "setting", "settings", "Where", tuple(Clinic.Setting),
        lambda chosen, at: Q(setting__in=list(chosen)),
    ),
    Criterion("age", "ages", "Who is treated", tuple(AgeGroup), _any_of),
    LANGUAGE,
)  # fmt: skip
NOTHING: dict[str, Any] = {criterion.field: () for criterion in CRITERIA}  # chosen in any filter
