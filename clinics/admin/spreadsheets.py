"""Lists of the admin as CSV and XLSX."""

from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

from clinics.spreadsheets import safe_cell

AT_ONCE = 2000  # rows held while a list is written


class _Streamed:
    """A queryset that is read once, a chunk at a time, and not kept."""

    def __init__(self, queryset):
        self.model, self._queryset = queryset.model, queryset

    def __iter__(self):
        return iter(self._queryset.iterator(chunk_size=AT_ONCE))


class SafeExportMixin(SpreadsheetExportMixin):
    """Wagtail's export, in which a cell never becomes a formula, and a stray control character never an error.

    In XLSX a text is marked as one, so it is left as it is; in CSV nothing else than an apostrophe can say so.
    """

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        cell = super().preprocess_field_value(field, value, export_format)
        if export_format == self.FORMAT_CSV:
            return safe_cell(cell)
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # here: every process would take longer to start

        return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell

    def as_spreadsheet(self, queryset, spreadsheet_format: str):
        return super().as_spreadsheet(_Streamed(queryset), spreadsheet_format)
