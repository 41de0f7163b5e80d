"""Copying a whole database into an empty one of either kind, and proving it row for row."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    Table,
    bindparam,
    create_engine,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from bot.errors import BotError
from bot.store import StoreUnavailable, queue_schema
from bot.store.engines import sqlite_engine, to_json
from bot.store.outages import is_unavailable
from bot.store.urls import driver_url, sqlite_path
from bot.tables import metadata

_CHUNK = 1000
_READ = {"yield_per": _CHUNK}
_ROOM = 1 << 256
#: Alembic's own table
_VERSIONS = "alembic_version"

#: told after each chunk: the table, and how many rows of it are new on the other side
Tell = Callable[[str, int], None]


class NotEmpty(BotError):
    """The target holds data already; name an empty database."""


class NotTheSame(BotError):
    """What arrived is not what was sent; the target was left as it was."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rows a table has, and a digest that any order of them has in common."""

    rows: int
    digest: int


def require_empty(url: str) -> None:
    """Raise NotEmpty for a database with anything in it but our own tables without rows.

    Nothing is changed, not even the schema: it may be somebody else's.
    """
    with reading(url) as target:
        there = set(inspect(target).get_table_names()) - {_VERSIONS}
        ours = {name: table for name, table in metadata.tables.items() if name in there}
        foreign = {name for name in there - ours.keys() if not name.startswith(queue_schema.PREFIX)}
        filled = {name for name, table in ours.items() if _has_rows(target, table)}
    if foreign | filled:
        named = ", ".join(sorted(foreign | filled)[:5])
        raise NotEmpty(f"the target holds data already ({named}); name an empty database")


def copy_all(source: Connection, target: Connection, tell: Tell) -> Mapping[str, Extent]:
    """Copy every table and compare; return what each holds. The caller commits.

    Raises NotTheSame where a table differs afterwards.
    """
    for table in metadata.sorted_tables:
        try:
            _copy(source, target, table, tell)
        except DBAPIError as error:
            if is_unavailable(error, writing=True):
                raise StoreUnavailable(f"{table.name}: {error.orig}") from error
            raise NotTheSame(f"{table.name}: {error.orig}") from error
    _count_on(target)
    return {table.name: _compare(source, target, table) for table in metadata.sorted_tables}


def extent(connection: Connection, table: Table) -> Extent:
    """Return how much a table holds, whatever database it is in."""
    rows = digest = 0
    for row in connection.execute(select(table), execution_options=_READ):
        line = json.dumps(tuple(row), default=_plain, sort_keys=True, ensure_ascii=False)
        rows += 1
        digest += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())
    return Extent(rows, digest % _ROOM)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Return a connection that sees one moment of a database for the block."""
    with _connected(url, "BEGIN") as engine, engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """Return a connection whose work is kept when the block ends well, and only then."""
    with _connected(url, "BEGIN IMMEDIATE") as engine, engine.begin() as connection:
        yield connection


@contextmanager
def _connected(url: str, begin: str) -> Iterator[Engine]:
    path = sqlite_path(url)
    if path is not None:
        engine = sqlite_engine(path, begin=begin)
    else:
        engine = create_engine(driver_url(url), poolclass=NullPool, json_serializer=to_json)
    try:
        yield engine
    except DBAPIError as error:
        if is_unavailable(error, writing=True):
            raise StoreUnavailable(f"the database cannot be reached: {error.orig}") from error
        raise
    finally:
        engine.dispose()


def _has_rows(connection: Connection, table: Table) -> bool:
    """Tell also of an older schema, where columns of ours are missing."""
    return connection.execute(select(literal(1)).select_from(table).limit(1)).first() is not None


def _copy(source: Connection, target: Connection, table: Table, tell: Tell) -> None:
    """Copy a table; what points into the table itself is set once all of it is there."""
    inward = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    pointers: list[dict[str, Any]] = []
    read = source.execute(select(table), execution_options=_READ).mappings()
    while chunk := [dict(row) for row in islice(read, _CHUNK)]:
        for row in chunk:
            for name in inward:
                if row[name] is not None:
                    pointers.append({"of_id": row["id"], name: row[name]})
                    row[name] = None
        target.execute(insert(table), chunk)
        tell(table.name, len(chunk))
    for pointer in pointers:
        pointing = update(table).where(table.c.id == bindparam("of_id"))
        target.execute(pointing.values({n: pointer[n] for n in pointer if n != "of_id"}), pointer)


def _count_on(target: Connection) -> None:
    """Let PostgreSQL number new rows after the copied ones; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        number = table.autoincrement_column
        if number is None:
            continue
        last = target.scalar(select(func.max(number)))
        target.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last, :used)"),
            {
                "table": table.name,
                "column": number.name,
                "last": last or 1,
                "used": last is not None,
            },
        )


def _compare(source: Connection, target: Connection, table: Table) -> Extent:
    sent, arrived = extent(source, table), extent(target, table)
    if sent != arrived:
        raise NotTheSame(
            f"{table.name}: {sent.rows} rows were sent and {arrived.rows} arrived, "
            "or one of them differs; the target was left as it was"
        )
    return sent


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"cannot compare {type(value).__name__}")
