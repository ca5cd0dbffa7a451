from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from places.gazetteer import files

MOST_BYTES = 8_000_000


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Build the gazetteer's files from the data packages of the extra `gazetteer`. "
        "Only needed when those packages change; `load_places` loads the files that come with the project."
    )

    def add_arguments(self, parser):
        parser.add_argument("--path", type=Path, default=settings.BASE_DIR / "fixtures" / "places")

    def handle(self, *, path: Path, **options):
        try:
            from places.gazetteer import canada, code_point_open, geonames_postal
            from places.gazetteer.nearest import Towns
            from places.gazetteer.towns import read_cities, towns
        except ImportError as missing:
            raise CommandError(
                f"{missing}. The packages to install are in requirements/gazetteer.txt."
            ) from missing
        self.stdout.write("Reading Code-Point Open ...")
        units, lost = code_point_open.read_units()
        self.stdout.write("Towns ...")
        town_entries, names = towns(read_cities(), code_point_open.Districts(units).at)
        grid = Towns(town_entries)
        self.stdout.write("Codes ...")
        rows = {
            "code_point_open.csv.xz": code_point_open.codes(units, grid),
            "geonames_postal.csv.xz": geonames_postal.codes(geonames_postal.read_rows(), lost, grid),
            "canada.csv.xz": canada.codes(grid),
            "towns.csv.xz": town_entries,
            "town_names.csv.xz": names,
        }
        path.mkdir(parents=True, exist_ok=True)
        total = sum(self._write(path / name, list(rows_of)) for name, rows_of in rows.items())
        self.stdout.write(f"Together {total:,} bytes")
        if total > MOST_BYTES:
            raise CommandError(f"That is more than {MOST_BYTES:,} bytes.")

    def _write(self, path: Path, rows: list) -> int:
        size = files.write(path, rows)
        self.stdout.write(f"{path.name}: {len(rows):,} rows, {size:,} bytes")
        return size
