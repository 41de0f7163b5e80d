"""Stores for tests: real migrations applied once, each test on its own copy."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store.engines import sqlite_engine
from bot.store.migrations import upgrade
from bot.store.sqlite import SqliteStore


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file; copy it, never write to it."""
    path = tmp_path_factory.mktemp("database") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_file(migrated_template: Path, tmp_path: Path) -> Path:
    """Return a fresh migrated SQLite file."""
    path = tmp_path / "danhoi.db"
    shutil.copyfile(migrated_template, path)
    return path


@pytest.fixture
async def store(database_file: Path) -> AsyncIterator[SqliteStore]:
    """Return an open store on a fresh database."""
    store = SqliteStore(database_file)
    yield store
    await store.close()


@pytest.fixture
def connection(database_file: Path) -> Iterator[Connection]:
    """Return a connection in a transaction, for tests of single bodies."""
    engine = sqlite_engine(database_file, begin="BEGIN IMMEDIATE")
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()
