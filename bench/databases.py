"""Fresh databases on both engines, as durable as a service's are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from bot.store.migrations import upgrade
from tests.postgres import Server, migrated_template, start

#: both engines keep what they said they kept, through a power cut
SQLITE, POSTGRES = "SQLite", "PostgreSQL"
ENGINES = (SQLITE, POSTGRES)

_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(slots=True)
class Databases:
    """Makes databases in `folder` and on `server`."""

    folder: Path
    server: Server
    template: str
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh(self, engine: str) -> str:
        """Return the address of a migrated database that nobody has used."""
        if engine == POSTGRES:
            return self.server.address(self.server.create(self.template))
        url = f"sqlite:///{self.folder}/{next(self._numbers)}.db"
        upgrade(url)
        return url

    def told(self) -> str:
        """Say how durable they are, as the servers themselves say it."""
        with psycopg.connect(self.server.url) as connection:
            version = connection.info.server_version // 10000
            rows = [(name, connection.execute(f"SHOW {name}").fetchone()) for name in _DURABLE]
        settings = ", ".join(f"{name}={row[0]}" for name, row in rows if row)
        return f"SQLite with synchronous=FULL; PostgreSQL {version} with {settings}"


@contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    """Start a server of our own, with its usual settings, for the block."""
    own = start(folder / "postgres", "\nlog_min_messages = fatal\n")
    try:
        server = Server(own.get_uri())
        with migrated_template(server) as template:
            yield Databases(folder, server, template)
    finally:
        own.cleanup()
