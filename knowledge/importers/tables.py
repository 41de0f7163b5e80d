"""Rows out of tables as offices draw them: titles above, merged cells, groups, odd headings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.importers.agencies import codes_of
from knowledge.importers.cells import (
    Note,
    bounded,
    code_of,
    date_or_text,
    fact_of,
    text_of,
    title_of,
)
from knowledge.importers.faults import BadField
from knowledge.importers.headings import SKIPPED
from knowledge.importers.layout import Layout, Line, Sheet, layout_of
from knowledge.text import fold

_GROUP_NUMBER = re.compile(r"^(?:[IVXLC]+|[A-Z]|\d+(?:\.\d+)*)[.)/:]?\s+|^(?:[IVXLC]+|[A-Z])[.)/:]")
_ROW_NUMBER = re.compile(r"\d+[.)]?")
_FIELD_WORDS = re.compile(r"^(?:thủ tục hành chính\s+)?(?:thuộc\s+)?lĩnh vực:?\s*", re.IGNORECASE)
_MARKS = frozenset({"x", "✓", "✔", "√", "có", "+"})
_LEVELS = {"cap xa": "commune", "cap tinh": "province", "cap huyen": ""}
_FACTS = frozenset(
    "documents fee time place steps conditions result online legal_basis form".split()
)
_ONE_LINE = frozenset({"field", "agency_text", "source", "url"})
_NAMES = ("code", "title", "question", "answer", "phone")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one line of a table says, or why it cannot be taken."""

    number: int
    values: Mapping[str, object] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    bad: BadField | None = None


def lines_of(sheet: Sheet) -> Iterator[Taken]:
    """Yield the records of a sheet; one without a heading has none."""
    layout = layout_of(sheet)
    if layout is None:
        return
    if layout.own:
        yield from _own(sheet, layout)
    else:
        yield from _Annex(layout).read(sheet.lines[layout.first :])


def _own(sheet: Sheet, layout: Layout) -> Iterator[Taken]:
    for line in sheet.lines[layout.first :]:
        cells = zip(layout.columns, line.cells, strict=False)
        filled = [(c.field, cell) for c, cell in cells if c.field and cell not in (None, "")]
        if filled:
            yield _taken(line.number, filled)


def _taken(number: int, filled: Sequence[tuple[str, object]]) -> Taken:
    notes, values = [], {}
    try:
        for name, cell in filled:
            if name == "code" and isinstance(cell, float):
                values[name], note = code_of(cell)
                notes += [note] if note else []
            else:
                values[name] = date_or_text(name, cell)
    except BadField as bad:
        return Taken(number, bad=bad)
    return Taken(number, values, tuple(notes))


class _Annex:
    """A decision's annex; remembers under which heading a row stands."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._under: dict[str, str] = {}
        self._field = ""

    def read(self, lines: Sequence[Line]) -> Iterator[Taken]:
        """Yield a record for each line that is one."""
        for line in lines:
            texts = line.texts()
            if not any(texts) or self._is_group(line, texts):
                continue
            try:
                values, notes = self._record(line)
            except BadField as bad:
                yield Taken(line.number, bad=bad)
                continue
            if any(name in values for name in _NAMES):
                whole = {**self._layout.about, **self._under, **values}
                yield Taken(line.number, whole, tuple(notes))

    def _is_group(self, line: Line, texts: Sequence[str]) -> bool:
        """Take a heading within the table: one text, perhaps with a number before it."""
        told = list(dict.fromkeys(text for text in texts if text))
        if len(told) == 2 and _GROUP_NUMBER.match(f"{told[0]} "):
            if _ROW_NUMBER.fullmatch(told[0]) and not _heads_a_group(told[1]):
                return False  # a procedure that lacks its code, which must not vanish
            told = told[1:]
        at = self._layout.column_of("code")
        if len(told) > 1 or (at is None and self._layout.column_of("answer") is None):
            return False
        if at is not None and line.text(at) not in {"", told[0]}:
            return False
        self._remember(told[0])
        return True

    def _remember(self, heading: str) -> None:
        folded = fold(heading)
        level = next((level for sign, level in _LEVELS.items() if sign in folded), None)
        if level is not None:
            self._under = {"level": level} if level else {}
            return
        name = _FIELD_WORDS.sub("", _GROUP_NUMBER.sub("", heading)).strip(" .:")
        if name:
            rest = name[1:].lower() if name.isupper() else name[1:]
            self._under["field"] = name[:1].upper() + rest

    def _record(self, line: Line) -> tuple[dict[str, object], list[Note]]:
        notes: list[Note] = []
        told: dict[str, list[tuple[str, str]]] = {}
        for column, cell in zip(self._layout.columns, line.cells, strict=False):
            if not column.field or column.field == SKIPPED or not text_of(cell):
                continue
            text, note = _text(column.field, cell, column.unit)
            notes += [note] if note else []
            told.setdefault(column.field, []).append((column.label, text))
        values: dict[str, object] = {name: _joined(parts) for name, parts in told.items()}
        self._field = str(values.get("field") or self._field)
        if self._field and "field" not in values and self._layout.column_of("field") is not None:
            values["field"] = self._field
        return _with_agencies(values, self._under.get("level", "")), notes


def _heads_a_group(text: str) -> bool:
    """Whether a text beside a plain number is a heading: it names a field or a level, or shouts."""
    folded = fold(text)
    return text.isupper() or "linh vuc" in folded or any(sign in folded for sign in _LEVELS)


def _text(name: str, cell: object, unit: str) -> tuple[str, Note | None]:
    if name == "code":
        return code_of(cell)
    if name in {"title", "question"}:
        return title_of(cell), None
    if name in _FACTS:
        return fact_of(name, cell, unit), None
    text = bounded(name, text_of(cell))
    return (" ".join(text.split()) if name in _ONE_LINE else text), None


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """Several columns of one field keep the words that tell them apart; a mark is its label."""
    distinct = list(dict.fromkeys(parts))
    if len(distinct) == 1 and not (distinct[0][0] and distinct[0][1].lower() in _MARKS):
        return distinct[0][1]
    told = [label if text.lower() in _MARKS else _labelled(label, text) for label, text in distinct]
    return "; ".join(dict.fromkeys(told))


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


def _with_agencies(values: dict[str, object], level: str) -> dict[str, object]:
    """Name the agencies that the words certainly mean."""
    if "title" in values and "name" in values:  # "Cơ quan" beside the procedure's own name
        values = {"agency_text": values["name"], **values}
        del values["name"]
    told = str(values.get("agency_text") or values.get("place") or "")
    codes = codes_of(told, "", level) if "title" in values and "answer" not in values else ()
    return {**values, "agencies": "; ".join(codes)} if codes else values
