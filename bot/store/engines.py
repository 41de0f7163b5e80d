"""SQLAlchemy engines as this service needs them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Pool, QueuePool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.hot import execute
from bot.store.urls import driver_url

#: reading threads, each with a connection of its own: a few slow reports leave some to the chat
READERS = 8


def to_json(value: object, *, sort: bool = False) -> str:
    """Return compact JSON in plain UTF-8; a lone surrogate becomes "?", as no database keeps it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort else None).decode()
    except TypeError:  # a surrogate, or a number beyond 64 bits
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort)
        return text.encode("utf-8", "replace").decode()


def from_json(stored: str | bytes | float) -> Any:  # noqa: ANN401
    """Read what `to_json` wrote; a lone number comes back from SQLite as the number it is."""
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def sqlite_engine(
    path: Path,
    *,
    begin: str = "BEGIN",
    query_only: bool = False,
    pool: type[Pool] = QueuePool,
    foreign_keys: bool = True,
    busy_seconds: float = 2.0,
) -> Engine:
    """Return an engine whose transactions are SQLite's own: `begin` opens each.

    The driver's habit of opening transactions by itself is switched off; WAL with
    synchronous=FULL makes a commit survive a power cut. `busy_seconds` is how long a statement
    waits for another process that holds the file.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=pool,
        **({"pool_size": READERS, "max_overflow": 0} if pool is QueuePool else {}),
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
        json_serializer=to_json,
        json_deserializer=from_json,
        hide_parameters=True,  # errors are logged; what citizens wrote is not
    )
    pragmas = (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}",
        f"PRAGMA query_only={'ON' if query_only else 'OFF'}",
        "PRAGMA cache_size=-16000",
        "PRAGMA secure_delete=ON",  # erased words are written over; only some builds do so unasked
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]

    return engine


#: A process that stops inside a transaction must not hold its rows against the others: its
#: lease ends after some seconds, and so does its transaction. Broken lines are noticed as fast.
_SESSION = (
    "SET idle_in_transaction_session_timeout = '4s'",
    "SET lock_timeout = '30s'",
    "SET statement_timeout = '120s'",
)
#: One that reads holds nobody up, and has much to do with what it read.
_READING = (
    "SET idle_in_transaction_session_timeout = '60s'",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
)
#: of a connection to PostgreSQL
LINE: Mapping[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def postgres_engine(
    url: str, connections: int, patience: float, *, reading: bool = False
) -> AsyncEngine:
    """Return an engine with a bounded pool; `patience` is the wait for a free connection.

    Transactions of one that is for `reading` see a single moment and change nothing. Others are
    begun by us: the execution option `begin` takes along what would be a way there of its own.
    """
    session = "; ".join((*_SESSION, *_READING) if reading else _SESSION)
    engine = create_async_engine(
        driver_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience,
        connect_args={**LINE, "application_name": "danhoi"},
        json_serializer=to_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401
        cursor = connection.cursor()
        cursor.execute(session)
        cursor.close()
        connection.commit()
        connection.autocommit = not reading

    if not reading:
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    execute(connection, connection.get_execution_options().get("begin", "BEGIN"), (), once=True)
