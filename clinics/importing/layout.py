"""How the bytes of a file become rows of cells: told by a mapping, or guessed from the file and shown for change."""

from __future__ import annotations

import csv
import gc
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO
from zipfile import BadZipFile, ZipFile

import ijson

if TYPE_CHECKING:
    from openpyxl import Workbook

LONGEST_LINE = (
    1_000_000  # characters; beyond it the file is not a list of clinics, and memory is not ours to fill
)
LARGEST_WORKBOOK = 1 << 30  # bytes, unpacked: a small file can hold more zeros than a machine has memory
# Bytes of a workbook's words, which it keeps apart from its cells: in memory they take four times as much.
LARGEST_STRINGS = 24 << 20
LOOKED_AT = 1 << 18  # bytes that a guess is made from
SAMPLE_ROWS = 30
FOUND = -1  # for a heading: the first row that has all the columns of the mapping
LONGEST_PREAMBLE = 50  # rows
DEEPEST = 30  # levels of a JSON file
DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", "¬": "not sign (¬)", "^": "caret (^)"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252 (Western European)",
    "iso-8859-1": "ISO-8859-1 (Latin-1)",
    "utf-16": "UTF-16",
}


class UnreadableFileError(Exception):
    """The file is not what it is taken for; the message says what to do, in characters that can be shown and kept."""

    def __init__(self, message: str):
        super().__init__(message.encode(errors="replace").decode().replace("\0", "?"))


class Kind(StrEnum):
    """What sort of file it is."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    JSON = "json"


@dataclass(frozen=True)
class Layout:
    """What has to be known to read a file."""

    kind: Kind = Kind.DELIMITED
    encoding: str = "utf-8"
    delimiter: str = ","
    is_quoted: bool = True
    heading: int = 1  # the row that names the columns; 0: none does, and they are called by their number
    records: str = ""  # JSON: the path of the records, as ijson writes it; empty: one record a line


def detect(path: Path) -> Layout:
    """The likeliest layout of a file, from its beginning; UnreadableFileError for what is no list at all."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if start.startswith(b"PK\x03\x04"):
        layout = Layout(kind=Kind.WORKBOOK)
        return Layout(kind=Kind.WORKBOOK, heading=_heading_of([cells for _, cells in _sample(path, layout)]))
    text, encoding = _decoded(start)
    if text.lstrip().startswith(("{", "[")):
        return Layout(kind=Kind.JSON, heading=0, records=_records_in(path, text))
    return _delimited(text, encoding)


def rows_of(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """(number as a spreadsheet counts, cells) of each row of a table; UnreadableFileError where it breaks off."""
    if layout.kind is Kind.WORKBOOK:
        yield from _workbook_rows(path)
    else:
        yield from _delimited_rows(path, layout)


def records_of(path: Path, layout: Layout) -> Iterator[tuple[int, dict[str, str]]]:
    """(number, cells by column) of each record of a JSON file, one at a time; nested names are joined by dots."""
    number = 0
    try:
        with path.open("rb") as file:
            events = ijson.parse(_shallow(file, multiple_values=not layout.records))
            for number, record in enumerate(ijson.items(events, layout.records), start=1):
                if not isinstance(record, dict):
                    raise UnreadableFileError(f"Record {number:,} is not an object with named values.")
                yield number, dict(_flat(record))
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"The JSON cannot be read after record {number:,}: {error}.") from error


def is_text(words: str) -> bool:
    """Whether it can be shown and kept: no NUL, and nothing that is not text in the encoding it was read in."""
    return "\0" not in words and (
        words.isascii() or not any("\ud800" <= character <= "\udfff" for character in words)
    )


def _sample(path: Path, layout: Layout) -> list[tuple[int, list[str]]]:
    return list(islice(rows_of(path, layout), SAMPLE_ROWS))


# --- Tables of text --------------------------------------------------------------------------------------------------


def _decoded(start: bytes) -> tuple[str, str]:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[: len(start) // 2 * 2].decode("utf-16", errors="replace"), "utf-16"
    try:
        return start.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(start) - 4 and len(start) == LOOKED_AT:  # a character cut in two
            return start[: error.start].decode("utf-8-sig"), "utf-8"
    try:
        return start.decode("windows-1252"), "windows-1252"
    except UnicodeDecodeError:
        return start.decode("iso-8859-1"), "iso-8859-1"


def _delimited(text: str, encoding: str) -> Layout:
    """The delimiter that cuts most lines into the same number of cells, the more the better."""
    if not text.strip():
        raise UnreadableFileError("The file has no rows.")
    lines = text.splitlines()[: SAMPLE_ROWS + 1]
    best, score, heading = ",", 0, 1
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))[:SAMPLE_ROWS]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if widths and (found := max(width * count for width, count in widths.items())) > score:
            best, score, heading = delimiter, found, _heading_of(rows)
    is_quoted = any(f'"{mark}' in text or f'{mark}"' in text for mark in (best, "\n", "\r"))
    return Layout(encoding=encoding, delimiter=best, is_quoted=is_quoted, heading=heading)


def _heading_of(rows: list[list[str]]) -> int:
    """The first row that is filled as far as any of the usual width; 0 where its cells look like data, not names."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        raise UnreadableFileError("The file has no rows.")
    usual = max(widths, key=lambda width: (widths[width], width))
    filled = [_filled(row) if len(row) == usual else 0 for row in rows]
    number = filled.index(max(filled))
    names = [cell.strip() for cell in rows[number] if cell.strip()]
    is_data = len(set(names)) < len(names) or any(re.search(r"\d{3}", name) for name in names)
    return 0 if is_data else number + 1


def _filled(row: list[str]) -> int:
    """How many cells of a row there are up to the last that says something: a spreadsheet pads the others."""
    return max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _delimited_rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding_of(path, layout)
    number = 0
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        reader = csv.reader(
            _lines(text),
            delimiter=layout.delimiter,
            quoting=csv.QUOTE_MINIMAL if layout.is_quoted else csv.QUOTE_NONE,
            strict=True,
        )
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, cells
        except csv.Error as error:
            raise UnreadableFileError(
                f"The file cannot be read after row {number:,}: {error}. "
                "A quotation mark may be missing there. Nothing after it was read."
            ) from error
        except UnicodeError as error:
            raise UnreadableFileError(f"The file is not in {layout.encoding}: choose another.") from error


def _encoding_of(path: Path, layout: Layout) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) and layout.encoding != "utf-16":
        raise UnreadableFileError("This file is in UTF-16. Choose that, or save it as CSV in UTF-8.")
    return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else layout.encoding


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise UnreadableFileError(
                f"A line is longer than {LONGEST_LINE:,} characters. Is this a list of clinics?"
            )
        yield line


# --- Workbooks -------------------------------------------------------------------------------------------------------


def _workbook_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet, as it shows them; formulas by the value they had when it was saved."""
    with path.open("rb") as file:  # openpyxl goes by the name of a path, and an upload may have any
        book = _workbook(file)
        try:
            if not book.worksheets:
                raise UnreadableFileError("This workbook has no sheet with cells.")
            for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
                yield number, [_text(cell) for cell in cells]
        finally:
            book.close()
            del book
            gc.collect()  # a workbook and its sheets refer to each other: else their words would stay


def _workbook(file: BinaryIO) -> Workbook:
    from openpyxl import load_workbook  # here: every process of the site would take longer to start
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(file) as packed:
            sizes = {part.filename: part.file_size for part in packed.infolist()}
        strings = sizes.get("xl/sharedStrings.xml", 0)
        if sum(sizes.values()) > LARGEST_WORKBOOK or strings > LARGEST_STRINGS:
            raise UnreadableFileError("This workbook is too large when unpacked. Save it as CSV in UTF-8.")
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UnreadableFileError(
            "This is not a workbook that can be read. Save it as CSV in UTF-8."
        ) from error


# --- JSON ------------------------------------------------------------------------------------------------------------


def _records_in(path: Path, start: str) -> str:
    """The path of the first list of objects; empty where each line is an object."""
    first, _, rest = start.lstrip().partition("\n")
    if rest.lstrip().startswith("{"):
        try:
            if isinstance(json.loads(first), dict):
                return ""
        except (ValueError, RecursionError):
            pass
    try:
        with path.open("rb") as file:
            for prefix, event, _ in ijson.parse(_shallow(file)):
                if event == "start_map" and prefix.endswith("item"):
                    return prefix
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"The JSON cannot be read: {error}.") from error
    raise UnreadableFileError("There is no list of records in this JSON.")


def _shallow(file: BinaryIO, *, multiple_values: bool = False) -> Iterator[tuple[str, Any]]:
    """The file's events, unless it nests as no list does: ijson needs the square of the depth in memory."""
    depth = 0
    for event, value in ijson.basic_parse(file, multiple_values=multiple_values):
        depth += event.startswith("start_") - event.startswith("end_")
        if depth > DEEPEST:
            raise UnreadableFileError("This JSON is nested too deep for a list of clinics.")
        yield event, value


def _flat(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            yield f"{above}{name}", json.dumps(value, ensure_ascii=False, default=str)
        elif isinstance(value, list):
            yield f"{above}{name}", "; ".join(_text(each) for each in value)
        else:
            yield f"{above}{name}", _text(value)


def _text(cell: Any) -> str:
    """A cell as text. A whole number that a spreadsheet keeps as a fraction is written as whole."""
    if cell is None:
        return ""
    if isinstance(cell, float | Decimal) and cell == int(cell):
        return str(int(cell))
    return str(cell)
