"""A PostgreSQL server of our own that may be stopped, started anew and run out of disk."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import Server, start

#: what was acknowledged outlives the server; that it outlives the machine too is not tried here
_DURABLE = "\nmax_connections = 100\nfsync = off\n"


@dataclass
class OwnServer:
    """A server, and the database on it that a trial uses."""

    server: Server
    own: Any
    database: str = "postgres"

    @property
    def url(self) -> str:
        """Return the address of the trial's database."""
        return self.server.address(self.database)

    def restart(self) -> None:
        """Stop the server without a farewell and start it again."""
        os.kill(self.own.get_pid(), signal.SIGQUIT)
        self._until_gone()
        self.start()

    def start(self) -> None:
        """Start the server where it is not running."""
        self.own.ensure_postgres_running()

    def _until_gone(self) -> None:
        for _ in range(200):
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if not (self.own.pgdata / "postmaster.pid").exists():
                    return
            time.sleep(0.05)


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """Return a running server, stopped after the block. Not below pytest's own folder: another
    session that starts takes the right to enter that away from the server's user."""
    own = start(folder, _DURABLE)
    try:
        yield OwnServer(Server(own.get_uri()), own)
    finally:
        own.cleanup()
