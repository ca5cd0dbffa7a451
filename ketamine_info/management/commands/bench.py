"""How fast a search is, at a small directory and a large one."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from clinics.search import PAGE_SIZE
from ketamine_info.benchmark import pages, sql
from ketamine_info.benchmark.directory import fill
from ketamine_info.benchmark.scenarios import address, scenarios
from ketamine_info.benchmark.timing import Timings

DATABASE = "ketamine_info_bench"
HEAD = (
    f"{'':28} {'p50 ms':>8} {'p99 ms':>8} {'of floor':>8} {'count p50':>10} | "
    f"{'page p50':>8} {'p99':>7} {'of floor':>8} {'req/s':>6}"
)


class Command(BaseCommand):
    help = (
        "Makes a directory of each size, clustered like population, in a database of its own, and prints for "
        "searches by place: the SQL alone, the page through gunicorn, and the floor (20 rows by primary key)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinics", type=int, nargs="+", default=[10_000, 1_000_000])
        parser.add_argument("--runs", type=int, default=200, help="Searches of each kind.")

    def handle(self, *, clinics: list[int], runs: int, **options) -> None:
        self._use_own_database()
        call_command("migrate", verbosity=0)
        call_command("load_places", stdout=self.stderr)
        medians: dict[int, dict[str, float]] = {}
        for count in clinics:
            self.stdout.write(f"\n{count:,} clinics, {runs} searches of each kind")
            fill(count)
            medians[count] = self._measure(count, runs)
        if len(clinics) > 1:
            self._compare(medians, min(clinics), max(clinics))

    def _use_own_database(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()
        connection.settings_dict["NAME"] = DATABASE

    def _measure(self, count: int, runs: int) -> dict[str, float]:
        """Print a line a scenario; the median of each page in ms."""
        settings.ROOT_URLCONF = "ketamine_info.benchmark.urls"
        floor_sql = sql.time_floor(runs, count)
        kinds = list(scenarios(runs))
        timed = {kind.name: (sql.time_search(kind.searches), sql.time_count(kind.searches)) for kind in kinds}
        medians = {}
        with pages.gunicorn() as port:
            floor_paths = [_floor_path(number * PAGE_SIZE, count) for number in range(runs)]
            floor_page = pages.time_pages(port, floor_paths)
            self.stdout.write(HEAD)
            rate = pages.requests_per_second(port, floor_paths)
            self._line("floor: 20 rows by key", floor_sql, None, floor_page, rate, floor_sql, floor_page)
            for kind in kinds:
                paths = [address(search) for search in kind.searches]
                page = pages.time_pages(port, paths)
                rate = pages.requests_per_second(port, paths)
                self._line(kind.name, *timed[kind.name], page, rate, floor_sql, floor_page)
                medians[kind.name] = page.p50
        return medians

    def _line(
        self,
        name: str,
        search: Timings,
        count: Timings | None,
        page: Timings,
        rate: float,
        floor_sql: Timings,
        floor_page: Timings,
    ) -> None:
        counted = f"{count.p50:10.2f}" if count else " " * 10
        self.stdout.write(
            f"{name:28} {search.p50:8.2f} {search.p99:8.2f} {search.p50 / floor_sql.p50:8.2f} {counted} | "
            f"{page.p50:8.2f} {page.p99:7.2f} {page.p50 / floor_page.p50:8.2f} {rate:6.0f}"
        )

    def _compare(self, medians: dict[int, dict[str, float]], small: int, large: int) -> None:
        self.stdout.write(f"\nPage p50 at {large:,} clinics as a ratio to {small:,}")
        for name, ms in medians[large].items():
            self.stdout.write(f"{name:28} {ms / medians[small][name]:8.2f}")


def _floor_path(first: int, clinics: int) -> str:
    keys = "&".join(f"key={1 + (first + step * 7919) % clinics}" for step in range(PAGE_SIZE))
    return f"/bench/floor/?{keys}"
