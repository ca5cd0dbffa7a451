"""One search for clinics: where from, how far, for what. The page and the API ask the same object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from clinics.models import Clinic, ClinicQuerySet, Route
from places.distance import KM_PER_MILE, Point, chord_of
from places.models import Place
from places.vicinity import Vicinity

PAGE_SIZE = 20
MOST_COUNTED = 1000  # a longer list helps nobody: it is "more than 1,000", and pages end there
MOST_REMOTE = 10
HANDFUL = 5  # fewer than this many clinics, and the search looks further by itself


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


class Wish(StrEnum):
    """A thing a clinic must be known to have: asked for as a yes, never inferred from an unknown."""

    NEW_PATIENTS = "new-patients"
    ASSESSMENT = "assessment"
    THERAPY = "therapy"
    WHEELCHAIR = "wheelchair"

    @property
    def field(self) -> str:
        return {
            Wish.NEW_PATIENTS: "taking_new_patients",
            Wish.ASSESSMENT: "psychiatric_assessment",
            Wish.THERAPY: "therapy_alongside",
            Wish.WHEELCHAIR: "wheelchair_access",
        }[self]

    @property
    def label(self) -> str:
        return {
            Wish.NEW_PATIENTS: "Taking new patients",
            Wish.ASSESSMENT: "A psychiatrist assesses you first",
            Wish.THERAPY: "Talking therapy alongside",
            Wish.WHEELCHAIR: "Wheelchair access",
        }[self]


@dataclass(frozen=True)
class ClinicSearch:
    """A search near a place. Values within one filter mean "or", filters together mean "and"."""

    place: Place | Vicinity
    unit: Unit = Unit.KM
    within: int | None = None  # radius in `unit`; None: the usual one, and further when little is found
    routes: tuple[Route, ...] = ()
    payments: tuple[Clinic.Payment, ...] = ()
    wishes: tuple[Wish, ...] = ()

    @classmethod
    def from_query(cls, place: Place | Vicinity, query: QueryDict) -> ClinicSearch:
        """The search that an address's query string asks for; words it does not know are left out."""
        unit = _known(Unit, [query.get("unit", "")])
        search = cls(
            place=place,
            unit=unit[0] if unit else Unit.of(place.country),
            routes=tuple(route for route in Route if route.slug in query.getlist("route")),
            payments=_known(Clinic.Payment, query.getlist("payment")),
            wishes=_known(Wish, query.getlist("with")),
        )
        within = [radius for radius in search.unit.radii if str(radius) == query.get("within")]
        return replace(search, within=within[0]) if within else search

    def query(self) -> dict[str, list[str]]:
        """The query string's parts that `from_query` reads back."""
        return {
            "route": [route.slug for route in self.routes],
            "payment": [str(payment) for payment in self.payments],
            "with": [str(wish) for wish in self.wishes],
            "within": [str(self.within)] if self.within else [],
            "unit": [str(self.unit)] if self.unit != Unit.of(self.place.country) else [],
        }

    def get_absolute_url(self) -> str:
        """Its own address: it names no place finer than a postcode sector, ZIP, town or cell of about 1 km."""
        query = urlencode(self.query(), doseq=True)
        if self.is_from_position:
            path = reverse("clinics:near_position", args=[self.place.slug])
        else:
            path = reverse("clinics:near", args=[self.place.country.lower(), self.place.slug])
        return f"{path}?{query}" if query else path

    @property
    def is_from_position(self) -> bool:
        """Whether it starts where somebody is, rather than from the centre of a named place."""
        return isinstance(self.place, Vicinity)

    @property
    def point(self) -> Point:
        return Point(self.place.latitude, self.place.longitude)

    @property
    def is_filtered(self) -> bool:
        return bool(self.routes or self.payments or self.wishes)

    def conditions(self) -> dict[str, Q]:
        """What each filter asks of a clinic, by the filter's field; an empty condition where nothing is chosen."""
        return {
            "routes": Q(routes__overlap=list(self.routes)) if self.routes else Q(),
            "payments": Q(payments__overlap=list(self.payments)) if self.payments else Q(),
            "wishes": Q(**{wish.field: True for wish in self.wishes}),
        }

    def clinics(self) -> ClinicQuerySet:
        """Every listed clinic that fits the filters, wherever it is."""
        return Clinic.objects.listed().filter(*self.conditions().values())

    def nearest(self, count: int, *, within_km: float | None = None) -> list[tuple[int, float]]:
        """(primary key, chord) of the nearest *count* clinics, nearest first, equal distances by key.

        Ties are broken here rather than in SQL, where a second sort column costs PostgreSQL 15 its index
        order. Clinics of one building may straddle the end of what was fetched: then all that tie are read.
        """
        clinics = self.clinics().near(self.point, within_km=within_km).values_list("pk", "chord")
        rows = list(clinics[: count + 1])
        if len(rows) > count and rows[count][1] == rows[count - 1][1]:
            rows = list(clinics[: MOST_COUNTED + PAGE_SIZE])
        return sorted(rows, key=lambda row: (row[1], row[0]))[:count]

    def results(self, number: int = 1) -> Results:
        """Page *number* of what it finds, looked for further out when little is near and no radius was named."""
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

    def remote(self) -> list[Clinic]:
        """The remote services that fit and may serve the region of the place, by name: they are at no distance."""
        if not self.place.country:
            return []
        clinics = self.clinics().serving(self.place.country, self.place.region_code)
        return list(clinics.for_cards().order_by("name", "pk")[:MOST_REMOTE])

    def nearest_anywhere(self) -> Clinic | None:
        """The nearest clinic that fits, however far; None when there is none at all."""
        nearest = self.nearest(1)
        if not nearest:
            return None
        clinic = Clinic.objects.get(pk=nearest[0][0])
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
        clinics = self.search.clinics().near(self.search.point, within_km=self.within_km).order_by()
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

    @cached_property
    def clinics(self) -> list[Clinic]:
        """The page's clinics with ``km``, their geodesic distance, which never decreases down the page."""
        nearest = self.search.nearest(self.page * PAGE_SIZE, within_km=self.within_km)
        keys = [key for key, _ in nearest[(self.page - 1) * PAGE_SIZE :]]
        clinics = list(Clinic.objects.filter(pk__in=keys).for_cards())
        for clinic in clinics:
            clinic.km = self.search.point.km_to(clinic.point)
        return sorted(clinics, key=lambda clinic: (clinic.km, clinic.pk))


def _known(words: Any, texts: list[str]) -> tuple:
    """The members of an enumeration of words that *texts* name, in the enumeration's order."""
    return tuple(word for word in words if word.value in texts)


def positive_number(query: Mapping[str, str], name: str) -> int:
    """The whole number that a query string gives under *name*, at most six digits; otherwise 1."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1
