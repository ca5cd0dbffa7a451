"""What somebody fills in who imports a list: the file, how it is laid out, and what its columns become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

from clinics.importing import guessing
from clinics.importing.columns import FIELDS, Columns
from clinics.importing.layout import DELIMITERS, ENCODINGS, Kind, Layout
from clinics.importing.mappings import MAPPINGS
from clinics.models import SavedMapping

LARGEST = 300 * 1024 * 1024  # bytes; deploy/nginx.conf lets as much through
MOST_COLUMNS = 500
BY_HAND = ""


def _ways() -> list:
    ready = [(f"ready:{name}", f"{mapping.title} ({name})") for name, mapping in sorted(MAPPINGS.items())]
    saved = [(f"saved:{each.source}", str(each)) for each in SavedMapping.objects.order_by("title")]
    return [
        (BY_HAND, "Another list: I say what its columns are"),
        *([("Mapped here before", saved)] if saved else []),
        ("Ready", ready),
    ]


class UploadForm(forms.Form):
    """A file, and how it is to be read."""

    file = forms.FileField(
        label="The file",
        help_text="CSV, TSV, JSON or an Excel workbook (.xlsx), as it was published; at most 300 MB.",
    )
    way = forms.ChoiceField(label="Which list is it?", choices=_ways, required=False)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(
                f"It has {filesizeformat(file.size)}, and 300 MB is the most. "
                "An operator can import larger ones by command."
            )
        return file


class LayoutForm(forms.Form):
    """How the bytes become rows: what was found out, to be changed where it is not right."""

    encoding = forms.ChoiceField(
        choices=list(ENCODINGS.items()), help_text="Change it when accents look wrong."
    )
    delimiter = forms.ChoiceField(label="Cells are divided by", choices=list(DELIMITERS.items()))
    is_quoted = forms.BooleanField(label="Cells may stand in quotation marks", required=False)
    heading = forms.IntegerField(
        label="Row of the heading",
        min_value=0,
        max_value=50,
        help_text="0 when no row names the columns.",
    )
    records = forms.CharField(
        label="Where the records are",
        max_length=200,
        required=False,
        help_text="The path of the list in the JSON, such as rows.item; empty for one record a line.",
    )

    def __init__(self, data: Any, *, layout: Layout):
        super().__init__(data, initial=vars(layout), prefix="layout")
        self._kind = layout.kind
        shown = {
            Kind.DELIMITED: ("encoding", "delimiter", "is_quoted", "heading"),
            Kind.WORKBOOK: ("heading",),
            Kind.JSON: ("records",),
        }[layout.kind]
        for name in set(self.fields) - set(shown):
            del self.fields[name]

    def layout(self) -> Layout:
        return replace(
            Layout(kind=self._kind, heading=0 if self._kind is Kind.JSON else 1), **self.cleaned_data
        )


class ListForm(forms.ModelForm):
    """What list it is, kept with its mapping."""

    class Meta:
        model = SavedMapping
        fields = ["title", "source", "country", "precision", "credit"]

    def clean_source(self) -> str:
        source = self.cleaned_data["source"]
        if source in MAPPINGS:
            raise ValidationError("That is the name of a ready mapping. Choose another.")
        return source

    def validate_unique(self) -> None:
        """A name that is there already is the same list: its mapping is replaced."""


class ColumnsForm(forms.Form):
    """For each column of the file, the field that it becomes, and whether it names the row."""

    def __init__(self, data: Any, *, columns: Sequence[str], mapping: Columns | None):
        super().__init__(data, prefix="columns")
        self._columns = [column for column in columns if column][:MOST_COLUMNS]
        if mapping:
            chosen = {column: field for field, names in mapping.fields.items() for column in names}
            named: Sequence[str] = mapping.identifier
        else:
            chosen, named = guessing.fields(self._columns), guessing.identifier(self._columns)
        for number, column in enumerate(self._columns):
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=f"{column} becomes",
                choices=[("", "Not used"), *FIELDS.items()],
                required=False,
                initial=chosen.get(column, ""),
            )
            self.fields[f"names_{number}"] = forms.BooleanField(
                label=f"{column} names the row", required=False, initial=column in named
            )

    def rows(self, examples: dict[str, list[str]]):
        """(column, first values, its field, its tick) of each column."""
        for number, column in enumerate(self._columns):
            yield column, examples.get(column, []), self[f"field_{number}"], self[f"names_{number}"]

    def clean(self):
        if "name" not in self.cleaned_data.values():
            raise ValidationError("Say which column is the name of the clinic.")
        return self.cleaned_data

    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The columns of each field, in the order of the file."""
        fields: dict[str, list[str]] = {}
        for number, column in enumerate(self._columns):
            if field := self.cleaned_data[f"field_{number}"]:
                fields.setdefault(field, []).append(column)
        return {field: tuple(columns) for field, columns in fields.items()}

    def identifier(self) -> tuple[str, ...]:
        return tuple(
            column for number, column in enumerate(self._columns) if self.cleaned_data[f"names_{number}"]
        )
