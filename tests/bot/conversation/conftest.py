"""A database with the small library's entries, and citizens to talk with."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from bot.tables.knowledge import entry
from tests import postgres
from tests.bot.conversation.chat import FRIDAY, Chat
from tests.bot.conversation.library import ENTRIES
from tests.databases import raw_engine

NewChat = Callable[..., Chat]


@pytest.fixture(scope="package")
def empty(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return an engine on a database without rows, of the kind that this run tests."""
    if postgres.chosen() == "sqlite":
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(request.getfixturevalue("migrated_template"))) as template:
            template.backup(copy)
        engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)
        yield engine
        engine.dispose()
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.copy(request.getfixturevalue("postgres_template")) as url:
        engine = raw_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="package")
def engine(empty: Engine) -> Engine:
    """Return an engine on a database with the small library's entries."""
    rows: list[dict[str, Any]] = [
        {
            "id": e.id,
            "kind": e.kind,
            "code": e.code,
            "state": "public",
            "merged": e.as_json(),
            "folded": "",
            "changed_at": FRIDAY,
        }
        for e in ENTRIES
    ]
    with empty.begin() as connection:
        connection.execute(insert(entry), rows)
    return empty


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def new_chat(connection: Connection) -> NewChat:
    return lambda **given: Chat(connection, **given)


@pytest.fixture
def chat(new_chat: NewChat) -> Chat:
    return new_chat()
