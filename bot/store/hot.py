"""Statements of the hot path: compiled once, run straight on the database's driver.

Measured with `python -m bench.delivery`: of a durable acceptance SQLAlchemy's execution took
two thirds, SQLite itself a tenth; on PostgreSQL it took as long as the way there and back. What
a statement says stays SQLAlchemy's; only the way to the driver is shorter, and errors are the
driver's own.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only

from bot.store.upsert import Prepared

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Values = Mapping[str, Any]
#: what the driver takes or gives ↔ what Python means by it; None where they are the same
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement found, with the names SQLAlchemy gives to the same."""

    found: Sequence[Any]
    rowcount: int

    def all(self) -> Sequence[Any]:
        """Return every row."""
        return self.found

    def first(self) -> Any:  # noqa: ANN401
        """Return the first row, None where there is none."""
        return self.found[0] if self.found else None

    def one(self) -> Any:  # noqa: ANN401
        """Return the only row; raise ValueError where there is not exactly one."""
        (row,) = self.found
        return row

    def scalars(self) -> Sequence[Any]:
        """Return the first column of every row."""
        return [row[0] for row in self.found]

    def scalar(self) -> Any:  # noqa: ANN401
        """Return the first column of the first row, None where there is none."""
        return self.found[0][0] if self.found else None

    def scalar_one(self) -> Any:  # noqa: ANN401
        """Return the first column of the only row."""
        return self.one()[0]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in a database's words, and how values and rows are converted."""

    text: str
    constants: Values
    into: Mapping[str, _Convert]
    row: Callable[..., Any]
    out_of: Sequence[_Convert]

    def bind(self, values: Values) -> Values:
        bound = dict(self.constants)
        for name, convert in self.into.items():
            value = values[name]
            bound[name] = value if convert is None else convert(value)
        return bound

    def read(self, rows: Iterable[Any], rowcount: int) -> Rows:
        if not self.out_of:
            return Rows((), rowcount)
        found = [
            self.row(
                *(
                    value if convert is None else convert(value)
                    for value, convert in zip(row, self.out_of, strict=True)
                )
            )
            for row in rows
        ]
        return Rows(found, rowcount)


@dataclass(frozen=True, slots=True)
class Hot:
    """A statement that runs for every message. It has no IN over values: those are spelt for each
    execution anew."""

    statement: Statement | Prepared
    _compiled: dict[tuple[str, ...], _Compiled] = field(default_factory=dict, init=False)

    def run(self, connection: Connection, values: Values) -> Rows:
        """Execute it in the transaction of the connection."""
        key = (connection.dialect.name, *values)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = self._compile(connection, values)
        return compiled.read(*execute(connection, compiled.text, compiled.bind(values)))

    def _spelt(self, connection: Connection) -> Statement:
        if isinstance(self.statement, Prepared):
            return self.statement.for_(connection)  # type: ignore[return-value]
        return self.statement

    def _compile(self, connection: Connection, values: Values) -> _Compiled:
        statement, dialect = self._spelt(connection), connection.dialect
        compiled = statement.compile(
            dialect=sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect,
            column_keys=sorted(values),
        )
        required = [name for name, bound in compiled.binds.items() if bound.required]
        if absent := [name for name in required if name not in values]:
            raise TypeError(f"the statement lacks {', '.join(absent)}")
        into = {name: _bind(compiled.binds[name].type, dialect) for name in values}
        constants = {
            name: _constant(compiled.binds.get(name), value, dialect)
            for name, value in compiled.params.items()
            if name not in values
        }
        columns = list(statement.exported_columns)
        names = [column.key or "" for column in columns]
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # names are data here
        out_of = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
        return _Compiled(str(compiled), constants, into, row, out_of)


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    convert: _Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _constant(bound: Any, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401
    convert = _bind(bound.type, dialect) if bound is not None else None
    return value if convert is None else convert(value)


def execute(
    connection: Connection, text: str, values: Values | Sequence[Any], *, once: bool = False
) -> tuple[Sequence[Any], int]:
    """Execute words of the database's own on its driver; return rows, and how many it was about.

    PostgreSQL plans a statement for good unless it comes `once`: spelt so, or not again soon.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        cursor = driver.execute(text, values)
        return cursor.fetchall(), cursor.rowcount
    cursor = driver.cursor() if once else _cursor(connection, driver, text)
    try:
        if not connection.dialect.is_async:
            cursor.execute(text, values, prepare=not once)
            return cursor.fetchall() if cursor.description else (), cursor.rowcount
        return await_only(_fetch(cursor, text, values, prepare=not once)), cursor.rowcount
    except psycopg.OperationalError:
        if driver.closed:  # SQLAlchemy must see it too: it drops what else rests in the pool
            connection.exec_driver_sql("SELECT 1")
        raise


def _cursor(connection: Connection, driver: Any, text: str) -> Any:  # noqa: ANN401
    """Return the cursor of a statement: it knows how to read what comes back."""
    cursors = connection.info.setdefault("cursors", {})
    cursor = cursors.get(text)
    if cursor is None:
        cursor = cursors[text] = driver.cursor()
    return cursor


async def _fetch(
    cursor: "psycopg.AsyncCursor[Any]",
    text: str,
    values: Values | Sequence[Any],
    *,
    prepare: bool,
) -> Sequence[Any]:
    await cursor.execute(text, values, prepare=prepare)
    return await cursor.fetchall() if cursor.description else ()
