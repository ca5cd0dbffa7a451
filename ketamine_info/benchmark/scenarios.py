"""What is measured: searches, as their SQL alone and as pages, and the floor that each is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from clinics.search import ClinicSearch, Unit
from ketamine_info.benchmark.directory import COMMON, RARE, places
from places.models import Place, Precision

RADII_KM = (10, 50, 200)
NOWHERE = "bench-nowhere"


@dataclass(frozen=True)
class Scenario:
    """Searches of one kind, from *count* places where people live (or from the middle of an ocean)."""

    name: str
    searches: tuple[ClinicSearch, ...]


def scenarios(count: int) -> Iterator[Scenario]:
    """No filter, a common and a rare one at each radius; the page as people first see it; nothing near."""
    centres = places(count, "searches")
    for label, routes in [("no filter", ()), ("common filter", (COMMON,)), ("rare filter", (RARE,))]:
        for km in RADII_KM:
            searches = tuple(ClinicSearch(place, unit=Unit.KM, within=km, routes=routes) for place in centres)
            yield Scenario(f"{label}, {km} km", searches)
        usual = tuple(ClinicSearch(place, routes=routes) for place in centres)
        yield Scenario(f"{label}, usual radius", usual)
    yield Scenario("nothing near", (ClinicSearch(nowhere()),) * count)


def typed(count: int) -> list[str]:
    """What is in the box when places are suggested: the first two to six letters of towns where people live."""
    return [place.name[: 2 + number % 5] for number, place in enumerate(places(count, "typed"))]


def nowhere() -> Place:
    """A place in the South Pacific, 2,700 km from the nearest land (Point Nemo; Lukatela 1992)."""
    place, _ = Place.objects.get_or_create(
        country="NZ",
        slug=NOWHERE,
        defaults={
            "kind": Place.Kind.TOWN,
            "name": "Nowhere",
            "latitude": -48.8767,
            "longitude": -123.3933,
            "precision": Precision.TOWN,
            "source": "benchmark",
        },
    )
    return place


def address(search: ClinicSearch) -> str:
    """The path and query of a search's page."""
    parts = urlsplit(search.get_absolute_url())
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def api_address(search: ClinicSearch) -> str:
    """The path and query of the same question to the API."""
    place = f"{search.place.country.lower()}/{search.place.slug}"
    return f"/api/v1/clinics?place={place}&within_km={round(search.unit.usual * search.unit.km)}"
