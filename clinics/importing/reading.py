"""From the bytes of a published list to its rows, one at a time, with what is wrong with each."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TextIO

LONGEST_LINE = (
    1_000_000  # characters; beyond it the file is not a list of clinics, and memory is not ours to fill
)


class UnreadableFileError(Exception):
    """The file is not what its mapping expects; the message says what to do."""


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
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = True
    has_own_identifiers: bool = True  # False: derived from the row, so that two rows may come to the same
    not_data: tuple[str, ...] = ()  # columns about the file rather than the clinic, such as a running number

    def data(self, row: Row) -> dict[str, str]:
        """What the source says of the clinic, as it says it."""
        return {column: cell for column, cell in row.cells.items() if column not in self.not_data}


def read_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    """Each row that has a cell filled in, in order; UnreadableFileError where it cannot be that list."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("This file is in UTF-16. Save it as CSV in UTF-8 and try again.")
    encoding = "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else mapping.encoding
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        yield from _rows(text, mapping)


def _rows(text: TextIO, mapping: Mapping) -> Iterator[Row]:
    reader = csv.reader(
        _lines(text),
        delimiter=mapping.delimiter,
        quoting=csv.QUOTE_MINIMAL if mapping.quoted else csv.QUOTE_NONE,
        strict=True,
    )
    number = 1
    try:
        columns = _heading(next(reader, []), mapping)
        for number, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                yield _row(number, columns, cells)
    except csv.Error as error:
        raise UnreadableFileError(
            f"The file cannot be read after row {number:,}: {error}. "
            "A quotation mark may be missing there. Nothing after it was read."
        ) from error


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise UnreadableFileError(
                f"A line is longer than {LONGEST_LINE:,} characters. Is this a list of clinics?"
            )
        yield line


def _heading(cells: list[str], mapping: Mapping) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if missing := [column for column in mapping.columns if column not in columns]:
        raise UnreadableFileError(
            f"This does not look like {mapping.title}: its heading has no column {', '.join(missing)}."
        )
    if len(set(columns)) < len(columns):
        twice = sorted({column for column in columns if columns.count(column) > 1})
        raise UnreadableFileError(f"The heading names a column twice: {', '.join(twice)}.")
    return columns


def _row(number: int, columns: list[str], cells: list[str]) -> Row:
    row = Row(number, dict(zip(columns, cells, strict=False)))
    if len(cells) != len(columns):
        row.refuse("", f"it has {len(cells)} cells, and the heading has {len(columns)}")
    for column, cell in row.cells.items():
        if "\0" in cell:
            row.refuse(column, "it holds a NUL character")
        elif not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell):
            row.refuse(column, "it holds bytes that are not text in the encoding of this list")
    return row
