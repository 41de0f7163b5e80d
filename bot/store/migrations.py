"""The schema's revisions: where a database stands, and moving it."""

import sys
import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.exc import OperationalError

from bot.errors import BotError
from bot.store import StoreUnavailable, queue_schema
from bot.store.engines import sqlite_engine
from bot.store.urls import driver_url, sqlite_path
from bot.tables import metadata

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"

#: names the lock that a migration takes in its PostgreSQL database
_TURN = 0x64616E686F69
#: seconds for which a migration waits for another one on the same SQLite file
_PATIENCE = 60.0


class SchemaOutdated(BotError):
    """The database has an older schema than this version; run: python -m bot migrate."""


class SchemaNewer(BotError):
    """The database was migrated by a newer version of this service; run that version."""


@cache
def head() -> str:
    """Return the newest revision this version knows; raise where there are several."""
    revision = _scripts().get_current_head()
    assert revision is not None, "no revision in migrations/versions"  # noqa: S101
    return revision


def current(url: str) -> str | None:
    """Return the revision of a database, None where nothing was ever migrated.

    Raises StoreUnavailable where there is no way to the database.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return revision_of(connection)
    except OperationalError as error:
        raise _unreachable(error) from error
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Return the revision of an open database."""
    return MigrationContext.configure(connection).get_current_revision()


def require_head(connection: Connection) -> None:
    """Raise SchemaOutdated or SchemaNewer unless the database is at our newest revision."""
    if revision_of(connection) != head():
        _require_known(connection)
        raise SchemaOutdated


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to a revision, creating the database where there is none."""
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    _move(url, revision, up=True)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision ("base" for an empty database)."""
    _move(url, revision, up=False)


def drift(url: str) -> list[object]:
    """Return how the tables in the code differ from a migrated database; empty is right."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            opts = {"compare_type": True, "include_object": is_ours}
            context = MigrationContext.configure(connection, opts=opts)
            return list(compare_metadata(context, metadata))
    finally:
        engine.dispose()


def is_ours(
    _object: object, name: str | None, kind: str, reflected: bool, _compare_to: object
) -> bool:
    """Leave other tools' tables (the queue's) alone when comparing."""
    return not (kind == "table" and reflected and name not in metadata.tables)


def _move(url: str, revision: str, *, up: bool) -> None:
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            _wait_for_others(connection)
            _require_known(connection)
            config = _config(connection)
            (command.upgrade if up else command.downgrade)(config, revision)
            if up:
                queue_schema.apply(connection)
    except OperationalError as error:
        if error.statement is not None:  # we were in: a step failed
            raise
        raise _unreachable(error) from error
    finally:
        engine.dispose()


def _require_known(connection: Connection) -> None:
    found = revision_of(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise SchemaNewer


def _wait_for_others(connection: Connection) -> None:
    """Let one process after the other in; the later finds what the earlier did. A transaction
    of SQLite's is alone from its beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _unreachable(error: OperationalError) -> StoreUnavailable:
    return StoreUnavailable(f"the database cannot be reached: {error.orig}")


def _engine(url: str) -> Engine:
    """SQLite tables are rebuilt by some migrations, which foreign keys would forbid."""
    path = sqlite_path(url)
    if path is None:
        return create_engine(driver_url(url))
    return sqlite_engine(path, begin="BEGIN IMMEDIATE", foreign_keys=False, busy_seconds=_PATIENCE)


def _config(connection: Connection | None = None) -> Config:
    return Config(toml_file=_PROJECT, attributes={"connection": connection})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def main() -> None:
    """Exit with a message unless there is one head and it makes the tables of the code."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/check.db"
        upgrade(url)
        differences = drift(url)
    if differences:
        sys.exit(f"tables and migrations differ: {differences}")
    sys.stdout.write(f"one head ({head()}), no drift\n")


if __name__ == "__main__":
    main()
