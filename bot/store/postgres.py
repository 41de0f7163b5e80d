"""The store on PostgreSQL: for several processes on one database."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import structlog
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.util import greenlet_spawn

from bot.errors import BotError
from bot.store import Done, JointBody, JointLook, StoreUnavailable, Wake, ignore_wake
from bot.store.batches import Batches, Item
from bot.store.engines import postgres_engine
from bot.store.hot import execute
from bot.store.migrations import require_head
from bot.store.outages import is_conflict, is_lost, is_unavailable
from bot.store.urls import driver_url

_log = structlog.get_logger()

T = TypeVar("T")

#: what else goes into the transaction of bodies, when they have ended and before the commit
Announce = Callable[[Connection, Sequence[Wake]], None]

#: a body undone by a deadlock is run again this often in all
_TRIES = 5
#: most bodies of a group, and seconds after which it takes in no more: it holds rows
_TOGETHER, _LONG = 32, 0.1
#: seconds after which a group is not waited for: one of it waits for a row or does much
_SLOW_WRITE, _SLOW_READ = 0.25, 0.1
#: a group that waits for a row of another process's group may be waited for by it: it gives way
_GIVING_WAY = {"begin": "BEGIN; SET LOCAL lock_timeout = '200ms'; SAVEPOINT begun"}


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
        is_group = len(batch) > 1
        try:
            done = await greenlet_spawn(self._transact, batch, begun)
        except _Undone as undone:
            first = None if is_group else undone
            await asyncio.gather(*(self._insist(item, first) for item in begun))
        except Exception as error:  # noqa: BLE001 - no connection, or nobody knows what came of it
            _fail(begun or batch, error)
            if not begun:  # what was told to have failed must not be done later
                batch.clear()
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
            connection.execution_options(**(_GIVING_WAY if len(batch) > 1 else {}))
            try:
                connection.begin()  # also for a body that leaves all to the announcement
                done = _run(connection, batch, begun)
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
            while not _is_spoilt(connection) and _look_together(connection, batch):
                pass
            while batch and not _is_spoilt(connection):
                _look_alone(connection, batch)
            if not _is_spoilt(connection):
                connection.commit()  # a rollback would cost what the driver has prepared


def _run(connection: Connection, batch: deque[Item], begun: list[Item]) -> list[Done[Any]]:
    """Run bodies, first together those that can be, then one after the other."""
    end = time.monotonic() + _LONG
    done = _run_together(connection, batch, begun) if len(batch) > 1 else []
    while batch and (not begun or time.monotonic() < end):
        begun.append(batch.popleft())
        done.append(begun[-1].body(connection))
    return done


def _run_together(connection: Connection, batch: deque[Item], begun: list[Item]) -> list[Done[Any]]:
    done: list[Done[Any]] = []
    try:
        while joint := _joint(batch):
            begun.extend(_taken(joint, batch))
            bodies: list[Any] = [item.body for item in joint]
            done += bodies[0].together(connection, bodies)
    except Exception as error:
        if is_unavailable(error, writing=True):
            raise
        _report(bodies[0], error)
        execute(connection, "ROLLBACK TO SAVEPOINT begun", (), once=True)
        return [item.body(connection) for item in begun]
    return done


def _taken(joint: Sequence[Item], batch: deque[Item]) -> Sequence[Item]:
    for item in joint:
        batch.remove(item)
    return joint


def _joint(batch: Iterable[Item]) -> Sequence[Item]:
    """Return items that can be run together, first those that somebody waits for on the line."""
    kinds: dict[type[Any], list[Item]] = {}
    for item in batch:
        if isinstance(item.body, JointBody | JointLook) and not item.alone:
            kinds.setdefault(type(item.body), []).append(item)
    several = [(kind, items) for kind, items in kinds.items() if len(items) > 1]
    urgent = [items for kind, items in several if getattr(kind, "urgent", False)]
    return next(iter([*urgent, *(items for _, items in several)]), ())


def _look_together(connection: Connection, batch: deque[Item]) -> bool:
    """Answer items of one kind together; say whether there were any."""
    joint = _taken(_joint(batch), batch)
    bodies: list[Any] = [item.body for item in joint]
    try:
        found = bodies[0].together(connection, bodies) if joint else ()
    except Exception as error:  # noqa: BLE001 - what is wrong with one shows when it is alone
        _report(bodies[0], error)
        for item in joint:
            item.alone = True
        batch.extendleft(reversed(joint))
    else:
        for item, value in zip(joint, found, strict=True):
            item.succeed(value)
    return bool(joint)


def _look_alone(connection: Connection, batch: deque[Item]) -> None:
    item = batch.popleft()
    try:
        value = item.body(connection)
    except Exception as error:  # noqa: BLE001 - it is the caller's
        if is_lost(error) and not item.again:
            item.again = True  # it rested in the pool, and all of its kind are dropped
            batch.appendleft(item)
        else:
            _fail([item], error, writing=False)
    else:
        item.succeed(value)


def _is_spoilt(connection: Connection) -> bool:
    """Whether a statement went wrong: what comes after it needs another transaction."""
    if connection.invalidated:
        return True
    driver: Any = connection.connection.driver_connection
    return bool(driver.closed) or driver.info.transaction_status == TransactionStatus.INERROR


def _report(body: object, error: Exception) -> None:
    if not isinstance(error, BotError):  # those say that it is not possible now
        _log.warning("not together", kind=type(body).__name__, error=type(error).__name__)


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
