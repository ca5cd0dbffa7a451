"""One search for clinics: where from, how far, for what. The page and the API ask the same object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from clinics.criteria import CRITERIA, NOTHING, AgeGroup, Criterion, Wish
from clinics.models import Clinic, ClinicQuerySet, Route
from places.distance import KM_PER_MILE, Point, chord_of
from places.models import Place
from places.vicinity import Vicinity

PAGE_SIZE = 20
MOST_COUNTED = 1000  # a longer list helps nobody: it is "more than 1,000", and pages end there
MOST_REMOTE = 5  # beside clinics at a distance; all of them have pages of their own
FARTHEST = 20_000  # clinics gone through for the nearest that fits
MOST_TICKED = 6  # three are compared; who ticks more is told so
SLUG = re.compile(r"[-\w]{1,120}", re.ASCII)
HANDFUL = 5  # fewer than this many clinics, and the search looks further by itself

Word = TypeVar("Word", bound=StrEnum)


class Unit(StrEnum):
    """What distances are given in, with the radii that are offered."""

    MILES = "mi"
    KM = "km"

    @classmethod
    def of(cls, country: str) -> Unit:
        """What the signposts of *country* (ISO 3166-1 alpha-2) are in."""
        return cls.MILES if country in {"GB", "US"} else cls.KM

    @property
    def km(self) -> float:
        """One of it in km."""
        return KM_PER_MILE if self is Unit.MILES else 1.0

    @property
    def word(self) -> str:
        return "miles" if self is Unit.MILES else "km"

    @property
    def radii(self) -> tuple[int, ...]:
        return (5, 10, 25, 50, 100, 200) if self is Unit.MILES else (10, 25, 50, 100, 200, 320)

    @property
    def usual(self) -> int:
        """The radius of a search that names none."""
        return 25 if self is Unit.MILES else 50


class Sort(StrEnum):
    """What comes first in the list. Nobody can pay for either."""

    label: str

    NEAREST = "nearest", "Nearest first"
    CONFIRMED = "confirmed", "Most recently confirmed first"

    def __new__(cls, slug: str, label: str = "") -> Sort:
        sort = str.__new__(cls, slug)
        sort._value_, sort.label = slug, label
        return sort


@dataclass(frozen=True)
class ClinicSearch:
    """A search near a place. Values within one filter mean "or", filters together mean "and"."""

    place: Place | Vicinity
    unit: Unit = Unit.KM
    within: int | None = None  # radius in `unit`; None: the usual one, and further when little is found
    routes: tuple[Route, ...] = ()
    payments: tuple[Clinic.Payment, ...] = ()
    wishes: tuple[Wish, ...] = ()
    settings: tuple[Clinic.Setting, ...] = ()
    ages: tuple[AgeGroup, ...] = ()
    languages: tuple[str, ...] = ()  # BCP 47 codes
    sort: Sort = Sort.NEAREST
    at: datetime = field(default_factory=timezone.now, compare=False)  # the moment that "open now" means
    ticked: tuple[str, ...] = field(default=(), compare=False)  # slugs of clinics to compare, carried along

    @classmethod
    def from_query(cls, place: Place | Vicinity, query: QueryDict) -> ClinicSearch:
        """The search that an address's query string asks for; words it does not know are left out."""
        unit = _known(Unit, query.get("unit"), Unit.of(place.country))
        within = next((radius for radius in unit.radii if str(radius) == query.get("within")), None)
        chosen: dict[str, Any] = {
            criterion.field: criterion.read(query.getlist(criterion.name)) for criterion in CRITERIA
        }
        sort = _known(Sort, query.get("sort"), Sort.NEAREST)
        ticked = dict.fromkeys(filter(SLUG.fullmatch, query.getlist("clinic")[:MOST_TICKED]))
        return cls(place=place, unit=unit, within=within, sort=sort, ticked=tuple(ticked), **chosen)

    def query(self) -> dict[str, list[str]]:
        """The query string's parts that `from_query` reads back."""
        return {
            **{
                criterion.name: [criterion.slug(each) for each in self.chosen(criterion)]
                for criterion in CRITERIA
            },
            "within": [str(self.within)] if self.within else [],
            "unit": [str(self.unit)] if self.unit != Unit.of(self.place.country) else [],
            "sort": [str(self.sort)] if self.sort != Sort.NEAREST else [],
            "from": ["map"] if self.is_from_map else [],
            "clinic": list(self.ticked),
        }

    def filters(self) -> dict[str, tuple[Any, ...]]:
        """The options chosen, by the name of the filter."""
        return {criterion.name: self.chosen(criterion) for criterion in CRITERIA}

    def chosen(self, criterion: Criterion) -> tuple[Any, ...]:
        """The options chosen in one filter."""
        options: tuple[Any, ...] = getattr(self, criterion.field)
        return options

    def choosing(self, criterion: Criterion, options: tuple[Any, ...]) -> ClinicSearch:
        """The same search with *options*, and no other, chosen in one filter."""
        changed: dict[str, Any] = {criterion.field: options}
        return replace(self, **changed)

    def without_filters(self) -> ClinicSearch:
        return replace(self, **NOTHING)

    def get_paper_url(self) -> str:
        """The address of its list for paper; empty where there is no named place to start from."""
        shared = self.to_share()
        if shared.is_from_position:
            return ""
        query = urlencode(shared.query(), doseq=True)
        path = reverse("clinics:near_paper", args=shared.near.split("/"))
        return f"{path}?{query}" if query else path

    def get_absolute_url(self) -> str:
        """Its own address: it names no place finer than a postcode sector, ZIP, town or cell of about 1 km."""
        query = urlencode(self.query(), doseq=True)
        if self.is_from_position:
            path = reverse("clinics:near_position", args=[self.place.slug])
        else:
            path = reverse("clinics:near", args=[self.place.country.lower(), self.place.slug])
        return f"{path}?{query}" if query else path

    def to_share(self) -> ClinicSearch:
        """The same search without what somebody ticked, nor where they are: from the centre of the town nearby."""
        town = self.place.town if isinstance(self.place, Vicinity) else None
        return replace(self, place=town or self.place, ticked=())

    @property
    def near(self) -> str:
        """The place as other pages carry it, "gb/ls1-4": of a position the town that it is by, and no more."""
        place = self.place.town if isinstance(self.place, Vicinity) else self.place
        return f"{place.country.lower()}/{place.slug}" if place else ""

    @property
    def is_from_position(self) -> bool:
        """Whether it starts where somebody is, rather than from the centre of a named place."""
        return isinstance(self.place, Vicinity)

    @property
    def is_from_map(self) -> bool:
        """Whether it starts from the middle of a map that somebody moved there."""
        return isinstance(self.place, Vicinity) and self.place.on_map

    @property
    def point(self) -> Point:
        return Point(self.place.latitude, self.place.longitude)

    @property
    def is_filtered(self) -> bool:
        return any(self.chosen(criterion) for criterion in CRITERIA)

    @property
    def is_remote(self) -> bool:
        """Whether it asks for remote services alone, which are at no distance."""
        return self.settings == (Clinic.Setting.REMOTE,)

    def condition(self) -> Q:
        """What the filters together ask of a clinic."""
        return Q(
            *(
                criterion.condition(chosen, self.at)
                for criterion in CRITERIA
                if (chosen := self.chosen(criterion))
            )
        )

    @cached_property
    def clinics(self) -> ClinicQuerySet:
        """Every listed clinic that fits the filters, wherever it is."""
        return Clinic.objects.listed().filter(self.condition())

    def nearest(self, count: int, *, within_km: float | None = None) -> list[tuple[int, float]]:
        """(primary key, chord) of the nearest *count* clinics, nearest first, equal distances by key.

        Ties are broken here rather than in SQL, where a second sort column costs PostgreSQL 15 its index
        order. Clinics of one building may straddle the end of what was fetched: then all that tie are read.
        """
        clinics = self.clinics.near(self.point, within_km=within_km).values_list("pk", "chord")
        rows = list(clinics[: count + 1])
        if len(rows) > count and rows[count][1] == rows[count - 1][1]:
            rows = list(clinics[: MOST_COUNTED + PAGE_SIZE])
        return sorted(rows, key=lambda row: (row[1], row[0]))[:count]

    def results(self, number: int = 1) -> Results:
        """Page *number* of what it finds, looked for further out when little is near and no radius was named."""
        if self.is_remote:
            return RemoteResults(self, within=self.within or self.unit.usual, number=number)
        if self.within:
            return Results(self, within=self.within, number=number)
        usual = Results(self, within=self.unit.usual, number=number)
        if usual.count >= HANDFUL:
            return usual
        nearest = self.nearest(HANDFUL, within_km=self.unit.radii[-1] * self.unit.km)
        if len(nearest) == usual.count:  # nothing more to be had by looking further
            return usual
        farthest = nearest[-1][1]
        within = next(r for r in self.unit.radii if chord_of(r * self.unit.km) >= farthest)
        return Results(self, within=within, number=number, widened_from=usual)

    def remote(self) -> ClinicQuerySet:
        """The remote services that fit and may serve the region of the place, by name: they are at no distance."""
        return self.clinics.serving(self.place.country, self.place.region_code).order_by("name", "pk")

    def nearest_anywhere(self) -> Clinic | None:
        """The nearest clinic that fits, of the nearest FARTHEST; None when none of them does.

        They are gone through in order until one fits: to filter them beforehand would mean to read the whole
        directory where none does.
        """
        if self.is_remote:
            return None
        fits = ExpressionWrapper(self.condition() or Value(True), output_field=BooleanField())
        nearest = Clinic.objects.listed().annotate(fits=fits).near(self.point).values_list("pk", "fits")
        sql, params = nearest[:FARTHEST].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pk FROM ({sql}) AS nearest WHERE fits LIMIT 1", params)
            found = cursor.fetchone()
        if not found:
            return None
        clinic = Clinic.objects.get(pk=found[0])
        clinic.km = self.point.km_to(clinic.point)
        return clinic


@dataclass(frozen=True)
class Results:
    """What a search found within a radius, and one page of it."""

    search: ClinicSearch
    within: int  # in the search's unit
    number: int = 1
    widened_from: Results | None = None

    @property
    def within_km(self) -> float:
        return self.within * self.search.unit.km

    @cached_property
    def count(self) -> int:
        """How many there are; one more than MOST_COUNTED stands for any larger number."""
        clinics = self.search.clinics.near(self.search.point, within_km=self.within_km).order_by()
        return clinics.values("pk")[: MOST_COUNTED + 1].count()

    @property
    def is_more_than_counted(self) -> bool:
        return self.count > MOST_COUNTED

    @property
    def pages(self) -> int:
        return max(1, ceil(min(self.count, MOST_COUNTED) / PAGE_SIZE))

    @property
    def page(self) -> int:
        """The number of the page shown: the one asked for, or the nearest there is."""
        return min(max(self.number, 1), self.pages)

    @property
    def first(self) -> int:
        """How many clinics the pages before this one hold."""
        return (self.page - 1) * PAGE_SIZE

    @cached_property
    def clinics(self) -> list[Clinic]:
        """The page's clinics with ``km``, their geodesic distance, in the order asked for."""
        keys = self._ranked(self.first + PAGE_SIZE)[self.first :]
        clinics = list(Clinic.objects.filter(pk__in=keys).for_cards())
        for clinic in clinics:
            clinic.km = self.search.point.km_to(clinic.point)
        if self.search.sort is Sort.NEAREST:  # on the ellipsoid, by which distances are shown
            return sorted(clinics, key=lambda clinic: (clinic.km, clinic.pk))
        return sorted(clinics, key=lambda clinic: keys.index(clinic.pk))

    def _ranked(self, count: int) -> list[int]:
        """The primary keys of the first *count* clinics."""
        if self.search.sort is Sort.NEAREST:
            return [key for key, _ in self.search.nearest(count, within_km=self.within_km)]
        near = self.search.clinics.near(self.search.point, within_km=self.within_km)
        rows = near.values_list("verified_on", "chord", "pk")[:MOST_COUNTED]
        never = date.min
        ranked = sorted(rows, key=lambda row: (-(row[0] or never).toordinal(), row[1], row[2]))
        return [key for _, _, key in ranked[:count]]


@dataclass(frozen=True)
class RemoteResults(Results):
    """Remote services alone, by name: they are at no distance."""

    @cached_property
    def count(self) -> int:
        return self.search.remote().order_by().values("pk")[: MOST_COUNTED + 1].count()

    @cached_property
    def clinics(self) -> list[Clinic]:
        return list(self.search.remote().for_cards()[self.first : self.first + PAGE_SIZE])


def place_carried(near: str) -> Place | None:
    """The place that `ClinicSearch.near` named; None for anything else."""
    country, _, slug = near.partition("/")
    try:
        return Place.objects.at(country, slug)
    except Place.DoesNotExist:
        return None


def _known(words: type[Word], text: str | None, usual: Word) -> Word:
    """The member of an enumeration of words that *text* names, or the *usual* one."""
    return words(text) if text in set(words) else usual


def positive_number(query: Mapping[str, str], name: str) -> int:
    """The whole number that a query string gives under *name*, at most six digits; otherwise 1."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1
