"""Bodies that share a transaction: whatever waits is taken together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.store.lull import lull


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """A body, and who waits for what comes of it."""

    body: Callable[[Connection], Any]
    future: "asyncio.Future[Any]"
    #: it is run again because its line had been cut, by itself because others were in its way
    again: bool = False
    alone: bool = False

    def succeed(self, value: object) -> None:
        """Tell the caller, unless it gave up waiting."""
        if not self.future.done():
            self.future.set_result(value)

    def fail(self, error: Exception) -> None:
        """Tell the caller, unless it gave up waiting."""
        if not self.future.done():
            self.future.set_exception(error)


#: takes items from the left of a batch as it begins with them; what it leaves there waits again
Work = Callable[[deque[Item]], Awaitable[None]]


class Batches:
    """Works on one batch after the other. One that takes longer than `slow` seconds is not waited
    for: what it has not begun with goes into the next, of at most `at_once`."""

    def __init__(self, work: Work, *, together: int, at_once: int, slow: float) -> None:
        self._work = work
        self._together = together
        self._at_once = at_once
        self._slow = slow
        self._queue: deque[Item] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._driving: asyncio.Task[None] | None = None
        self._crowd = False
        #: bodies that nobody has answered yet
        self.waiting = 0

    async def put(self, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        """Return what comes of a body; it runs to its end even if the caller gives up."""
        item = Item(body, asyncio.get_running_loop().create_future())
        self.waiting += 1
        item.future.add_done_callback(self._answered)
        self._queue.append(item)
        self._go_on()
        return await item.future

    async def finish(self) -> None:
        """Wait until everything put has been worked on."""
        while busy := [
            task for task in (self._driving, *self._under_way) if task and not task.done()
        ]:
            await asyncio.wait(busy)

    def _answered(self, _future: object) -> None:
        self.waiting -= 1

    def _go_on(self) -> None:
        if self._queue and (self._driving is None or self._driving.done()):
            self._driving = asyncio.create_task(self._drive())

    async def _drive(self) -> None:
        while self._queue:
            if len(self._under_way) >= self._at_once:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            if self._crowd or len(self._queue) > 1:
                await lull(self._queue.__len__, self._together)
            size = min(self._together, len(self._queue))
            self._crowd = size > 1
            batch = deque(self._queue.popleft() for _ in range(size))
            task = asyncio.create_task(self._work_on(batch))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait([task], timeout=self._slow)
            if len(batch) < size:  # else it waits for the database, and knows best for how long
                self._put_back(batch)

    async def _work_on(self, batch: deque[Item]) -> None:
        await self._work(batch)
        self._put_back(batch)
        self._go_on()

    def _put_back(self, batch: deque[Item]) -> None:
        self._queue.extendleft(reversed(batch))
        batch.clear()
