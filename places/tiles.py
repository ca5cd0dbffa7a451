"""Tiles of a map out of a PMTiles archive: the project's own base map, or the pictures an operator chose."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, deserialize_header

BASE_MAP = settings.BASE_DIR / "fixtures/map/base.pmtiles"
# Content types by what an archive says its tiles are; JSON is a kind that the format has no name for.
_CONTENT_TYPES = {
    TileType.UNKNOWN: "application/json",
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}


class Tile(NamedTuple):
    """One tile as it is kept."""

    content: bytes
    content_type: str
    is_gzipped: bool


class Archive:
    """A PMTiles archive (version 3), read where it lies."""

    def __init__(self, path: Path):
        with path.open("rb") as file:
            source = MmapSource(file)
        header = deserialize_header(source(0, 127))
        self.deepest: int = header["max_zoom"]
        self.content_type = _CONTENT_TYPES[header["tile_type"]]
        self.is_gzipped = header["tile_compression"] == Compression.GZIP
        self._reader = Reader(source)

    def tile(self, zoom: int, x: int, y: int) -> Tile | None:
        """The tile of that address; None where the archive has none, or the world none."""
        if not self._has_place_for(zoom, x, y):
            return None
        content = self._reader.get(zoom, x, y)
        return Tile(content, self.content_type, self.is_gzipped) if content else None

    def nearest(self, zoom: int, x: int, y: int) -> Tile | None:
        """That tile, or the deepest one that the archive has of a larger area around it."""
        if not self._has_place_for(zoom, x, y):
            return None
        while not (tile := self.tile(zoom, x, y)) and zoom:
            zoom, x, y = zoom - 1, x >> 1, y >> 1
        return tile

    def _has_place_for(self, zoom: int, x: int, y: int) -> bool:
        return zoom <= self.deepest and x < 2**zoom and y < 2**zoom


@lru_cache(maxsize=4)
def archive(path: Path) -> Archive:
    """The archive at *path*, opened once."""
    return Archive(path)
