"""The export under /data/: a page that says what there is, and the files."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from clinics.exporting.credits import LICENCE, LICENCE_URL
from clinics.exporting.publishing import MANIFEST, current


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What can be had, of when, and on what terms."""
    found = current(settings.EXPORT_ROOT)
    context = {"manifest": found and found[1], "licence": LICENCE, "licence_url": LICENCE_URL}
    return TemplateResponse(request, "clinics/export.html", context)


@require_safe
def export_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file of the set in force, or what describes them. Its ETag is its checksum."""
    found = current(settings.EXPORT_ROOT)
    if found is None:
        raise Http404
    folder, manifest = found
    if name == MANIFEST:
        return HttpResponse((folder / MANIFEST).read_bytes(), content_type="application/json")
    file = next((file for file in manifest.files if file.name == name), None)
    if file is None:
        raise Http404
    return _whole(request, folder / file.name, media_type=file.media_type, etag=f'"{file.sha256}"')


def _whole(request: HttpRequest, path: Path, *, media_type: str, etag: str) -> HttpResponseBase:
    headers = {"ETag": etag}
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    if request.method == "HEAD":
        size = str(path.stat().st_size)
        return HttpResponse(headers=headers | {"Content-Length": size}, content_type=media_type)
    return FileResponse(path.open("rb"), headers=headers, content_type=media_type, filename=path.name)
