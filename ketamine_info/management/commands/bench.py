"""How fast a search is, at a small directory and a large one."""

import re
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from clinics.search import PAGE_SIZE
from ketamine_info.benchmark import pages, sql
from ketamine_info.benchmark.directory import fill, places
from ketamine_info.benchmark.scenarios import Scenario, address, api_address, nowhere, scenarios, typed
from ketamine_info.benchmark.timing import Timings, time_in_turn

DATABASE = "ketamine_info_bench_{}"
FLOOR = "floor: 20 rows by key"
PLACE_FLOOR = "floor: 10 places by key"
SUGGESTIONS = "suggestions, 2 to 6 letters"
PLAIN = (
    "no filter, usual radius"  # the page as people first see it, measured also without its facets and as API
)
WITHOUT_FACETS = f"{PLAIN}, no facets"
API = f"API, {PLAIN}"
HEAD = (
    f"{'':28} {'p50 ms':>8} {'p99 ms':>8} {'of floor':>8} {'count p50':>10} {'facets p50':>10} {'p99':>7} | "
    f"{'page p50':>8} {'p99':>7} {'of floor':>8} {'req/s':>6} {'clinics':>7}"
)
CLINIC = re.compile(rb'<article class="clinic-card"|"distance_km"')  # on a page, in an answer of the API


class Visits(NamedTuple):
    """Pages of one scenario, fetched from one directory."""

    timings: Timings
    per_second: float  # to several who ask at once
    clinics: list[int]  # shown on each page


class Command(BaseCommand):
    help = (
        "Makes a directory of each size, clustered like population, in a database of its own, and prints for "
        "searches by place: the SQL alone, the page through gunicorn, and the floor (20 rows by primary key)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinics", type=int, nargs="+", default=[10_000, 1_000_000])
        parser.add_argument("--runs", type=int, default=200, help="Searches of each kind.")

    def handle(self, *, clinics: list[int], runs: int, **options) -> None:
        settings.ROOT_URLCONF = "ketamine_info.benchmark.urls"
        settings.API_REQUESTS_PER_MINUTE = 10**9
        for size in clinics:
            self._make_directory(size)
        kinds = list(scenarios(runs))
        searched = {size: self._time_sql(size, kinds, runs) for size in clinics}
        visited = self._time_pages(clinics, kinds, runs)
        for size in clinics:
            self._print(size, runs, searched[size], visited)
        if len(clinics) > 1:
            self._compare(visited, min(clinics), max(clinics))

    def _make_directory(self, size: int) -> None:
        self.stderr.write(f"Making a directory of {size:,} clinics …")
        name = DATABASE.format(size)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {name}")
        _use(size)
        call_command("migrate", verbosity=0)
        call_command("load_places", stdout=self.stderr)
        fill(size)
        nowhere()

    def _time_sql(self, size: int, kinds: list[Scenario], runs: int) -> dict[tuple[str, str], Timings]:
        """Durations by scenario and by what is done in it: the search, or the count."""
        _use(size)
        works = {("search", FLOOR): sql.floor(runs, size)}
        for kind in kinds:
            works["search", kind.name] = sql.search(kind.searches)
            works["count", kind.name] = sql.count(kind.searches)
            works["facets", kind.name] = sql.facets(kind.searches)
        works["suggest", PLACE_FLOOR] = sql.place_floor(places(10 * runs, "place floor"))
        works["suggest", SUGGESTIONS] = sql.suggestions(typed(runs))
        return time_in_turn(works, runs)

    def _time_pages(self, sizes: list[int], kinds: list[Scenario], runs: int) -> dict:
        """By size and scenario: how long its pages take while all take turns, and requests a second alone."""
        paths = {
            (size, kind.name): [address(search) for search in kind.searches]
            for size in sizes
            for kind in kinds
        }
        plain = next(kind for kind in kinds if kind.name == PLAIN)
        for size in sizes:
            paths[size, WITHOUT_FACETS] = [
                path.replace("/clinics/near/", "/bench/without-facets/") for path in paths[size, PLAIN]
            ]
            paths[size, API] = [api_address(search) for search in plain.searches]
            paths[size, FLOOR] = [_floor_path(number * PAGE_SIZE, size) for number in range(runs)]
        with ExitStack() as stack:
            ports, fetch = {}, {}
            for size in sizes:
                _use(size)
                ports[size] = stack.enter_context(pages.gunicorn())
                fetch[size] = stack.enter_context(pages.visitor(ports[size]))
            works = {key: lambda number, key=key: fetch[key[0]](paths[key][number]) for key in paths}
            # Each page once beforehand: servers and databases warm up, and it is seen how many clinics a page shows.
            # In turn, as a connection that nobody uses for some seconds is closed.
            shown: dict[tuple[int, str], list[int]] = {key: [] for key in paths}
            for number in range(runs):
                for key, fetched in works.items():
                    shown[key].append(len(CLINIC.findall(fetched(number))))
            timings = time_in_turn(works, runs)
            return {
                key: Visits(timings[key], pages.requests_per_second(ports[key[0]], paths[key]), shown[key])
                for key in paths
            }

    def _print(self, size: int, runs: int, searched: dict, visited: dict) -> None:
        self.stdout.write(f"\n{size:,} clinics, {runs} searches of each kind\n{HEAD}")
        floor_sql, floor_page = searched["search", FLOOR], visited[size, FLOOR].timings
        for name in [name for (of, name) in visited if of == size]:
            visits = visited[size, name]
            page = visits.timings
            self.stdout.write(
                f"{name:28} {_sql_figures(searched, name, floor_sql)} | "
                f"{page.p50:8.2f} {page.p99:7.2f} {page.p50 / floor_page.p50:8.2f} {visits.per_second:6.0f} "
                f"{median(visits.clinics):7.0f}"
            )
        place_floor = searched["suggest", PLACE_FLOOR]
        for name in (PLACE_FLOOR, SUGGESTIONS):
            timings = searched["suggest", name]
            self.stdout.write(
                f"{name:28} {timings.p50:8.2f} {timings.p99:8.2f} {timings.p50 / place_floor.p50:8.2f}"
            )
        with_facets, without = visited[size, PLAIN].timings, visited[size, WITHOUT_FACETS].timings
        self.stdout.write(
            f"page with facets as a ratio to the page without: {with_facets.p50 / without.p50:.2f}"
        )

    def _compare(self, visited: dict, small: int, large: int) -> None:
        """Of all pages, and of those that show as many clinics either way: a longer page takes longer."""
        self.stdout.write(
            f"\nPage p50 at {large:,} clinics as a ratio to {small:,}: all pages, those as long (how many)"
        )
        for name in [name for size, name in visited if size == large]:
            one, other = visited[large, name], visited[small, name]
            counts = zip(one.clinics, other.clinics, strict=True)
            alike = [number for number, (here, there) in enumerate(counts) if here == there]
            ratio = f"{one.timings.p50 / other.timings.p50:8.2f}"
            if alike:
                ratio += f" {one.timings.of(alike).p50 / other.timings.of(alike).p50:8.2f} ({len(alike)})"
            self.stdout.write(f"{name:28} {ratio}")


def _use(size: int) -> None:
    """Django's connection, and that of a server started from here, lead to the directory of *size*."""
    connection.close()
    connection.settings_dict["NAME"] = DATABASE.format(size)


def _sql_figures(searched: dict, name: str, floor: Timings) -> str:
    """The columns of a scenario that are measured without its page; spaces where it has none."""
    search, count, facets = (searched.get((what, name)) for what in ("search", "count", "facets"))
    columns = (
        f"{search.p50:8.2f} {search.p99:8.2f} {search.p50 / floor.p50:8.2f}" if search else " " * 26,
        f"{count.p50:10.2f}" if count else " " * 10,
        f"{facets.p50:10.2f} {facets.p99:7.2f}" if facets else " " * 18,
    )
    return " ".join(columns)


def _floor_path(first: int, clinics: int) -> str:
    keys = "&".join(f"key={1 + (first + step * 7919) % clinics}" for step in range(PAGE_SIZE))
    return f"/bench/floor/?{keys}"
