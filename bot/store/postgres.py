"""The store on PostgreSQL: for several processes on one database."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.util import greenlet_spawn

from bot.store import Done, JointBody, StoreUnavailable, Wake, ignore_wake
from bot.store.batches import Batches, Item
from bot.store.engines import postgres_engine
from bot.store.hot import execute
from bot.store.migrations import require_head
from bot.store.outages import is_conflict, is_lost, is_unavailable
from bot.store.urls import driver_url

T = TypeVar("T")

#: what else goes into the transaction of bodies, when they have ended and before the commit
Announce = Callable[[Connection, Sequence[Wake]], None]

#: a body undone by a deadlock is run again this often in all
_TRIES = 5
#: most bodies of a group, and seconds after which it takes in no more: it holds rows
_TOGETHER, _LONG = 32, 0.1
#: seconds after which a group is not waited for: one of it waits for a row or does much
_SLOW_WRITE, _SLOW_READ = 0.25, 0.02
#: a group that waits for a row of another process's group may be waited for by it: it gives way
_GIVE_WAY = "SET LOCAL lock_timeout = '200ms'; SAVEPOINT begun"


class _Undone(Exception):
    """Its cause came before the commit was asked for: nothing happened."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _add_nothing(_connection: Connection, _wakes: Sequence[Wake]) -> None:
    """One process needs no announcement to others."""


class PostgresStore:
    """Opens a migrated database; raises SchemaOutdated or SchemaNewer for another schema.

    Bodies run under READ COMMITTED: one that reads a row and then writes by what it read locks
    the row first. Those that wait share a transaction, in order; where one of them fails, or
    the connection breaks before the commit, each is run again alone (docs/decisions/0013).
    `on_wake` is called in the caller's event loop after the commit; `announce` adds to the
    transaction itself. `waiting` bounds the writes under way, `patience` how many seconds one
    waits for a connection.
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
        self._reading = postgres_engine(url, connections, patience, reading=True)
        self._writes = Batches(
            self._keep, together=_TOGETHER, at_once=min(3, connections), slow=_SLOW_WRITE
        )
        self._reads = Batches(
            self._answer, together=_TOGETHER, at_once=connections, slow=_SLOW_READ
        )
        self._closed = False
        #: transactions so far that wrote
        self.commits = 0

    async def write(self, body: Callable[[Connection], Done[T]]) -> T:
        """Run `body` in a transaction shared with its neighbours, to its end even if the caller
        gives up."""
        self._refuse_if_closed()
        if self._writes.waiting >= self._waiting:
            raise StoreUnavailable("too many writes are waiting")
        value: T = await self._writes.put(body)
        return value

    async def read(self, body: Callable[[Connection], T]) -> T:
        """Run `body` on a read-only snapshot of now, or of a moment between now and its turn."""
        self._refuse_if_closed()
        value: T = await self._reads.put(body)
        return value

    @property
    def waiting(self) -> int:
        """Writes that are under way or wait for their turn."""
        return self._writes.waiting

    async def close(self) -> None:
        """Finish what is under way, then let go of the connections."""
        self._closed = True
        await self._writes.finish()
        await self._reads.finish()
        await self._writing.dispose()
        await self._reading.dispose()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")

    async def _keep(self, batch: deque[Item]) -> None:
        """Write a group; where it fails as a whole, each of it alone."""
        begun: list[Item] = []
        try:
            done = await greenlet_spawn(self._transact, batch, begun)
        except _Undone as undone:
            first = undone if len(begun) == 1 else None
            await asyncio.gather(*(self._insist(item, first) for item in begun))
        except Exception as error:  # noqa: BLE001 - no connection, or nobody knows what came of it
            _fail(begun or batch, error)
        else:
            self._tell(begun, done)

    async def _insist(self, item: Item, undone: _Undone | None) -> None:
        """Write a body alone, again after what was not its fault; `undone` was its first try."""
        for attempt in range(1, _TRIES + 1):
            if undone is None:
                undone = await self._keep_alone(item)
            if undone is None:
                return
            error, undone = undone.cause, None
            if attempt == _TRIES or not (is_lost(error) or is_conflict(error)):
                _fail([item], error)
                return
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311

    async def _keep_alone(self, item: Item) -> _Undone | None:
        """Write a body once, unless it is undone."""
        try:
            done = await greenlet_spawn(self._transact, deque([item]), [])
        except _Undone as undone:
            return undone
        except Exception as error:  # noqa: BLE001 - as above
            _fail([item], error)
        else:
            self._tell([item], done)
        return None

    def _transact(self, batch: deque[Item], begun: list[Item]) -> list[Done[Any]]:
        """Run bodies in one transaction, as many as there is time for."""
        with self._writing.sync_engine.connect() as connection:
            connection.begin()  # also for a body that leaves all to the announcement
            try:
                done = list(_run(connection, batch, begun))
                self._announce(connection, [wake for each in done for wake in each.wakes])
            except Exception as error:
                raise _Undone(error) from error
            connection.commit()
            self.commits += 1
            return done

    def _tell(self, items: Sequence[Item], done: Sequence[Done[Any]]) -> None:
        for item, each in zip(items, done, strict=True):
            item.succeed(each.value)
        for each in done:
            for wake in each.wakes:
                self._on_wake(wake)

    async def _answer(self, batch: deque[Item]) -> None:
        try:
            await greenlet_spawn(self._look, batch)
        except Exception as error:  # noqa: BLE001 - no connection
            _fail(batch, error, writing=False)
            batch.clear()

    def _look(self, batch: deque[Item]) -> None:
        """Answer bodies from one snapshot, until one of them spoils it."""
        with self._reading.sync_engine.connect() as connection:
            connection.begin()
            while batch:
                item = batch.popleft()
                try:
                    value = item.body(connection)
                except Exception as error:  # noqa: BLE001 - it is the caller's
                    if is_lost(error) and not item.again:
                        item.again = True  # it rested in the pool, and all of its kind are dropped
                        batch.appendleft(item)
                    else:
                        _fail([item], error, writing=False)
                    return
                item.succeed(value)
            connection.commit()  # a rollback would cost what the driver has prepared


def _run(connection: Connection, batch: deque[Item], begun: list[Item]) -> Iterator[Done[Any]]:
    """Run bodies one after the other, those that can be run together first."""
    if len(batch) > 1:
        execute(connection, _GIVE_WAY, (), once=True)
    joint = [item for item in batch if isinstance(item.body, JointBody)]
    if len(joint) > 1:
        for item in joint:
            batch.remove(item)
        begun.extend(joint)
        yield from _run_together(connection, [item.body for item in joint])
    end = time.monotonic() + _LONG
    while batch and (not begun or time.monotonic() < end):
        begun.append(batch.popleft())
        yield begun[-1].body(connection)


def _run_together(connection: Connection, bodies: Sequence[Any]) -> Sequence[Done[Any]]:
    try:
        done: Sequence[Done[Any]] = bodies[0].together(connection, bodies)
    except Exception as error:
        if is_unavailable(error, writing=True):
            raise
        execute(connection, "ROLLBACK TO SAVEPOINT begun", (), once=True)
        return [body(connection) for body in bodies]
    return done


def _fail(items: Iterable[Item], error: Exception, *, writing: bool = True) -> None:
    """Tell callers what went wrong, in our words where it is the database's fault."""
    told = error
    if is_unavailable(error, writing=writing):
        what = "take writes now" if writing else "be read"
        told = StoreUnavailable(f"the database cannot {what}: {error}")
        told.__cause__ = error
    for item in items:
        item.fail(told)


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
