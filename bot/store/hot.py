"""Statements of the hot path: compiled once, run straight on SQLite's driver.

Measured with `python -m bench.delivery`: of a durable acceptance SQLAlchemy's execution took
two thirds, SQLite itself a tenth. What a statement says stays SQLAlchemy's; only the way to the
driver is shorter. On PostgreSQL the way over the network costs more than all of this, and its
drivers' errors need SQLAlchemy's eyes: there statements run as ever.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

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
    """A statement in SQLite's words, and how values and rows are converted."""

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

    def read(self, cursor: sqlite3.Cursor) -> Rows:
        if not self.out_of:
            return Rows((), cursor.rowcount)
        found = [
            self.row(
                *(
                    value if convert is None else convert(value)
                    for value, convert in zip(row, self.out_of, strict=True)
                )
            )
            for row in cursor.fetchall()
        ]
        return Rows(found, cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Hot:
    """A statement that runs for every message. It has no IN over values: those are spelt for each
    execution anew."""

    statement: Statement | Prepared
    _compiled: dict[tuple[str, ...], _Compiled] = field(default_factory=dict, init=False)

    def run(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401
        """Execute it in the transaction of the connection; what comes back is read as `Rows` is."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._spelt(connection), values)
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        compiled = self._compiled.get(tuple(values)) or self._compile(connection, values)
        return compiled.read(driver.execute(compiled.text, compiled.bind(values)))

    def _spelt(self, connection: Connection) -> Statement:
        if isinstance(self.statement, Prepared):
            return self.statement.for_(connection)  # type: ignore[return-value]
        return self.statement

    def _compile(self, connection: Connection, values: Values) -> _Compiled:
        statement, dialect = self._spelt(connection), connection.dialect
        compiled = statement.compile(
            dialect=sqlite.dialect(paramstyle="named"),
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
        made = _Compiled(str(compiled), constants, into, row, out_of)
        self._compiled[tuple(values)] = made
        return made


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    convert: _Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _constant(bound: Any, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401
    convert = _bind(bound.type, dialect) if bound is not None else None
    return value if convert is None else convert(value)
