"""Many rows by one statement.

Each call of SQLite's driver lets go of the interpreter, and where the event loop is busy each
call waits to get it back; to PostgreSQL each is a way there and back. Eight rows at once cost
little more than one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.dml import ReturningInsert

from bot.store.hot import execute
from bot.store.upsert import insert

Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Spelt:
    """An INSERT cut around its one row, and how values are converted for the driver."""

    head: str
    row: str
    tail: str
    into: Sequence[tuple[str, _Convert]]


def _as_it_is(statement: Insert) -> Insert:
    return statement


@dataclass(frozen=True, slots=True)
class HotRows:
    """An INSERT of the hot path; `finish` adds clauses to it."""

    table: Table
    finish: Callable[[Any], Insert | ReturningInsert[Any]] = _as_it_is
    _spelt: dict[str, _Spelt] = field(default_factory=dict, init=False)

    def insert(self, connection: Connection, rows: Sequence[Values]) -> Sequence[Any]:
        """Insert rows, which name the same columns each time; return what RETURNING says, in
        the driver's own types."""
        spelt = self._spelt.get(connection.dialect.name)
        if spelt is None:
            spelt = self._spelt[connection.dialect.name] = self._spell(connection, rows[0])
        values = [
            row[name] if convert is None else convert(row[name])
            for row in rows
            for name, convert in spelt.into
        ]
        text = f"{spelt.head}{', '.join([spelt.row] * len(rows))}{spelt.tail}"
        found, _ = execute(connection, text, values, once=True)
        return found

    def _spell(self, connection: Connection, row: Values) -> _Spelt:
        dialect = connection.dialect
        statement = self.finish(insert(connection, self.table))
        compiled = statement.compile(dialect=_positional(dialect), column_keys=list(row))
        into = [
            (name, self.table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        head, values, rest = str(compiled).partition(" VALUES ")
        end = _closing(rest) + 1
        return _Spelt(head + values, rest[:end], rest[end:], into)


def _positional(dialect: Dialect) -> Dialect:
    if dialect.name == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    return psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]


def _closing(text: str) -> int:
    """Return where the parenthesis closes with which a text opens."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return place
    raise ValueError(text)
