"""Where the heading of a table stands and which field each column fills."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge.importers.cells import text_of
from knowledge.importers.headings import SKIPPED, field_of, is_own, unit_of

_SEARCHED = 40
_ENOUGH = 2
_SHORT = 90
_CODE = re.compile(r"\d\.\d{3,6}")
_NUMBER = re.compile(r"\(?\d{1,2}\)?(?:\s*=.*)?")
_DECISION = re.compile(
    r"(Quyết định|Công văn|Nghị quyết|Văn bản|Thông báo) số[:\s]*([\w./Đđ-]*\d[\w./Đđ-]*)"
    r"(?:\s*,?\s*ngày\s*(\d{1,2})\s*(?:tháng|[/.-])\s*(\d{1,2})\s*(?:năm|[/.-])\s*(\d{4}))?"
    r"(\s+của\s+[^()\n;]{3,120})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number as a reader would count it, and its cells."""

    number: int
    cells: Sequence[object]

    def text(self, column: int) -> str:
        """Return a cell as a text, "" beyond the end."""
        return text_of(self.cells[column]) if column < len(self.cells) else ""

    def texts(self) -> list[str]:
        """Return all cells as texts."""
        return [text_of(cell) for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was drawn, merged areas filled with what they say."""

    name: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the words above it, the field it fills ("" none), what tells it from others."""

    heading: str
    field: str
    label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet was understood; `first` is the index of its first line of data.

    `own` tells our own template, where a column we do not know is an error and not a remark.
    """

    sheet: str
    row: int
    first: int
    columns: Sequence[Column]
    own: bool = False
    about: Mapping[str, object] = field(default_factory=dict)

    def column_of(self, name: str) -> int | None:
        """Return the first column that fills a field."""
        return next((n for n, column in enumerate(self.columns) if column.field == name), None)


def layout_of(sheet: Sheet) -> Layout | None:
    """Find the heading; None where no row looks like one."""
    lines = sheet.lines[:_SEARCHED]
    own = next((n for n, line in enumerate(lines) if any(line.texts())), None)
    if own is not None and all(map(is_own, filter(None, lines[own].texts()))):
        columns = [Column(text, text.lower()) for text in lines[own].texts()]
        return Layout(sheet.name, lines[own].number, own + 1, columns, own=True)
    scores = [_recognised(line.texts()) for line in lines]
    best = max(scores, default=0)
    return _annex(sheet, scores.index(best)) if best >= _ENOUGH else None


def _annex(sheet: Sheet, at: int) -> Layout:
    head, first = sheet.lines[at], at + 1
    below: Sequence[str] = ()
    if first < len(sheet.lines) and _is_second(head, sheet.lines[first]):
        below, first = sheet.lines[first].texts(), first + 1
    columns = _columns(head.texts(), below)
    if first < len(sheet.lines) and _is_numbering(sheet.lines[first]):
        first += 1
    about = source_in(text for line in sheet.lines[:at] for text in dict.fromkeys(line.texts()))
    return Layout(sheet.name, head.number, first, columns, about=about)


def _recognised(texts: Iterable[str]) -> int:
    return len({found for text in texts if (found := field_of(text)) and found != SKIPPED})


def _is_second(head: Line, line: Line) -> bool:
    """A second heading row divides columns of the first and says nothing new of a row."""
    above, texts = head.texts(), line.texts()
    if any(_CODE.match(text) or len(text) > _SHORT for text in texts):
        return False
    new = [n for n, text in enumerate(texts) if text and text != _at(above, n)]
    named = {n for n, text in enumerate(above) if field_of(text) in {"code", "title", "question"}}
    divided = [n for n in new if not _at(above, n) or _at(above, n) in above[:n] + above[n + 1 :]]
    own_names = sum(bool(field_of(texts[n])) for n in new)
    return bool(divided) and (named.isdisjoint(new) or own_names >= _ENOUGH)


def _at(texts: Sequence[str], n: int) -> str:
    return texts[n] if n < len(texts) else ""


def _columns(head: Sequence[str], below: Sequence[str]) -> list[Column]:
    columns, parent = [], ""
    for n in range(max(len(head), len(below))):
        child = _at(below, n)
        parent = _at(head, n) or (parent if child else "")
        child = "" if child == parent else child
        columns.append(_column(parent, child))
    return columns


def _column(parent: str, child: str) -> Column:
    inner = field_of(child)
    named = inner if inner and inner != SKIPPED else field_of(parent)
    unit = unit_of(child) or unit_of(parent)
    return Column(f"{parent}: {child}" if child else parent, named, child, unit)


def _is_numbering(line: Line) -> bool:
    texts = [text for text in line.texts() if text]
    return len(texts) >= 3 and all(map(_NUMBER.fullmatch, texts))


def source_in(texts: Iterable[str]) -> dict[str, object]:
    """Return the decision that the words above a table name, with its day."""
    found = _DECISION.search("\n".join(texts))
    if not found:
        return {}
    kind, number, day, month, year, issuer = found.groups()
    source = f"{kind[0].upper()}{kind[1:].lower()} số {number.rstrip('.,')}"
    about: dict[str, object] = {}
    if day:
        source += f" ngày {int(day):02d}/{int(month):02d}/{year}"
        about = _day(int(year), int(month), int(day))
    return {"source": f"{source}{' ' + ' '.join(issuer.split()) if issuer else ''}", **about}


def _day(year: int, month: int, day: int) -> dict[str, object]:
    try:
        return {"checked_on": date(year, month, day)}
    except ValueError:
        return {}
