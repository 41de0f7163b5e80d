"""Work that happens once per period, whatever the number of processes, and catches up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.delivery.slots import Claim, begin, claim, finish, newest, release, unfinished
from bot.moments import Clock, utc_now
from bot.store import Done, Store, StoreUnavailable

_log = structlog.get_logger()

#: the moments of a schedule after one moment and up to another, in order
Slots = Callable[[datetime, datetime], Sequence[datetime]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something to do at each slot. `catch_up` says whether every slot missed while the service
    was down is owed, or only the last one. `lease` is longer than the job ever takes."""

    name: str
    slots: Slots
    job: Callable[[datetime], Awaitable[None]]
    catch_up: bool = True
    lease: timedelta = timedelta(minutes=10)


def every(period: timedelta) -> Slots:
    """Return slots at the multiples of a period since 1970, in UTC."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    def between(after: datetime, until: datetime) -> Sequence[datetime]:
        first, last = (after - epoch) // period + 1, (until - epoch) // period
        return [epoch + number * period for number in range(first, last + 1)]

    return between


def daily(at: time, zone: tzinfo) -> Slots:
    """Return slots at a time of day in a time zone."""

    def between(after: datetime, until: datetime) -> Sequence[datetime]:
        day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
        moments = [
            datetime.combine(day + timedelta(days=n), at, zone)
            for n in range((last - day).days + 1)
        ]
        return [moment for moment in moments if after < moment <= until]

    return between


@dataclass(slots=True)
class Schedule:
    """Ticks, claims the slots that are due and runs their jobs, one after another per schedule."""

    store: Store
    periodics: Sequence[Periodic]
    owner: str
    clock: Clock = utc_now
    tick_every: float = 10.0
    retry_after: timedelta = timedelta(minutes=1)
    _ticking: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def start(self, *, alone: bool = True) -> None:
        """Begin to tick; `alone` when no other process can be running slots."""
        if alone:
            await self.store.write(partial(release, self.clock()))
        self._ticking = asyncio.create_task(self._tick_for_ever())

    async def stop(self) -> None:
        """Stop at once: an interrupted slot is run again when its lease ends."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking

    async def tick(self) -> None:
        """Run everything that is due now."""
        await asyncio.gather(*map(self._run_due, self.periodics))

    async def _tick_for_ever(self) -> None:
        while True:
            try:
                await self.tick()
            except StoreUnavailable:
                _log.warning("schedules put off: the database is unavailable")
            await asyncio.sleep(self.tick_every)

    async def _run_due(self, periodic: Periodic) -> None:
        for moment in await self._due(periodic, self.clock()):
            now = self.clock()
            until = now + periodic.lease
            body = partial(claim, periodic.name, moment, self.owner, until, now)
            taken = await self.store.write(body)
            if taken is not None:
                await self._run(periodic, taken)

    async def _due(self, periodic: Periodic, now: datetime) -> Sequence[datetime]:
        last = await self.store.read(lambda connection: newest(connection, periodic.name))
        if last is None:
            await self.store.write(partial(_begin, periodic.name, now))
            return ()
        owed = await self.store.read(lambda connection: unfinished(connection, periodic.name, now))
        missed = list(periodic.slots(last, now))
        return [*owed, *(missed if periodic.catch_up else missed[-1:])]

    async def _run(self, periodic: Periodic, taken: Claim) -> None:
        reason = None
        try:
            await periodic.job(taken.moment)
        except Exception as error:  # noqa: BLE001 - one failed slot must not stop the others
            reason = type(error).__name__
            _log.warning("scheduled work failed", name=periodic.name, error=reason)
        now = self.clock()
        retry_at = None if reason is None else now + self.retry_after
        if not await self.store.write(partial(finish, taken, now, reason, retry_at)):
            _log.warning("scheduled work outlived its lease", name=periodic.name)


def _begin(name: str, now: datetime, connection: Connection) -> Done[None]:
    begin(connection, name, now)
    return Done(None)
