"""Where the data of a trial lies: one file, or a server for several nodes."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DBAPIError

from bot.moments import utc_now
from bot.store.migrations import upgrade
from bot.tables.delivery import quarantine
from tests import postgres
from tests.databases import transaction
from tests.faults.disk import Disk
from tests.faults.server import OwnServer, own_server
from tests.requirements import require

_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND application_name LIKE 'danhoi%'"
)


@dataclass(frozen=True, slots=True)
class Site:
    """A migrated database, how many nodes may work on it, and the disk it is on where that is
    one of its own."""

    url: str
    nodes: int
    disk: Disk | None = None
    server: OwnServer | None = None

    async def cut_off(self, seconds: float) -> None:
        """Keep everybody from the database for a while."""
        if self.server is None:
            with transaction(self.url):  # another process that holds the file
                await asyncio.sleep(seconds)
            return
        for _ in range(int(seconds)):
            with transaction(self.url) as connection:
                connection.execute(_CUT)
            await asyncio.sleep(1)

    async def start_anew(self) -> None:
        """Stop the server without a farewell and start it again."""
        assert self.server is not None
        await asyncio.to_thread(self.server.restart)

    def fill(self) -> None:
        """Write until not even a little has room."""
        for size in (1_000_000, 100_000, 8_000):
            self._fill(size)

    async def make_room(self) -> None:
        """Throw something away, and start the server where the full disk ended it."""
        assert self.disk is not None
        self.disk.throw_away()
        if self.server is not None:
            await asyncio.to_thread(self.server.start)

    def _fill(self, size: int) -> None:
        row = {"channel": "web", "headers": {}, "reason": "test"}
        while True:
            kept = {**row, "received_at": utc_now(), "raw": os.urandom(size)}
            try:
                with transaction(self.url) as connection:
                    _keep(connection, kept)
            except DBAPIError:
                return


def _keep(connection: Connection, row: dict[str, object]) -> None:
    connection.execute(insert(quarantine).values(**row))


@contextmanager
def sqlite_site(folder: Path, disk: Disk | None) -> Iterator[Site]:
    """Return a file for one service."""
    url = f"sqlite:///{folder / 'danhoi.db'}"
    upgrade(url)
    yield Site(url, 1, disk)


@contextmanager
def postgres_site(folder: Path, disk: Disk | None) -> Iterator[Site]:
    """Return a server of our own, for two nodes."""
    require("postgres")
    with own_server(folder / "data") as own, postgres.migrated_template(own.server) as name:
        own.database = name
        yield Site(own.url, 2, disk, own)


SITES = {"SQLite": sqlite_site, "PostgreSQL": postgres_site}
