"""INSERT … ON CONFLICT, spelt alike by both databases and apart by SQLAlchemy."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Upsert = sqlite.Insert | postgresql.Insert


def insert(connection: Connection, table: Table) -> Upsert:
    """Return an insert that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _insert(connection.dialect.name, table)


class Prepared:
    """A statement with ON CONFLICT that is built once, in the spelling of each database."""

    def __init__(self, table: Table, finish: Callable[[Any], Executable]) -> None:
        self._spelt = {name: finish(_insert(name, table)) for name in ("sqlite", "postgresql")}

    def for_(self, connection: Connection) -> Executable:
        """Return the spelling of a connection's database."""
        return self._spelt[connection.dialect.name]


def _insert(dialect: str, table: Table) -> Upsert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
