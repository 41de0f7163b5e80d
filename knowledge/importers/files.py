"""A file opened: unpacked within bounds, its format known, or refused in words that help."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.importers import workbook
from knowledge.importers.encodings import decoded
from knowledge.importers.faults import BadFile, Fault
from knowledge.importers.layout import Line, Sheet

_MEGABYTE = 1_000_000
_PIECE = 16_384
MOST_UNPACKED = 300 * _MEGABYTE
MOST_LINES = 400_000
#: what is read as one document grows thirtyfold in memory and more
MOST_WHOLE = {"json": 50 * _MEGABYTE, "yaml": 5 * _MEGABYTE}
_MOST_COLUMNS = 60
_TABLES = (".csv", ".tsv", ".txt")
_YAML = (".yaml", ".yml")
_DELIMITERS = ",;\t|"
_LOOKED_AT = 20
_REFUSED = (
    (b"%PDF", Fault.PDF),
    (b"\xd0\xcf\x11\xe0", Fault.OLD_OFFICE),
    (b"{\\rtf", Fault.OLD_OFFICE),
    (b"\x89PNG", Fault.PICTURE),
    (b"\xff\xd8\xff", Fault.PICTURE),
    (b"GIF8", Fault.PICTURE),
    (b"II*\0", Fault.PICTURE),
    (b"MM\0*", Fault.PICTURE),
    (b"Rar!", Fault.ARCHIVE),
    (b"7z\xbc\xaf", Fault.ARCHIVE),
    (b"BZh", Fault.ARCHIVE),
    (b"\xfd7zXZ", Fault.ARCHIVE),
)
_BY_NAME = {".pdf": Fault.PDF, ".doc": Fault.OLD_OFFICE, ".xls": Fault.OLD_OFFICE}
#: archives by nature: with other first bytes they are broken
_PACKED = (".xlsx", ".docx")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds: tables, or else the bytes of a document of records."""

    form: str  # table | yaml | json | lines
    data: bytes = b""
    sheets: Sequence[Sheet] | None = None
    encoding: str = ""
    damage: BadFile | None = None  # the rest of the file could not be unpacked


def opened(data: bytes, name: str) -> Opened:
    """Open a file; raise BadFile for what holds no table or more than we take."""
    lower = name.lower()
    if data[:2] == b"\x1f\x8b":
        whole, damage = _unzipped(data)
        return replace(opened_plain(whole, lower.removesuffix(".gz")), damage=damage)
    return opened_plain(data, lower)


def opened_plain(data: bytes, lower: str) -> Opened:
    """Open a file that is not packed; its name in lower case tells what its bytes do not."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return Opened("table", sheets=workbook.sheets(data), encoding="Unicode")
    _refuse(data, lower)
    if lower.endswith(_YAML):
        return _whole("yaml", data)
    if lower.endswith(_TABLES):
        text, encoding = decoded(data)
        return Opened("table", sheets=[_table(text, lower)], encoding=encoding)
    listed = lower.endswith(".json") and data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"["
    return _whole("json", data) if listed else Opened("lines", data)


def _whole(form: str, data: bytes) -> Opened:
    if len(data) > MOST_WHOLE[form]:
        raise BadFile(Fault.TOO_LARGE, limit=MOST_WHOLE[form] // _MEGABYTE)
    return Opened(form, data)


def _refuse(data: bytes, name: str) -> None:
    if not data.strip():
        raise BadFile(Fault.EMPTY)
    for mark, fault in _REFUSED:
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(mark):
            raise BadFile(fault)
    for ending, fault in _BY_NAME.items():
        if name.endswith(ending):
            raise BadFile(fault)
    if name.endswith(_PACKED):
        raise BadFile(Fault.DAMAGED, detail="it does not begin as such a file does")


def _unzipped(data: bytes) -> tuple[bytes, BadFile | None]:
    """Return what could be unpacked, and what went wrong behind it."""
    parts, size = [], 0
    damage: BadFile | None = None
    try:
        with gzip.open(io.BytesIO(data)) as file:
            while part := file.read1(_PIECE):
                parts.append(part)
                size += len(part)
                if size > MOST_UNPACKED:
                    raise BadFile(Fault.TOO_LARGE, limit=MOST_UNPACKED // _MEGABYTE)
    except (OSError, EOFError, zlib.error) as error:
        damage = BadFile(Fault.DAMAGED, detail=str(error))
    if damage and not parts:
        raise damage
    return b"".join(parts), damage


def _table(text: str, name: str) -> Sheet:
    delimiter = "\t" if name.endswith(".tsv") else _delimiter(text)
    lines = list(_lines(text, delimiter))
    if len(lines) > MOST_LINES:
        raise BadFile(Fault.TOO_MANY_ROWS, limit=MOST_LINES)
    return Sheet("", lines)


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield Line(reader.line_num, cells[:_MOST_COLUMNS])
            if reader.line_num > MOST_LINES:
                return
    except csv.Error as error:
        raise BadFile(Fault.DAMAGED, detail=str(error)) from error


def _delimiter(text: str) -> str:
    """Return what cuts the first lines most often into the same number of pieces."""
    head = "".join(text[:50_000].splitlines(keepends=True)[:_LOOKED_AT])
    return max(_DELIMITERS, key=lambda mark: _evenness(head, mark))


def _evenness(head: str, mark: str) -> tuple[int, int]:
    try:
        widths = [len(cells) for cells in csv.reader(io.StringIO(head, newline=""), delimiter=mark)]
    except csv.Error:
        return 0, 0
    wide = [width for width in widths if width > 1]
    usual = max(set(wide), key=wide.count, default=0)
    return wide.count(usual), usual
