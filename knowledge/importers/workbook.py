"""Tables out of Excel and Word files, within bounds that no honest file reaches."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.importers.encodings import UNICODE, converted, font_of
from knowledge.importers.faults import BadFile, Fault
from knowledge.importers.layout import Line, Sheet

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_MEGABYTE = 1_000_000
MOST_UNPACKED = 50 * _MEGABYTE
MOST_ROWS = 60_000
_MOST_COLUMNS = 60
_MOST_FILES = 2000
#: each becomes some hundred bytes of memory, however small it is written
MOST_ELEMENTS = 1_200_000
#: so many empty rows in a row, and the table has ended
_GAP = 200
_MERGED = 20_000


def sheets(data: bytes) -> list[Sheet]:
    """Return the tables of an .xlsx or .docx file; raise BadFile where it is none or too large."""
    names = _inspected(data)
    if "word/document.xml" in names:
        found = _guarded(_word, data)
    elif any(name.startswith("xl/") for name in names):
        found = _guarded(_excel, data)
    elif "mimetype" in names and "content.xml" in names:
        raise BadFile(Fault.OPEN_DOCUMENT)
    else:
        raise BadFile(Fault.ARCHIVE)
    return [_unicode(sheet) for sheet in found]


def _inspected(data: bytes) -> set[str]:
    """Return the names within; how large they unpack is known before anything is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile(Fault.DAMAGED, detail=str(error)) from error
    if sum(i.file_size for i in infos) > MOST_UNPACKED or len(infos) > _MOST_FILES:
        raise BadFile(Fault.TOO_LARGE, limit=MOST_UNPACKED // _MEGABYTE)
    if any(info.flag_bits & 1 for info in infos):
        raise BadFile(Fault.LOCKED)
    if _elements(data) > MOST_ELEMENTS:
        raise BadFile(Fault.TOO_MANY_ROWS, limit=MOST_ROWS)
    return {info.filename for info in infos}


def _elements(data: bytes) -> int:
    """Return how many elements the parts of a file hold together."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = (archive.read(info) for info in archive.infolist())
            return sum(part.count(b"<") - part.count(b"</") for part in parts)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise BadFile(Fault.DAMAGED, detail=str(error)) from error


def _guarded(read, data: bytes) -> list[Sheet]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    try:
        return list(read(data))
    except BadFile:
        raise
    except Exception as error:  # these libraries promise nothing about damaged files
        raise BadFile(Fault.DAMAGED, detail=f"{type(error).__name__}: {error}"[:200]) from error


def _excel(data: bytes) -> Iterator[Sheet]:
    import openpyxl  # a quarter of a second that only spreadsheets are worth

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield Sheet(sheet.title, _lines(sheet))


def _lines(sheet: "Worksheet") -> list[Line]:
    merged = _merged(sheet)
    lines: list[Line] = []
    last = min(sheet.max_row, MOST_ROWS + 1)
    empty = 0
    for number in range(1, last + 1):
        cells = _cells(sheet, number, merged)
        empty = 0 if any(cell is not None for cell in cells) else empty + 1
        if empty > _GAP:
            break
        lines.append(Line(number, cells))
    if len(lines) > MOST_ROWS:
        raise BadFile(Fault.TOO_MANY_ROWS, limit=MOST_ROWS)
    return lines


def _cells(
    sheet: "Worksheet", number: int, merged: dict[tuple[int, int], tuple[int, int]]
) -> list[object]:
    width = min(sheet.max_column, _MOST_COLUMNS)
    at = (merged.get((number, column), (number, column)) for column in range(1, width + 1))
    return [sheet.cell(*place).value for place in at]


def _merged(sheet: "Worksheet") -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each covered cell the one that speaks for it."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        top, left = int(area.min_row), int(area.min_col)
        for row in range(top, min(int(area.max_row), MOST_ROWS) + 1):
            for column in range(left, min(int(area.max_col), _MOST_COLUMNS) + 1):
                found[row, column] = (top, left)
            if len(found) > _MERGED * _MOST_COLUMNS:
                raise BadFile(Fault.TOO_LARGE, limit=MOST_UNPACKED // _MEGABYTE)
    return found


def _word(data: bytes) -> Iterator[Sheet]:
    import docx  # as slow to import as openpyxl

    document = docx.Document(io.BytesIO(data))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)[:20_000]
    for number, table in enumerate(document.tables, start=1):
        lines = [Line(0, [words])]
        lines += [
            Line(n, [re.sub(r"[ \t]+", " ", cell.text) for cell in row.cells[:_MOST_COLUMNS]])
            for n, row in enumerate(table.rows, start=1)
        ]
        yield Sheet(f"bảng {number}", lines[: MOST_ROWS + 1])


def _unicode(sheet: Sheet) -> Sheet:
    """Cells in an old font hold its letters, whatever the file says of its own encoding."""
    font = font_of(cell for line in sheet.lines for cell in line.cells if isinstance(cell, str))
    if font == UNICODE:
        return sheet
    return Sheet(
        sheet.name,
        [
            Line(line.number, [converted(c, font) if isinstance(c, str) else c for c in line.cells])
            for line in sheet.lines
        ],
    )
