"""Importing a list in the admin: upload it, say what its columns are, look at what would come of it, and do it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics.admin.import_forms import ColumnsForm, LayoutForm, ListForm, UploadForm
from clinics.importing import uploads
from clinics.importing.columns import FIELDS, Columns
from clinics.importing.layout import Layout, UnreadableFileError, detect
from clinics.importing.reading import Mapping, columns_of, read_rows
from clinics.importing.running import mapping_of
from clinics.models import ImportRun, SavedMapping
from clinics.search import positive_number
from places.models import Precision

ROWS = 30
EXAMPLES = 3  # values shown of a column
PREVIEWED = 5  # clinics shown that would come of it
UNMAPPED = Columns(name="", title="", country="", fields={})
State = ImportRun.State

may_import = permission_required("clinics.add_importrun", raise_exception=True)


@require_safe
@may_import
def import_list(request: HttpRequest) -> HttpResponse:
    """What was uploaded, the newest first."""
    runs = ImportRun.objects.select_related("uploaded_by").defer("problems", "mapping").order_by("-pk")
    page = Paginator(runs, ROWS).get_page(positive_number(request.GET, "page"))
    return TemplateResponse(request, "clinics/admin/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_add(request) -> HttpResponse:
    """Take a file, find out how it is laid out, and go on to what its columns are or to the look at it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = ImportRun.objects.create(
            file_name=file.name[-200:],
            size=file.size,
            uploaded_by_id=request.user.pk,
            uploaded_at=timezone.now(),
        )
        uploads.keep(run, file.chunks())
        try:
            by_hand = _begin(run, form.cleaned_data["way"])
        except UnreadableFileError as error:
            uploads.forget(run)
            run.delete()
            form.add_error("file", str(error))
        else:
            return redirect("curation:import_mapping" if by_hand else "curation:import", run.pk)
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "clinics/admin/import_add.html", {"form": form}, status=status)


def _begin(run: ImportRun, way: str) -> bool:
    """Give the run its mapping; whether it has to be made by hand."""
    layout = detect(uploads.list_of(run))
    kind, _, source = way.partition(":")
    if kind == "ready":
        run.source = source
    elif kind == "saved":
        saved = get_object_or_404(SavedMapping, source=source)
        run.source, run.mapping = saved.source, saved.as_data()
    else:
        run.mapping = Columns(**{**vars(UNMAPPED), "layout": layout}).as_data()
    run.save(update_fields=["source", "mapping"])
    return not run.source


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """What the columns of a list become, made by hand; *action* says whether to read it again or to go on."""
    run = _not_under_way(pk)
    mapping = Columns.of(run.mapping)
    again = request.POST.get("action") == "read"
    layout_form = LayoutForm(request.POST or None, layout=mapping.layout)
    if request.method == "POST" and layout_form.is_valid():
        mapping = Columns(**{**vars(mapping), "layout": layout_form.layout()})
    seen = _Sample(run, mapping.layout)
    columns_form = ColumnsForm(
        None if again else request.POST or None,
        columns=seen.columns,
        mapping=mapping if mapping.fields else None,
    )
    list_form = ListForm(None if again else request.POST or None, initial=_facts(mapping))
    if request.method == "POST" and layout_form.is_valid() and not seen.problem:
        if again:
            _keep(run, mapping)
            return redirect("curation:import_mapping", run.pk)
        if columns_form.is_valid() & list_form.is_valid():
            _keep(run, _made(mapping.layout, columns_form, list_form), is_saved=True)
            return redirect("curation:import", run.pk)
    context = {
        "run": run,
        "kind": mapping.layout.kind,
        "layout_form": layout_form,
        "columns_form": columns_form,
        "list_form": list_form,
        "rows": columns_form.rows(seen.examples),
        "problem": seen.problem,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "clinics/admin/import_mapping.html", context, status=status)


class _Sample:
    """The columns of a file with their first values, or why it cannot be read."""

    def __init__(self, run: ImportRun, layout: Layout):
        self.columns: list[str] = []
        self.examples: dict[str, list[str]] = {}
        self.problem = ""
        path = uploads.list_of(run)
        try:
            self.columns = columns_of(path, layout)
            bare = Mapping("", "this list", "", (), lambda row: "", lambda row: {}, layout)
            rows = list(islice(read_rows(path, bare), EXAMPLES))
            self.examples = {
                column: [_shown(row.cells.get(column, "")) for row in rows] for column in self.columns
            }
            if not any(self.columns):
                self.problem = "No columns are found there. Is it another row that names them?"
        except UnreadableFileError as error:
            self.problem = str(error)


def _shown(cell: str) -> str:
    """Its beginning, with a sign for what is not text in the encoding that was chosen."""
    return cell[:80].encode(errors="replace").decode().replace("\0", "?")


def _facts(mapping: Columns) -> dict[str, Any]:
    facts = {
        "title": mapping.title,
        "source": mapping.name,
        "country": mapping.country,
        "credit": mapping.credit,
    }
    return {name: value for name, value in facts.items() if value} | {"precision": mapping.precision}


def _made(layout: Layout, columns: ColumnsForm, facts: ListForm) -> Columns:
    said = facts.cleaned_data
    return Columns(
        name=said["source"],
        title=said["title"],
        country=said["country"],
        fields=columns.chosen(),
        identifier=columns.identifier(),
        layout=layout,
        credit=said["credit"],
        precision=Precision(said["precision"]),
    )


def _keep(run: ImportRun, mapping: Columns, *, is_saved: bool = False) -> None:
    run.mapping = data = mapping.as_data()
    if is_saved:
        run.source, run.state = mapping.name, State.UPLOADED
        kept = {name: value for name, value in data.items() if name != "name"}
        SavedMapping.objects.update_or_create(source=mapping.name, defaults=kept)
    run.save(update_fields=["source", "state", "mapping"])


@require_safe
@may_import
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what it would make, how far it is, what it came to."""
    run = get_object_or_404(ImportRun.objects.select_related("uploaded_by"), pk=pk)
    if not run.source:
        return redirect("curation:import_mapping", run.pk)
    context: dict[str, Any] = {"run": run, "mapping": mapping_of(run), "State": State}
    context["has_list"] = uploads.list_of(run).exists()
    context["has_report"] = not run.is_under_way and bool(run.problems) and uploads.report_of(run).exists()
    if run.state == State.UPLOADED and context["has_list"]:
        context |= _preview(run)
    return TemplateResponse(request, "clinics/admin/import.html", context)


def _preview(run: ImportRun) -> dict[str, Any]:
    """The first clinics that would come of it, as a heading and rows, with what is noted about them."""
    mapping = mapping_of(run)
    try:
        rows = list(islice(read_rows(uploads.list_of(run), mapping), PREVIEWED))
        made = [{} if row.is_refused else mapping.fields(row) for row in rows]
    except UnreadableFileError as error:
        return {"problem": str(error)}
    shown = [name for name in FIELDS if any(fields.get(name) for fields in made)]
    return {
        "headings": [FIELDS[name] for name in shown],
        "clinics": [
            ([fields.get(name, "") for name in shown], row.problems)
            for fields, row in zip(made, rows, strict=True)
        ],
    }


@require_POST
@may_import
def import_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a check or for the import itself, or for it to stop; *action* says which."""
    run = get_object_or_404(ImportRun, pk=pk)
    action = request.POST.get("action")
    if action == "cancel":
        _cancel(run)
    elif action in ("check", "import") and run.source and uploads.list_of(run).exists():
        asked = {
            "state": State.WAITING,
            "is_dry_run": action == "check",
            "is_cancel_asked": False,
            "asked_at": timezone.now(),
            "starts": 0,
            "rows": 0,
            "rows_done": 0,
            "report": {},
            "problems": [],
            "said": "",
        }
        ImportRun.objects.filter(pk=run.pk).exclude(state__in=ImportRun.UNDER_WAY).update(**asked)
    else:
        messages.error(request, "That cannot be done with it any more.")
    return redirect("curation:import", run.pk)


def _cancel(run: ImportRun) -> None:
    """At once while it waits; while it runs, its worker stops at the next thousand rows."""
    waits = ImportRun.objects.filter(pk=run.pk, state=State.WAITING)
    if not waits.update(state=State.CANCELLED, finished_at=timezone.now()):
        ImportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(is_cancel_asked=True)


@require_safe
@may_import
def import_report(request: HttpRequest, pk: int) -> FileResponse:
    """Every problem of the last check or import, as CSV that is safe in a spreadsheet."""
    run = get_object_or_404(ImportRun, pk=pk)
    path = uploads.report_of(run)
    if run.is_under_way or not path.exists():
        raise Http404
    name = f"{run.source}-{run.pk}-report.csv"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


def _not_under_way(pk: int) -> ImportRun:
    """A run whose columns may still be mapped by hand."""
    run = get_object_or_404(ImportRun.objects.exclude(state__in=ImportRun.UNDER_WAY), pk=pk)
    if not run.mapping or not uploads.list_of(run).exists():
        raise Http404
    return run
