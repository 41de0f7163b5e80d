"""Who works when: one job at a time for a conversation, many conversations at once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.delivery.backoff import Backoff
from bot.delivery.timers import Timers
from bot.moments import Clock, utc_now
from bot.store import Wake

_log = structlog.get_logger()

#: works on one conversation; returns when to come back if nothing wakes it before
Job = Callable[[int], Awaitable[datetime | None]]


class Dispatcher(Protocol):
    """Runs a job for every conversation that is woken, never twice at once for the same one.

    A wake during a run makes one more run. A job that raises is run again later. Wakes may be
    forgotten when the process dies: a sweeper wakes what is still open.
    """

    def wake(self, conversation_id: int, at: datetime | None = None) -> None:
        """Run the job now, or at a moment; the earliest of several moments counts."""

    def committed(self, wake: Wake) -> None:
        """Hear of a wake once the transaction that gave reason to it is durable."""

    async def start(self, job: Job) -> None:
        """Begin to work, also on what was woken before."""

    async def stop(self, grace: float) -> None:
        """Take on nothing more, give what runs `grace` seconds to end, then cancel it."""


class EmbeddedDispatcher:
    """A dispatcher inside one process: ready sets and timers, nothing durable.

    Where more conversations are ready than may run, urgent ones go first. What was just committed
    is urgent, and what was put off until now; what a sweep finds has waited before.
    """

    def __init__(
        self,
        concurrency: int = 32,
        *,
        clock: Clock = utc_now,
        retry: Backoff | None = None,
    ) -> None:
        self._concurrency = concurrency
        self._clock = clock
        self._retry = retry or Backoff(timedelta(seconds=1), timedelta(minutes=1), attempts=0)
        self._job: Job | None = None
        self._ready: OrderedDict[int, None] = OrderedDict()
        self._urgent: OrderedDict[int, None] = OrderedDict()
        self._again: dict[int, bool] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._timers = Timers(partial(self.wake, urgent=True), clock)
        self._failures: dict[int, int] = {}

    def wake(
        self, conversation_id: int, at: datetime | None = None, *, urgent: bool = False
    ) -> None:
        """Run the job now, or at a moment; the earliest of several moments counts."""
        if self._timers.set(conversation_id, at):
            return
        if conversation_id in self._running:
            self._again[conversation_id] = urgent or self._again.get(conversation_id, False)
        else:
            (self._urgent if urgent else self._ready)[conversation_id] = None
            self._fill()

    def committed(self, wake: Wake) -> None:
        """Hear of a wake once the transaction that gave reason to it is durable."""
        self.wake(wake.conversation_id, wake.at, urgent=True)

    def knows(self, conversation_id: int) -> bool:
        """Whether the job runs for a conversation or will without another wake."""
        return (
            conversation_id in self._running
            or conversation_id in self._ready
            or conversation_id in self._urgent
            or conversation_id in self._timers
        )

    async def start(self, job: Job) -> None:
        """Begin to work, also on what was woken before."""
        self._job = job
        self._fill()

    async def stop(self, grace: float) -> None:
        """Take on nothing more, give what runs `grace` seconds to end, then cancel it."""
        self._job = None
        self._timers.clear()
        running = list(self._running.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def busy(self) -> int:
        """Return how many conversations run or are ready to run."""
        return len(self._running) + len(self._ready.keys() | self._urgent.keys())

    def _fill(self) -> None:
        while self._job and len(self._running) < self._concurrency:
            queue = self._urgent or self._ready
            if not queue:
                return
            conversation_id, _ = queue.popitem(last=False)
            self._ready.pop(conversation_id, None)
            run = self._run(conversation_id, self._job)
            self._running[conversation_id] = asyncio.create_task(run)

    async def _run(self, conversation_id: int, job: Job) -> None:
        again: datetime | None
        try:
            again = await job(conversation_id)
            self._failures.pop(conversation_id, None)
        except Exception as error:  # noqa: BLE001 - one conversation must not stop the others
            again = self._after_failure(conversation_id, error)
        finally:
            del self._running[conversation_id]
        if (urgent := self._again.pop(conversation_id, None)) is not None:
            (self._urgent if urgent else self._ready)[conversation_id] = None
        if again is not None and self._job is not None:
            self.wake(conversation_id, again)
        self._fill()

    def _after_failure(self, conversation_id: int, error: Exception) -> datetime:
        failures = self._failures.get(conversation_id, 0) + 1
        self._failures[conversation_id] = failures
        _log.warning("job failed", conversation=conversation_id, error=type(error).__name__)
        return self._clock() + self._retry.delay(failures)
