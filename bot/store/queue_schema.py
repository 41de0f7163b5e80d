"""procrastinate's own tables on PostgreSQL: made once, then brought up to its version."""

from importlib import metadata, resources
from typing import Any

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

PREFIX = "procrastinate_"
_JOBS = "procrastinate_jobs"
_NOTED = text("SELECT obj_description(to_regclass('procrastinate_jobs'))")


def apply(connection: Connection) -> None:
    """Make procrastinate's tables, or run what its newer version added, in this transaction.

    The version they stand at is noted as a comment on the table of jobs.
    """
    if connection.dialect.name != "postgresql":
        return
    installed = metadata.version("procrastinate")
    there = connection.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL"))
    noted = connection.scalar(_NOTED) if there else None
    if noted == installed:
        return
    if there:
        for script in _scripts_after(_key(noted or installed)):
            _run(connection, script)
    else:
        _run(connection, SchemaManager.get_schema())
    _run(connection, f"COMMENT ON TABLE {_JOBS} IS '{installed}'")


def _scripts_after(version: tuple[int, ...]) -> list[str]:
    """Return the scripts of versions after one, in order: "03.04.00_01_pre_….sql"."""
    folder = resources.files("procrastinate.sql.migrations")
    named = sorted((path.name, path) for path in folder.iterdir() if path.name.endswith(".sql"))
    newer = [path for name, path in named if _key(name.split("_")[0]) > version]
    return [path.read_text(encoding="utf-8") for path in newer]


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


def _run(connection: Connection, script: str) -> None:
    """Run a script of many statements, which only the driver itself takes."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
