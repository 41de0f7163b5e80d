"""Clocks to live by: one that all nodes agree on, and one that never goes back."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, func, select

from bot.moments import Clock
from bot.store import Store, StoreUnavailable
from bot.tables.base import Moment


def boot_seconds() -> float:
    """Return seconds that go on while this machine sleeps, where it can tell. Nobody sets them."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class SteadyClock:
    """Follows a clock that somebody may set.

    It goes along at once when that is set forward, and at half speed for a while when it is set
    back: what was put off until a moment near by would else wait all that time again.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float] = boot_seconds) -> None:
        self._clock = clock
        self._seconds = seconds
        self._at, self._told = seconds(), clock()
        self._lock = Lock()

    def __call__(self) -> datetime:
        """Return a moment that is not before any that was returned."""
        with self._lock:  # threads ask too
            at, told = self._seconds(), self._clock()
            passed, self._at = timedelta(seconds=at - self._at), at
            self._told = max(told, self._told + passed / 2)
            return self._told


class CommonClock:
    """Reads the database's clock now and then, and counts on from there by itself.

    What an administrator or a time service does to this machine's clock has no effect.
    """

    def __init__(self, store: Store, every: float = 1.0) -> None:
        self._store = store
        self._every = every
        self._at = 0.0
        self._read: datetime | None = None
        self._keeping: asyncio.Task[None] | None = None

    def __call__(self) -> datetime:
        """Return the moment that all nodes agree on."""
        assert self._read is not None, "not started"  # noqa: S101
        return self._read + timedelta(seconds=boot_seconds() - self._at)

    async def start(self) -> None:
        """Read the clock for the first time, and go on reading."""
        await self.look()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Read no more."""
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping

    async def look(self) -> None:
        """Compare with the database; a difference that the way there explains is none."""
        asked = boot_seconds()
        read = await self._store.read(_now)
        answered = boot_seconds()
        middle, way = (asked + answered) / 2, answered - asked
        if self._read is not None:
            ours = self._read + timedelta(seconds=middle - self._at)
            if abs((read - ours).total_seconds()) <= way:
                return
        self._read, self._at = read, middle

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except StoreUnavailable:
                continue


def _now(connection: Connection) -> datetime:
    if connection.dialect.name == "postgresql":
        return connection.execute(select(func.clock_timestamp(type_=Moment))).scalar_one()
    return connection.execute(select(func.current_timestamp(type_=Moment))).scalar_one()
