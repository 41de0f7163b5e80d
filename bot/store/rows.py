"""Many rows by one statement, for SQLite.

Each call of the driver lets go of the interpreter, and where the event loop is busy each call
waits to get it back: eight rows at once cost little more than one.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Spelt:
    """An INSERT cut around its one row, and how values are converted for the driver."""

    head: str
    row: str
    tail: str
    into: Sequence[tuple[str, _Convert]]


def _as_it_is(insert: Insert) -> Insert:
    return insert


@dataclass(frozen=True, slots=True)
class HotRows:
    """An INSERT of the hot path; `finish` adds clauses to it."""

    table: Table
    finish: Callable[[Insert], Insert | ReturningInsert[Any]] = _as_it_is
    _spelt: list[_Spelt] = field(default_factory=list, init=False)

    def insert(self, connection: Connection, rows: Sequence[Values]) -> list[Any]:
        """Insert rows, which name the same columns each time; return what RETURNING says, in
        SQLite's own types."""
        if not self._spelt:
            self._spelt.append(self._spell(connection, rows[0]))
        (spelt,) = self._spelt
        values = [
            row[name] if convert is None else convert(row[name])
            for row in rows
            for name, convert in spelt.into
        ]
        text = f"{spelt.head}{', '.join([spelt.row] * len(rows))}{spelt.tail}"
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        return driver.execute(text, values).fetchall()

    def _spell(self, connection: Connection, row: Values) -> _Spelt:
        positional, dialect = sqlite.dialect(paramstyle="qmark"), connection.dialect
        statement = self.finish(insert(self.table))
        compiled = statement.compile(dialect=positional, column_keys=list(row))
        into = [
            (name, self.table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        head, marks, tail = str(compiled).partition(f"({', '.join('?' * len(into))})")
        return _Spelt(head, marks, tail, into)
