"""Agencies and places in the database: who answers for what, today and on any day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from bot.clock.calendar import SpecialDay
from bot.store.hot import Hot
from bot.tables.directory import agency, holiday, place, succession
from knowledge.places import Place
from knowledge.text import fold


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as others see it."""

    code: str
    name: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    two_persons: bool

    def is_valid(self, on: date) -> bool:
        """Whether the agency exists on that day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


def agency_names(connection: Connection) -> dict[str, str]:
    """Return every agency's name by code, those of the past included."""
    return {row.code: row.name for row in connection.execute(select(agency.c.code, agency.c.name))}


def agency_name(connection: Connection, code: str) -> str:
    """Return an agency's name, the code itself for one the directory lacks."""
    return connection.scalar(select(agency.c.name).where(agency.c.code == code)) or code


def agencies_on(connection: Connection, on: date) -> list[AgencyRow]:
    """Return the agencies that exist on that day, by name."""
    begun = or_(agency.c.valid_from.is_(None), agency.c.valid_from <= on)
    not_over = or_(agency.c.valid_to.is_(None), agency.c.valid_to >= on)
    query = select(agency).where(begun, not_over).order_by(agency.c.name)
    return [_agency(row) for row in connection.execute(query)]


def search_agencies(connection: Connection, words: str, limit: int = 20) -> list[AgencyRow]:
    """Return agencies whose name holds every word, marks or not; those of today first."""
    wanted = fold(words).split()
    rows = [_agency(row) for row in connection.execute(select(agency).order_by(agency.c.name))]
    hits = [row for row in rows if all(word in fold(row.name) for word in wanted)]
    return sorted(hits, key=lambda row: row.valid_to is not None)[:limit]


def successors(connection: Connection, code: str, on: date) -> list[tuple[str, str]]:
    """Return (agency, part) of those that answer for an agency on that day, itself while it lives.

    Follows chains: a department merged twice leads to the one that exists.
    """
    found = connection.execute(select(agency).where(agency.c.code == code)).first()
    if found is not None and _agency(found).is_valid(on):
        return [(code, "")]
    return list(dict.fromkeys(_followed(connection, code, on, "", frozenset())))


def _followed(
    connection: Connection, code: str, on: date, part: str, passed: frozenset[str]
) -> Iterable[tuple[str, str]]:
    query = select(succession).where(succession.c.agency == code, succession.c.valid_from <= on)
    steps = [row for row in connection.execute(query) if row.successor not in passed]
    if not steps:
        return [(code, part)] if passed else []
    return [
        pair
        for row in steps
        for pair in _followed(connection, row.successor, on, row.part or part, passed | {code})
    ]


def find_places(connection: Connection, name: str) -> list[Place]:
    """Return the places of this name, with or without its kind ("Xã"), marks or not."""
    wanted = fold(name).strip()
    exact = or_(place.c.folded == wanted, place.c.folded.endswith(f" {wanted}", autoescape=True))
    query = select(place).where(exact).order_by(place.c.former, place.c.id)
    return [
        Place(row.name, row.district, row.province, row.agency, row.former)
        for row in connection.execute(query)
    ]


def all_places(connection: Connection) -> tuple[Place, ...]:
    """Return every place, today's first."""
    query = select(place).order_by(place.c.former, place.c.id)
    return tuple(
        Place(row.name, row.district, row.province, row.agency, row.former)
        for row in connection.execute(query)
    )


def calendar_rows(connection: Connection, calendar: str = "standard") -> list[SpecialDay]:
    """Return the days off and days worked of a calendar, in order."""
    return list(_special_days(_HOLIDAYS.run(connection, {"of_calendar": calendar}).scalar() or ""))


#: between days, and between what is told of one
_NEXT, _THEN = "\x1e", "\x1f"


@lru_cache(maxsize=8)
def _special_days(told: str) -> tuple[SpecialDay, ...]:
    lines = (line.split(_THEN) for line in told.split(_NEXT) if line)
    days = (
        SpecialDay(date.fromisoformat(day), working == "1", name, source)
        for day, working, name, source in lines
    )
    return tuple(sorted(days, key=lambda special: special.day))


def _told() -> ColumnElement[str]:
    """Return all there is to tell of a day off as one text.

    Read with every turn: of rows each one is a wait for the interpreter, where threads compete.
    """
    working = cast(case((holiday.c.working, 1), else_=0), Text)
    parts = (cast(holiday.c.day, Text), working, holiday.c.name, holiday.c.source)
    return reduce(lambda told, part: told + _THEN + part, parts)


#: bound, it would be spelt for each execution anew
_NOTHING: Any = literal_column("''")
_HOLIDAYS = Hot(
    select(func.aggregate_strings(_told() + _NEXT, _NOTHING)).where(
        holiday.c.calendar == bindparam("of_calendar")
    )
)


def _agency(row: Row[Any]) -> AgencyRow:
    return AgencyRow(
        row.code, row.name, row.kind, row.valid_from, row.valid_to, bool(row.two_persons)
    )
