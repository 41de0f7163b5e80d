"""Rows of agencies, communes, days off and yearly plans, read from files; no database here."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from bot.clock.calendar import SpecialDay
from knowledge.importers.own import day, several, text
from knowledge.importers.rows import BadField, Record, RowError
from knowledge.places import Place

T = TypeVar("T")

KINDS = ("department", "commune", "district", "broadcaster")
CONFIDENCE = ("high", "medium", "low")
_CODE = re.compile(r"[a-z]{2,4}(-[a-z0-9]+)+")
_IN_A_CELL = re.compile(r"(?P<agency>[a-z]{2,4}(-[a-z0-9]+)+)\s*(\((?P<part>[^()]*)\))?")
_YES = {"x", "1", "true", "yes", "có", "rồi", "đã", "đã xong", "xong"}


@dataclass(frozen=True, slots=True)
class Succession:
    """What follows an agency: `part` is "" for the whole, else a topic or a former place."""

    successor: str
    valid_from: date
    part: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as the directory keeps it; `valid_to` is its last day."""

    code: str
    name: str
    kind: str
    source: str
    confidence: str = "medium"
    fields: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    checked_on: date | None = None
    successions: tuple[Succession, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One month's theme in the yearly plan, and who leads it."""

    year: int
    month: int
    theme: str
    lead: str
    source: str
    cooperating: tuple[str, ...] = ()
    deadline: date | None = None
    done: bool = False
    evidence: str | None = None


#: what a table's editor noted behind a name for other editors, such as "(103 units; see …)"
_ASIDE = re.compile(r"\s*\([^()]*;\s*see [^()]*\)$")


def agency(record: Record) -> Agency:
    """Return an agency; successors are a list of codes, or of {agency, part, valid_from}."""
    valid_to = day(record, "valid_to")
    if not _CODE.fullmatch(text(record, "code")):
        raise BadField("code", f"{text(record, 'code')!r} is not a code such as ct-so-y-te")
    return Agency(
        code=_needed(record, "code"),
        name=_ASIDE.sub("", _needed(record, "name")),
        kind=_one_of(record, "kind", KINDS),
        source=text(record, "source") or _needed(record, "source_or_fields"),
        confidence=_one_of(record, "confidence", CONFIDENCE, "medium"),
        fields=several(record, "fields") if record.get("fields") else (),
        valid_from=day(record, "valid_from"),
        valid_to=valid_to,
        checked_on=day(record, "checked_on"),
        successions=tuple(_successions(record, valid_to)),
    )


def _successions(record: Record, valid_to: date | None) -> Iterator[Succession]:
    for values in _named(record.get("successors") or record.get("successor")):
        begins = day(values, "valid_from") or (valid_to and valid_to + timedelta(days=1))
        if begins is None:
            raise BadField("successors", "an agency with a successor needs valid_to or valid_from")
        code = text(values, "agency")
        if not _CODE.fullmatch(code):
            raise BadField("successors", f"{code!r} is not the code of an agency")
        yield Succession(code, begins, text(values, "part"))


def _named(given: object) -> Iterator[Mapping[str, Any]]:
    """A list of codes or of {agency, part}; in a cell "code (part); code", prose left aside."""
    if isinstance(given, list):
        yield from (item if isinstance(item, Mapping) else {"agency": item} for item in given)
    elif given:
        for piece in str(given).split(";"):
            if found := _IN_A_CELL.fullmatch(piece.strip()):
                yield {"agency": found["agency"], "part": found["part"] or ""}


def commune(record: Record) -> Place:
    """Return a place: a commune's name, where it lay, and the commune agency of today."""
    code = _needed(record, "ward_code")
    if not (code.isdigit() and len(code) <= 5):
        raise BadField("ward_code", f"{code!r} is not the code of a commune such as 31150")
    return Place(
        name=text(record, "name") or _needed(record, "ward"),
        district=text(record, "district"),
        province=text(record, "province").replace("Thành Phố", "Thành phố"),
        agency=f"ct-xa-{code:0>5}",
        former=_yes(record, "former"),
    )


def holiday(record: Record) -> SpecialDay:
    """Return a dated departure from the week; `working` marks a swapped Saturday."""
    found = day(record, "day")
    if found is None:
        raise BadField("day", "a date is needed")
    return SpecialDay(
        found, _yes(record, "working"), _needed(record, "name"), _needed(record, "source")
    )


def plan_item(record: Record) -> PlanItem:
    """Return one month of a yearly plan."""
    month = _number(record, "month")
    if not 1 <= month <= 12:
        raise BadField("month", f"{month} is no month")
    return PlanItem(
        year=_number(record, "year"),
        month=month,
        theme=_needed(record, "theme"),
        lead=_needed(record, "lead"),
        source=_needed(record, "source"),
        cooperating=several(record, "cooperating") if record.get("cooperating") else (),
        deadline=day(record, "deadline"),
        done=_yes(record, "done"),
        evidence=text(record, "evidence") or None,
    )


def good(read_rows: Iterable[T | RowError]) -> tuple[list[T], list[RowError]]:
    """Part the rows that could be read from those that could not."""
    taken: list[T] = []
    errors: list[RowError] = []
    for row in read_rows:
        if isinstance(row, RowError):
            errors.append(row)
        else:
            taken.append(row)
    return taken, errors


def _needed(record: Record, name: str) -> str:
    value = text(record, name)
    if not value:
        raise BadField(name, "nothing stands here")
    return value


def _one_of(record: Record, name: str, known: Sequence[str], otherwise: str = "") -> str:
    value = text(record, name) or otherwise
    if value not in known:
        raise BadField(name, f"{value!r} is none of {', '.join(known)}")
    return value


def _number(record: Record, name: str) -> int:
    value = text(record, name)
    if not value.isdigit():
        raise BadField(name, f"{value!r} is not a number")
    return int(value)


def _yes(record: Record, name: str) -> bool:
    return text(record, name).lower() in _YES
