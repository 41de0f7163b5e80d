"""Looking at a test's database past the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, NullPool, create_engine

from bot.store.engines import sqlite_engine, to_json
from bot.store.urls import driver_url, sqlite_path


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """Return a connection; what the block did is kept."""
    engine = raw_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def raw_engine(url: str) -> Engine:
    """Return a plain engine on a database, for looking past the store."""
    path = sqlite_path(url)
    if path is not None:
        return sqlite_engine(path, begin="BEGIN IMMEDIATE")
    return create_engine(driver_url(url), poolclass=NullPool, json_serializer=to_json)
