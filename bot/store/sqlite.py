"""The store on one SQLite file: the embedded default."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, StaticPool

from bot.store import Done, StoreUnavailable, Wake, ignore_wake
from bot.store.engines import READERS, sqlite_engine
from bot.store.lock import DatabaseLock
from bot.store.migrations import SchemaOutdated, require_head
from bot.store.outages import is_unavailable
from bot.store.writer import GroupWriter

T = TypeVar("T")


class SqliteStore:
    """Opens a migrated file; raises SchemaOutdated or SchemaNewer for another schema.

    `exclusive` is for the service: it refuses a second one on the same file with
    DatabaseInUse. Commands leave it out and may read and write beside the service.
    `on_wake` is called in the caller's event loop, after the commit. `waiting` bounds the
    queue of writes, `busy_seconds` the wait for another process that holds the file.
    """

    def __init__(
        self,
        path: Path,
        on_wake: Callable[[Wake], None] = ignore_wake,
        *,
        exclusive: bool = False,
        waiting: int = 5000,
        busy_seconds: float = 2.0,
    ) -> None:
        if not path.exists():
            raise SchemaOutdated
        self._lock = DatabaseLock(path) if exclusive else None
        if self._lock:
            self._lock.acquire()
        self._reading = sqlite_engine(path, query_only=True, busy_seconds=busy_seconds)
        self._writing = sqlite_engine(
            path, begin="BEGIN IMMEDIATE", pool=StaticPool, busy_seconds=busy_seconds
        )
        try:
            with self._reading.connect() as connection:
                require_head(connection)
        except BaseException:
            self._let_go()
            raise
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = GroupWriter(self._writing, on_wake, waiting=waiting)

    async def write(self, body: Callable[[Connection], Done[T]]) -> T:
        """Run `body` in a transaction shared with its neighbours, a savepoint of its own."""
        value: T = await self._writer.submit(body)
        return value

    async def read(self, body: Callable[[Connection], T]) -> T:
        """Run `body` on a read-only snapshot in a thread."""
        try:
            future = asyncio.get_running_loop().run_in_executor(self._readers, self._read, body)
        except RuntimeError as error:
            raise StoreUnavailable("the store is closed") from error
        return await future

    @property
    def commits(self) -> int:
        """Transactions so far; fewer than writes where several shared one."""
        return self._writer.commits

    @property
    def waiting(self) -> int:
        """Writes that wait for the writer."""
        return self._writer.waiting()

    def is_accepting(self) -> bool:
        """Whether somebody waits on the line: other work had better wait."""
        return self._writer.is_accepting()

    async def close(self) -> None:
        """Finish the queued writes, then let go of the file and its lock."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        self._let_go()

    def _read(self, body: Callable[[Connection], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return body(connection)
        except Exception as error:
            if is_unavailable(error):
                raise StoreUnavailable(f"the database cannot be read: {error}") from error
            raise

    def _let_go(self) -> None:
        self._reading.dispose()
        self._writing.dispose()
        if self._lock:
            self._lock.release()
