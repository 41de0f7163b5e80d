"""Lets the sends of one channel through: so many at once, so many a minute, receipts first."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.delivery.pace import Rate
from bot.messages import Purpose

#: a citizen waits for the receipt code; the rest can follow when the channel is throttled
_FIRST = {Purpose.RECEIPT: 0, Purpose.OFFICER: 1, Purpose.AUTOMATIC: 1, Purpose.NOTICE: 2}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel's provider allows. Without a rate the channel is not throttled as a whole;
    `spacing` is the least number of seconds between two messages to one address."""

    at_once: int = 16
    rate: Rate | None = None
    spacing: Callable[[str], float] = lambda _address: 0.0


#: takes the next slot of the channel's pace and returns how many seconds away it is
Reserve = Callable[[], Awaitable[float]]


class Gate:
    """One per channel and process; the pace itself is shared through the database."""

    def __init__(self, at_once: int, reserve: Reserve | None = None) -> None:
        self._free = at_once
        self._reserve = reserve
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._pacing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, purpose: Purpose) -> AsyncIterator[None]:
        """Wait until one message may go out; the block is its sending."""
        ticket = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (_FIRST[purpose], next(self._order), ticket))
        self._admit()
        try:
            await ticket
            yield
        finally:
            if not ticket.cancel() and not ticket.cancelled() and ticket.exception() is None:
                self._free += 1
            self._admit()

    def close(self) -> None:
        """Send away whoever waits; their tasks are cancelled."""
        if self._pacing is not None:
            self._pacing.cancel()
        for *_, ticket in self._waiting:
            ticket.cancel()

    def _admit(self) -> None:
        """Let in whoever is next; a paced channel does so in a task that waits for slots."""
        if self._reserve is None:
            while self._free and self._next():
                pass
        elif self._waiting and self._free and self._pacing is None:
            self._pacing = asyncio.create_task(self._pace(self._reserve))
            self._pacing.add_done_callback(self._paced)

    async def _pace(self, reserve: Reserve) -> None:
        while self._free and self._waiting:
            wait = await reserve()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next()

    def _paced(self, task: "asyncio.Task[None]") -> None:
        self._pacing = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._admit()
            return
        while self._waiting:  # the pace is in the database, and that is gone for now
            *_, ticket = heapq.heappop(self._waiting)
            if not ticket.done():
                ticket.set_exception(error)

    def _next(self) -> bool:
        """Admit the most urgent that still waits; say whether there was one."""
        while self._waiting:
            *_, ticket = heapq.heappop(self._waiting)
            if not ticket.done():
                self._free -= 1
                ticket.set_result(None)
                return True
        return False
