"""One thread that writes: many callers, one commit."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.store import Done, JointBody, StoreUnavailable, Wake
from bot.store.lull import lull
from bot.store.outages import is_unavailable

Body = Callable[[Connection], Done[Any]]

#: bodies that share a commit at most
_TOGETHER = 64
#: seconds that joint bodies wait for others, that go along or are under way: somebody waits for
#: them on the line, but a commit costs as much for one of the others as for ten
_BESIDE = 0.004
#: of what bodies take, how much the last one says
_LAST = 0.2


@dataclass(slots=True)
class _Item:
    body: Body
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    done: Done[Any] | None = None
    error: BaseException | None = None

    def resolve(self) -> None:
        """Tell the caller (in its event loop), unless it gave up waiting."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        elif self.done is not None:
            self.future.set_result(self.done.value)


class GroupWriter:
    """Runs what waits in one transaction: an fsync costs the same for one row as for sixty.

    Whatever queued up while the last commit was under way shares the next one. Joint bodies come
    first and are run together; the others follow in the order they came, a savepoint each. Only
    so many of them go along as cost joint ones little, and a transaction of theirs ends when
    joint ones come in. While joint ones come by several, the writer waits for a lull: else both
    threads take the interpreter from each other all the time.
    """

    def __init__(
        self, engine: Engine, on_wake: Callable[[Wake], None], *, waiting: int = 5000
    ) -> None:
        self._engine = engine
        self._on_wake = on_wake
        self._most = waiting
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._joint: deque[_Item] = deque()
        self._others: deque[_Item] = deque()
        self._closed = False
        self._ending = False
        self._joining = 0
        self._crowd = False
        self._bell = threading.Event()
        self._ringing: asyncio.Task[None] | None = None
        self._seconds = 0.0  # that one of the others takes
        #: transactions so far; fewer than bodies where several shared one
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, body: Body) -> "asyncio.Future[Any]":
        """Queue a body; the future ends after the commit. Raises StoreUnavailable when full."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self.waiting() >= self._most:
            raise StoreUnavailable("too many writes are waiting")
        loop = asyncio.get_running_loop()
        item = _Item(body, loop.create_future(), loop)
        if _goes_first(body):
            self._joining += 1
        self._queue.put(item)
        self._gather(loop)
        return item.future

    def is_accepting(self) -> bool:
        """Whether somebody waits on the line: other work had better wait."""
        return self._joining > 0

    def waiting(self) -> int:
        """Return how many bodies nobody has begun with."""
        return self._queue.qsize() + len(self._joint) + len(self._others)

    def close(self) -> None:
        """Finish what was queued; blocks, so call it in a thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._bell.set()
        self._thread.join()

    def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to it that the writer hears of what waits."""
        ringing = self._ringing
        if not self._crowd:
            self._bell.set()
        elif ringing is None or ringing.done() or ringing.get_loop() is not loop:
            self._ringing = loop.create_task(self._ring())

    async def _ring(self) -> None:
        try:
            await lull(self._queue.qsize, _TOGETHER)
        finally:
            self._bell.set()

    def _run(self) -> None:
        while not (self._ending and self.waiting() == 0):
            if not (self._ending or self._joint or self._others):
                self._bell.wait()
                self._bell.clear()
            self._collect()
            if joint := _first(self._joint, _TOGETHER):
                fitting = int(_BESIDE / max(self._seconds, _BESIDE / _TOGETHER))
                self._write(joint, self._take(fitting))
                if fitting:
                    continue
            if self._others:
                self._write([], self._until_joint())

    def _collect(self) -> None:
        """Sort what has come in."""
        with suppress(Empty):
            while (item := self._queue.get_nowait()) is not None:
                (self._joint if _goes_first(item.body) else self._others).append(item)
            self._ending = True

    def _until_joint(self) -> Iterator[_Item]:
        """Take others, for a moment at least, until joint ones come in."""
        moment = perf_counter() + _BESIDE
        for item in self._take(_TOGETHER):
            yield item
            self._collect()
            if self._joint and perf_counter() >= moment:
                return

    def _take(self, most: int) -> Iterator[_Item]:
        for _ in range(min(most, len(self._others))):
            yield self._others.popleft()

    def _write(self, joint: Sequence[_Item], others: Iterator[_Item]) -> None:
        """Either every item without an error of its own is durable, or all of them failed."""
        begun = list(joint)
        try:
            with self._engine.connect() as connection, connection.begin():
                # straight to the driver: SQLAlchemy's way costs a tenth of a whole acceptance
                driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
                for item in _run_together(connection, driver, joint):
                    _run_body(connection, driver, item)
                for item in others:
                    begun.append(item)
                    self._run_other(connection, driver, item)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any database error
            failure = _translate(error)
            begun += self._take(_TOGETHER)  # the next ones would wait as long to learn the same
            for item in begun:
                item.error = item.error or failure
        self.commits += 1
        self._crowd = len(joint) > 1
        self._report(begun)

    def _report(self, items: Sequence[_Item]) -> None:
        """Hand results over to the event loops of the callers, all of a loop in one step."""
        if self._crowd and not self._closed:
            self._bell.clear()  # what came meanwhile waits for those who come back now
        for loop in {item.loop for item in items}:
            mine = [item for item in items if item.loop is loop]
            try:
                loop.call_soon_threadsafe(self._resolve, loop, mine)
            except RuntimeError:  # the loop is closed: nobody waits any more
                self._bell.set()

    def _resolve(self, loop: asyncio.AbstractEventLoop, items: Sequence[_Item]) -> None:
        self._joining -= sum(_goes_first(item.body) for item in items)
        for item in items:
            item.resolve()
        for item in items:
            if item.error is None and item.done is not None:
                for wake in item.done.wakes:
                    self._on_wake(wake)
        if self._queue.qsize():
            self._gather(loop)

    def _run_other(self, connection: Connection, driver: sqlite3.Connection, item: _Item) -> None:
        started = perf_counter()
        _run_body(connection, driver, item)
        self._seconds += _LAST * (perf_counter() - started - self._seconds)


def _goes_first(body: Body) -> bool:
    """Whether it runs together with others: several kinds of those are for PostgreSQL."""
    return isinstance(body, JointBody) and body.urgent


def _first(items: deque[_Item], most: int) -> list[_Item]:
    return [items.popleft() for _ in range(min(most, len(items)))]


def _run_together(
    connection: Connection, driver: sqlite3.Connection, items: Sequence[_Item]
) -> Sequence[_Item]:
    """Run joint bodies at once; return those that must be run one by one."""
    if len(items) < 2:
        return items
    bodies = [item.body for item in items if isinstance(item.body, JointBody)]
    try:
        found = bodies[0].together(connection, bodies)
    except Exception as error:
        if is_unavailable(error, writing=True):
            raise
        driver.execute("ROLLBACK")  # nothing else is in it yet
        driver.execute("BEGIN IMMEDIATE")
        return items
    for item, done in zip(items, found, strict=True):
        item.done = done
    return ()


def _run_body(connection: Connection, driver: sqlite3.Connection, item: _Item) -> None:
    driver.execute("SAVEPOINT item")
    try:
        item.done = item.body(connection)
    except Exception as error:
        if is_unavailable(
            error, writing=True
        ):  # SQLite may have rolled back everything, neighbours included
            raise
        item.error = error
        driver.execute("ROLLBACK TO item")
    driver.execute("RELEASE item")


def _translate(error: Exception) -> Exception:
    if not is_unavailable(error, writing=True):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    unavailable = StoreUnavailable(f"the database cannot take writes now: {cause}")
    unavailable.__cause__ = error
    return unavailable
