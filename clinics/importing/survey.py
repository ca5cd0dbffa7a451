"""A first reading of a list: how many rows it has, and what each row is called."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinics.importing.reading import Mapping, Row, read_rows
from clinics.models.source import digest_of

SAID_EVERY = 5000  # rows
LONGEST_IDENTIFIER = 190  # SourceRecord.identifier holds 200, with the number of a repeated one


@dataclass
class Reading:
    """A row, what it is called in its source, and what it says."""

    row: Row
    identifier: str
    data: dict[str, str]
    digest: str
    fields: dict[str, Any] = field(default_factory=dict)  # of the clinic, once they are wanted


class Survey:
    """The rows of a list under their identifiers, after a first pass that found the repeated ones.

    Where a list has identifiers of its own, a repeated one is a fault. Where they are derived, repeated ones
    are numbered in the order of the rows' digests, not of the rows: so the same list in another order gives
    every row the same identifier, and when one of them changes only its namesakes can change numbers with it.
    The pass keeps about 200 bytes a row.
    """

    def __init__(self, path: Path, mapping: Mapping, *, on_rows: Callable[[int], None] = lambda rows: None):
        self._path, self._mapping = path, mapping
        self.rows = 0
        self._repeated: dict[str, list[str]] = {}
        first: dict[str, str] = {}
        for reading in self._read():
            self.rows += 1
            if self.rows % SAID_EVERY == 0:
                on_rows(self.rows)
            if reading.row.is_refused:
                continue
            if reading.identifier in first:
                digests = self._repeated.setdefault(reading.identifier, [first[reading.identifier]])
                digests.append(reading.digest)
            else:
                first[reading.identifier] = reading.digest
        for digests in self._repeated.values():
            digests.sort()

    def readings(self) -> Iterator[Reading]:
        """Each row in the order of the file, under its final identifier."""
        seen: Counter[tuple[str, str]] = Counter()
        for reading in self._read():
            if not reading.row.is_refused and reading.identifier in self._repeated:
                self._tell_apart(reading, seen)
            yield reading

    def _tell_apart(self, reading: Reading, seen: Counter[tuple[str, str]]) -> None:
        name, row = reading.identifier, reading.row
        earlier_alike = seen[name, reading.digest]
        seen[name, reading.digest] += 1
        if self._mapping.has_own_identifiers:
            if seen[name, ""]:
                row.refuse("", f"an earlier row has its identifier, {name}")
            seen[name, ""] += 1
            return
        if earlier_alike:
            row.note("", "an earlier row says the same in every column")
        number = self._repeated[name].index(reading.digest) + earlier_alike
        reading.identifier = f"{name}#{number + 1}" if number else name

    def _read(self) -> Iterator[Reading]:
        for row in read_rows(self._path, self._mapping):
            if row.is_refused:
                yield Reading(row, "", {}, "")
                continue
            identifier = self._mapping.identifier(row)
            if len(identifier) > LONGEST_IDENTIFIER:
                row.refuse("", "its identifier is too long")
            data = self._mapping.data(row)
            yield Reading(row, identifier, data, digest_of(data))
