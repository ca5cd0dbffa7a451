from pathlib import Path
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from places.countries import COVERED, country_name
from places.loading import FILES, GazetteerError, load
from places.models import Place


class Command(BaseCommand):
    help = "Load the gazetteer of postcodes and towns; all or nothing. Loading the same files again does nothing."
    requires_system_checks = []  # they take longer than finding that nothing changed

    def add_arguments(self, parser):
        parser.add_argument(
            "--path", type=Path, default=FILES, help="Folder with the files build_gazetteer writes."
        )

    def handle(self, *, path: Path, **options):
        start = perf_counter()
        try:
            done = load(path)
        except GazetteerError as error:
            raise CommandError(str(error)) from error
        for line in self._counts():
            self.stdout.write(line)
        if done.is_idle:
            self.stdout.write("Nothing changed.")
        else:
            self.stdout.write(
                f"{done.added:,} added, {done.changed:,} changed, {done.removed:,} removed, "
                f"{done.names:,} names changed, in {perf_counter() - start:.1f} s."
            )

    def _counts(self):
        """A line for each country covered, in their order, and one for the towns of all others."""
        rows = Place.objects.values_list("country", "kind").annotate(places=Count("id"))
        counts = {(country, kind): places for country, kind, places in rows}
        for country in COVERED:
            kinds = [
                f"{counts[country, kind.value]:,} {kind.label}s"
                for kind in Place.Kind
                if (country, kind.value) in counts
            ]
            yield f"{country_name(country)}: {', '.join(kinds)}"
        elsewhere = sum(places for (country, _), places in counts.items() if country not in COVERED)
        yield f"Other countries, to say that they are not covered: {elsewhere:,} towns"
