"""From the bytes of a published list to its rows, one at a time, with what is wrong with each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from clinics.importing.layout import (
    FOUND,
    LONGEST_PREAMBLE,
    SAMPLE_ROWS,
    Kind,
    Layout,
    UnreadableFileError,
    is_text,
    records_of,
    rows_of,
)

__all__ = ["Layout", "Mapping", "Problem", "Row", "UnreadableFileError", "columns_of", "read_rows"]


class Problem(NamedTuple):
    """Something about a row that a person should know; *refused* where the row cannot be taken at all."""

    row: int  # as a spreadsheet counts: the heading is row 1
    column: str  # empty where it is about the whole row
    what: str
    refused: bool

    def __str__(self) -> str:
        where = f"row {self.row:,}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.what}" + (" (row refused)" if self.refused else "")


@dataclass
class Row:
    """One row of a list: its cells by column, and its problems so far."""

    number: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether something about it makes it impossible to take."""
        return any(problem.refused for problem in self.problems)

    def note(self, column: str, what: str) -> None:
        """Say what was mended or left out."""
        self.problems.append(Problem(self.number, column, what, refused=False))

    def refuse(self, column: str, what: str) -> None:
        """Say why the row cannot be taken."""
        self.problems.append(Problem(self.number, column, what, refused=True))


@dataclass(frozen=True)
class Mapping:
    """How the rows of one published list are read.

    *identifier* gives what the row is called in the source, and *fields* the fields of its clinic (plus
    ``provider``, a name). Both are given rows that are not refused and may note or refuse.
    """

    name: str
    title: str
    credit: str  # what its publisher asks whoever passes it on to show
    columns: tuple[str, ...]  # those it cannot do without
    identifier: Callable[[Row], str]
    fields: Callable[[Row], dict[str, Any]]
    layout: Layout = field(default_factory=Layout)
    has_own_identifiers: bool = True  # False: derived from the row, so that two rows may come to the same
    not_data: tuple[str, ...] = ()  # columns about the file rather than the clinic, such as a running number
    skips: Callable[[Row], bool] = lambda row: False  # rows that are about something else than a clinic

    def data(self, row: Row) -> dict[str, str]:
        """What the source says of the clinic, as it says it."""
        return {column: cell for column, cell in row.cells.items() if column not in self.not_data}


def read_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    """Each row that has a cell filled in, in order; UnreadableFileError where it cannot be that list."""
    rows = _json_rows(path, mapping) if mapping.layout.kind is Kind.JSON else _table_rows(path, mapping)
    for row in rows:
        if row.is_refused or not mapping.skips(row):
            yield row


def columns_of(path: Path, layout: Layout) -> list[str]:
    """What the columns of a file are called, each once; of JSON, what the first records name."""
    if layout.kind is Kind.JSON:
        records = [cells for _, cells in islice(records_of(path, layout), SAMPLE_ROWS)]
        columns = list(dict.fromkeys(name for cells in records for name in cells))
        _check_names(columns)
        return columns
    for number, cells in rows_of(path, layout):
        if not layout.heading:
            return [f"column {place}" for place in range(1, len(cells) + 1)]
        if number == layout.heading:
            columns = list(dict.fromkeys(cell.strip() for cell in cells))
            _check_names(columns)
            return columns
    return []


def _table_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    columns = None
    for number, cells in rows_of(path, mapping.layout):
        if columns is None:
            if number < mapping.layout.heading or _is_preamble(number, cells, mapping):
                continue
            if mapping.layout.heading:
                columns = _heading(cells, mapping)
                continue
            columns = _heading([f"column {place}" for place in range(1, len(cells) + 1)], mapping)
        if any(cell.strip() for cell in cells):
            yield _row(number, columns, cells)
    if columns is None:
        _heading([], mapping)


def _is_preamble(number: int, cells: list[str], mapping: Mapping) -> bool:
    """Whether a row comes before a heading that has to be found."""
    is_looking = mapping.layout.heading == FOUND and number < LONGEST_PREAMBLE
    return is_looking and not {cell.strip() for cell in cells} >= set(mapping.columns)


def _json_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    """A record may leave out what it does not know, but the first has to look like the list."""
    for number, cells in records_of(path, mapping.layout):
        if number == 1:
            _heading(list(cells), mapping)
        row = Row(number, dict.fromkeys(mapping.columns, "") | cells)
        _check(row)
        yield row


def _heading(cells: list[str], mapping: Mapping) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if missing := [column for column in mapping.columns if column not in columns]:
        raise UnreadableFileError(
            f"This does not look like {mapping.title}: its heading has no column {', '.join(missing)}."
        )
    _check_names(columns)
    named = [column for column in columns if column]
    if len(set(named)) < len(named):
        twice = sorted({column for column in named if columns.count(column) > 1})
        raise UnreadableFileError(f"The heading names a column twice: {', '.join(twice)}.")
    return columns


def _check_names(columns: list[str]) -> None:
    if not all(map(is_text, columns)):
        raise UnreadableFileError(
            "The heading holds what is not text in this encoding. Choose another encoding, or save it in UTF-8."
        )


def _row(number: int, columns: list[str], cells: list[str]) -> Row:
    row = Row(number, dict(zip(columns, cells, strict=False)))
    if len(cells) != len(columns):
        row.refuse("", f"it has {len(cells)} cells, and the heading has {len(columns)}")
    _check(row)
    return row


def _check(row: Row) -> None:
    for column, cell in row.cells.items():
        if not is_text(column):
            row.refuse("", "the name of a value is not text")
        elif "\0" in cell:
            row.refuse(column, "it holds a NUL character")
        elif not is_text(cell):
            row.refuse(column, "it holds bytes that are not text in the encoding of this list")
