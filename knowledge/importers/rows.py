"""Rows of any file an office may send: JSON lines, YAML, CSV, TSV, Excel, Word, each perhaps
gzipped. No bytes make a reader raise: what cannot be read is a RowError."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from types import MappingProxyType
from typing import Any, TypeVar

from knowledge.importers import documents, tables
from knowledge.importers.cells import Note
from knowledge.importers.faults import BadField, BadFile, Fault, Values
from knowledge.importers.files import Opened, opened
from knowledge.importers.layout import Layout, Sheet, layout_of

__all__ = ["NOTHING", "BadField", "Record", "Row", "RowError", "layouts", "read", "rows"]

Record = Mapping[str, Any]
NOTHING: Record = MappingProxyType({})
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Row:
    """One record and its number in the file, counted as its reader would (a heading is row 1).

    `sheet` is named where there are several.
    """

    number: int
    values: Record
    sheet: str = ""
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that could not be taken: where it stands and why; row 0 is the whole file."""

    file: str
    row: int
    field: str
    why: str
    fault: Fault = Fault.OTHER
    values: Values = made_by(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, {self.field or 'whole row'}: {self.why}"

    @classmethod
    def of(cls, file: str, row: int, bad: BadField) -> "RowError":
        """Say where a field could not be taken."""
        return cls(file, row, bad.field, bad.why, bad.fault, bad.values)

    @classmethod
    def of_file(cls, file: str, bad: BadFile) -> "RowError":
        """Say why nothing of a file can be read."""
        return cls(file, 0, "", str(bad), bad.fault, bad.values)


def rows(data: bytes, name: str) -> Iterator[Row | RowError]:
    """Yield the rows of a file, its format taken from the first bytes, else from the name."""
    try:
        found = opened(data, name)
    except BadFile as bad:
        yield RowError.of_file(name, bad)
        return
    if found.sheets is None:
        yield from _records(found, name)
    else:
        yield from _tables(found.sheets, name)
    if found.damage:
        yield RowError.of_file(name, found.damage)


def read(data: bytes, name: str, make: Callable[[Record], Made]) -> Iterator[Made | RowError]:
    """Yield what `make` makes of each row; where it raises BadField the row is named."""
    for row in rows(data, name):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            yield make(row.values)
        except BadField as bad:
            yield RowError.of(_place(name, row.sheet), row.number, bad)


def layouts(data: bytes, name: str) -> tuple[str, list[Layout]]:
    """Return the encoding of a file of tables and how each was understood, for a preview."""
    try:
        found = opened(data, name)
    except BadFile:
        return "", []
    return found.encoding, [known for s in found.sheets or () if (known := layout_of(s))]


def _tables(sheets: Sequence[Sheet], name: str) -> Iterator[Row | RowError]:
    known = [sheet for sheet in sheets if layout_of(sheet)]
    if not known:
        said = any(text for sheet in sheets for line in sheet.lines for text in line.texts())
        yield RowError.of_file(name, BadFile(Fault.NO_HEADING if said else Fault.EMPTY))
    for sheet in known:
        label = sheet.name if len(sheets) > 1 else ""
        for taken in tables.lines_of(sheet):
            if taken.bad:
                yield RowError.of(_place(name, label), taken.number, taken.bad)
            else:
                yield Row(taken.number, taken.values, label, taken.notes)


def _records(found: Opened, name: str) -> Iterator[Row | RowError]:
    for number, record in documents.records(found):
        if isinstance(record, BadFile):
            at = RowError.of_file(name, record)
            yield RowError(name, number, "", at.why, at.fault, at.values)
        else:
            yield Row(number, record)


def _place(name: str, sheet: str) -> str:
    return f"{name} [{sheet}]" if sheet else name
