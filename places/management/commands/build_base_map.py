from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

MOST_BYTES = 12_000_000


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Build the base map's tiles from the data packages of the extra `gazetteer` and the gazetteer's towns. "
        "Only needed when those change; the tiles come with the project."
    )

    def add_arguments(self, parser):
        parser.add_argument("--path", type=Path, default=settings.BASE_DIR / "fixtures/map/base.pmtiles")

    def handle(self, *, path: Path, **options):
        try:
            from places.base_map import building
        except ImportError as missing:
            raise CommandError(
                f"{missing}. The packages to install are in requirements/gazetteer.txt."
            ) from missing
        self.stdout.write("Reading coasts, borders, rivers, postcodes and towns ...")
        layers, towns = building.layers(), building.towns()
        tiles: dict = {}
        for level in building.LEVELS:
            self.stdout.write(f"Cutting zoom {level.zoom} ...")
            cut = building.packed_tiles(layers, towns, level)
            sizes = sorted(len(data) for data in cut.values())
            self.stdout.write(f"{len(cut):,} tiles, {sum(sizes):,} bytes, the largest {sizes[-1]:,}")
            tiles |= cut
        path.parent.mkdir(parents=True, exist_ok=True)
        building.write(path, tiles)
        size = path.stat().st_size
        self.stdout.write(f"{path.name}: {len(tiles):,} tiles, {size:,} bytes")
        if size > MOST_BYTES:
            raise CommandError(f"That is more than {MOST_BYTES:,} bytes.")
