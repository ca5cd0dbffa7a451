"""The map under the clinics, tile by tile."""

import gzip

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from places.tiles import BASE_MAP, Tile, archive


@require_safe
def base_tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """Shapes and names of the project's own map, as places.base_map.tiling writes them.

    Where the map has no detail at that zoom, the answer is the tile of the larger area, which says so itself.
    """
    return _answer(request, archive(BASE_MAP).nearest(zoom, x, y))


@require_safe
def picture_tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """A picture out of the archive that the operator chose (MAP_PMTILES)."""
    if not settings.MAP_PMTILES:
        raise Http404
    return _answer(request, archive(settings.MAP_PMTILES).tile(zoom, x, y))


def _answer(request: HttpRequest, tile: Tile | None) -> HttpResponse:
    if tile is None:
        raise Http404
    if not tile.is_gzipped:
        return HttpResponse(tile.content, content_type=tile.content_type)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = {"Content-Encoding": "gzip"}
        response = HttpResponse(tile.content, content_type=tile.content_type, headers=headers)
    else:
        response = HttpResponse(gzip.decompress(tile.content), content_type=tile.content_type)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
