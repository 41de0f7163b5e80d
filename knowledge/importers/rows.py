"""Rows of any file an office may send: JSON lines, YAML, CSV, TSV, Excel, each perhaps gzipped."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zipfile import BadZipFile

import yaml

from knowledge.text import clean

Record = Mapping[str, Any]
_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Row:
    """One record and its number in the file, counted as its reader would (a heading is row 1)."""

    number: int
    values: Record


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that could not be taken: where it stands and why."""

    file: str
    row: int
    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, {self.field or 'whole row'}: {self.why}"


class BadField(ValueError):
    """A value that cannot be taken; readers turn it into a RowError."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


def rows(data: bytes, name: str) -> Iterator[Row | RowError]:
    """Yield the rows of a file, its format taken from the name, else from the first bytes."""
    if data[:2] == b"\x1f\x8b":
        yield from _unzipped(data, name)
    elif data[:4] == b"PK\x03\x04":
        yield from _sheet(data, name)
    elif name.endswith((".yaml", ".yml")):
        yield from _yaml(data, name)
    elif name.endswith((".csv", ".tsv", ".txt")):
        yield from _table(data, "\t" if name.endswith(".tsv") else None)
    elif name.endswith(".json") and data.lstrip()[:1] == b"[":
        yield from _json_list(data, name)
    else:
        yield from _json_lines(io.BytesIO(data), name)


def read(data: bytes, name: str, make: Callable[[Record], Made]) -> Iterator[Made | RowError]:
    """Yield what `make` makes of each row; where it raises BadField the row is named."""
    for row in rows(data, name):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            yield make(row.values)
        except BadField as error:
            yield RowError(name, row.number, error.field, error.why)


def _unzipped(data: bytes, name: str) -> Iterator[Row | RowError]:
    inner = name.removesuffix(".gz")
    try:
        if inner.endswith((".yaml", ".yml", ".csv", ".tsv", ".txt", ".json")):
            yield from rows(gzip.decompress(data), inner)
        else:
            with gzip.open(io.BytesIO(data)) as lines:
                yield from _json_lines(lines, name)
    except (OSError, EOFError, zlib.error) as error:
        yield RowError(name, 0, "", f"the file is damaged: {error}")


def _json_lines(lines: Iterable[bytes], name: str) -> Iterator[Row | RowError]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _json_row(number, json.loads(line.decode("utf-8-sig")))
        except (ValueError, RecursionError) as error:
            yield RowError(name, number, "", f"not a JSON object: {error}")


def _json_list(data: bytes, name: str) -> Iterator[Row | RowError]:
    try:
        yield from (_json_row(n, value) for n, value in enumerate(json.loads(data), start=1))
    except (ValueError, RecursionError) as error:
        yield RowError(name, 0, "", f"not a list of JSON objects: {error}")


def _json_row(number: int, value: object) -> Row:
    if not isinstance(value, Mapping):
        raise ValueError("each record must be an object with named fields")
    return Row(number, value)


def _yaml(data: bytes, name: str) -> Iterator[Row | RowError]:
    """Yield the records of the one list in the document, with its other keys as defaults."""
    try:
        document = yaml.load(data, Loader=_SAFE)  # noqa: S506 - the safe loader, in C
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield RowError(name, 0, "", f"not YAML: {' '.join(str(error).split())}")
        return
    head = {k: v for k, v in document.items() if _scalar(v)} if isinstance(document, dict) else {}
    for number, value in enumerate(_only_list(document), start=1):
        if isinstance(value, Mapping):
            yield Row(number, {**head, **value})
        else:
            yield RowError(name, number, "", "each record must have named fields")


def _scalar(value: object) -> bool:
    return not isinstance(value, dict | list)


def _only_list(document: object) -> list[object]:
    if isinstance(document, list):
        return document
    values = document.values() if isinstance(document, Mapping) else ()
    return next((value for value in values if isinstance(value, list)), [])


def _table(data: bytes, delimiter: str | None) -> Iterator[Row]:
    text = _decoded(data)
    delimiter = delimiter or _delimiter(text.partition("\n")[0])
    for values in (reader := csv.DictReader(io.StringIO(text), delimiter=delimiter)):
        record = {key.strip(): value for key, value in values.items() if key and value}
        if record:
            yield Row(reader.line_num, record)


def _decoded(data: bytes) -> str:
    """Return the text of a table; a file saved by an old Excel is UTF-16 or Windows-1258."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return clean(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(data.decode("cp1258", errors="replace"))


def _delimiter(heading: str) -> str:
    return max(",;\t", key=heading.count)


def _sheet(data: bytes, name: str) -> Iterator[Row | RowError]:
    import openpyxl  # a quarter of a second that only spreadsheets are worth

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
    except (BadZipFile, OSError, KeyError, ValueError) as error:
        yield RowError(name, 0, "", f"not an Excel file: {error}")
        return
    lines = sheet.iter_rows(values_only=True) if sheet is not None else iter(())
    heading = [str(cell or "").strip() for cell in next(lines, ())]
    for number, cells in enumerate(lines, start=2):
        record = {k: v for k, v in zip(heading, cells, strict=False) if k and v is not None}
        if record:
            yield Row(number, record)
