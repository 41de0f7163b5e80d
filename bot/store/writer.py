"""One thread that writes: many callers, one commit."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.store import Done, StoreUnavailable, Wake
from bot.store.outages import is_unavailable

Body = Callable[[Connection], Done[Any]]


@dataclass(slots=True)
class _Item:
    body: Body
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    done: Done[Any] | None = None
    error: BaseException | None = field(default=None)

    def resolve(self) -> None:
        """Tell the caller (in its event loop), unless it gave up waiting."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        elif self.done is not None:
            self.future.set_result(self.done.value)


class GroupWriter:
    """Runs bodies in the order they came, a savepoint each and one commit for those that wait.

    An fsync costs the same for one row as for sixty: whatever queued up while the last commit
    was under way shares the next one.
    """

    def __init__(
        self,
        engine: Engine,
        on_wake: Callable[[Wake], None],
        *,
        waiting: int = 5000,
        together: int = 64,
    ) -> None:
        self._engine = engine
        self._on_wake = on_wake
        self._together = together
        self._queue: queue.Queue[_Item | None] = queue.Queue(waiting)
        self._closed = False
        #: transactions so far; fewer than bodies where several shared one
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, body: Body) -> "asyncio.Future[Any]":
        """Queue a body; the future ends after the commit. Raises StoreUnavailable when full."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        item = _Item(body, loop.create_future(), loop)
        try:
            self._queue.put_nowait(item)
        except queue.Full as error:
            raise StoreUnavailable("too many writes are waiting") from error
        return item.future

    def waiting(self) -> int:
        """Return how many bodies nobody has looked at yet."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what was queued; blocks, so call it in a thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        ending = False
        while not ending:
            items: list[_Item] = []
            ending = self._gather(items)
            if items:
                self._write(items)
                self.commits += 1
                _report(items, self._on_wake)

    def _gather(self, items: list[_Item]) -> bool:
        """Wait for one item, take those behind it; say whether the end was reached."""
        item = self._queue.get()
        while item is not None:
            items.append(item)
            if len(items) == self._together:
                return False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return False
        return True

    def _write(self, items: Sequence[_Item]) -> None:
        """Either every item without an error of its own is durable, or all of them failed."""
        try:
            with self._engine.connect() as connection, connection.begin():
                # straight to the driver: SQLAlchemy's way costs a tenth of a whole acceptance
                driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
                for item in items:
                    _run_body(connection, driver, item)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any database error
            failure = _translate(error)
            for item in items:
                item.error = item.error or failure


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


def _report(items: Sequence[_Item], on_wake: Callable[[Wake], None]) -> None:
    """Hand results over to the event loops of the callers, all of a loop in one step."""
    for loop in {item.loop for item in items}:
        mine = [item for item in items if item.loop is loop]
        try:
            loop.call_soon_threadsafe(_resolve, mine, on_wake)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _resolve(items: Sequence[_Item], on_wake: Callable[[Wake], None]) -> None:
    for item in items:
        item.resolve()
    for item in items:
        if item.error is None and item.done is not None:
            for wake in item.done.wakes:
                on_wake(wake)
