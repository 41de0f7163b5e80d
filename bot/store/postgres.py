"""The store on PostgreSQL: for several processes on one database."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Done, StoreUnavailable, Wake, ignore_wake
from bot.store.engines import postgres_engine
from bot.store.migrations import require_head
from bot.store.outages import is_conflict, is_lost, is_unavailable
from bot.store.urls import driver_url

T = TypeVar("T")

#: what else goes into the transaction of a body, when it has ended and before the commit
Announce = Callable[[AsyncConnection, Sequence[Wake]], Awaitable[None]]

#: a body undone by a deadlock is run again this often in all
_TRIES = 5


class _Undone(Exception):
    """The connection went away before the commit was asked for: nothing happened."""


async def _add_nothing(_connection: AsyncConnection, _wakes: Sequence[Wake]) -> None:
    """One process needs no announcement to others."""


class PostgresStore:
    """Opens a migrated database; raises SchemaOutdated or SchemaNewer for another schema.

    Bodies run under READ COMMITTED: one that reads a row and then writes by what it read locks
    the row first. After a deadlock, or when the connection broke before the commit, a body is
    run again. `on_wake` is called in the caller's event loop after the commit; `announce` adds
    to the transaction itself. `waiting` bounds the writes under way, `patience` how many seconds
    one waits for a connection.
    """

    def __init__(
        self,
        url: str,
        on_wake: Callable[[Wake], None] = ignore_wake,
        announce: Announce = _add_nothing,
        *,
        waiting: int = 1000,
        connections: int = 8,
        patience: float = 10.0,
    ) -> None:
        _require_head(url)
        self._on_wake = on_wake
        self._announce = announce
        self._waiting = waiting
        self._writing = postgres_engine(url, connections, patience)
        self._reading = postgres_engine(url, connections, patience).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def write(self, body: Callable[[Connection], Done[T]]) -> T:
        """Run `body` in a transaction of its own, to its end even if the caller gives up."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if len(self._under_way) >= self._waiting:
            raise StoreUnavailable("too many writes are waiting")
        task = asyncio.create_task(self._write(body))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def read(self, body: Callable[[Connection], T]) -> T:
        """Run `body` on a read-only snapshot."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            return await self._read(body)
        except _Undone:  # a pooled connection had died; all of its kind are thrown away now
            pass
        try:
            return await self._read(body)
        except _Undone as error:
            raise StoreUnavailable(f"the database cannot be read: {error}") from error

    @property
    def waiting(self) -> int:
        """Writes that are under way or wait for a connection."""
        return len(self._under_way)

    async def close(self) -> None:
        """Finish the writes under way, then let go of the connections."""
        self._closed = True
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._writing.dispose()
        await self._reading.dispose()

    async def _write(self, body: Callable[[Connection], Done[T]]) -> T:
        done = await self._until_kept(body)
        for wake in done.wakes:
            self._on_wake(wake)
        return done.value

    async def _until_kept(self, body: Callable[[Connection], Done[T]]) -> Done[T]:
        for attempt in itertools.count(1):
            try:
                return await self._transact(body)
            except Exception as error:
                again = isinstance(error, _Undone) or is_conflict(error)
                if attempt < _TRIES and again:
                    await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
                elif again or is_unavailable(error, writing=True):
                    reason = f"the database cannot take writes now: {error}"
                    raise StoreUnavailable(reason) from error
                else:
                    raise
        raise AssertionError

    async def _transact(self, body: Callable[[Connection], Done[T]]) -> Done[T]:
        async with self._writing.connect() as connection:
            await connection.begin()  # also for a body that leaves all to the announcement
            try:
                done = await connection.run_sync(body)
                await self._announce(connection, done.wakes)
            except Exception as error:
                if is_lost(error):
                    raise _Undone(str(error)) from error
                raise
            await connection.commit()
            return done

    async def _read(self, body: Callable[[Connection], T]) -> T:
        try:
            async with self._reading.connect() as connection:
                try:
                    return await connection.run_sync(body)
                except Exception as error:
                    if is_lost(error):
                        raise _Undone(str(error)) from error
                    raise
        except Exception as error:
            if is_unavailable(error):
                raise StoreUnavailable(f"the database cannot be read: {error}") from error
            raise


def _require_head(url: str) -> None:
    engine = create_engine(driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            require_head(connection)
    except Exception as error:
        if is_unavailable(error):
            raise StoreUnavailable(f"the database cannot be reached: {error}") from error
        raise
    finally:
        engine.dispose()
