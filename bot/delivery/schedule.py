"""Work that happens once per period, whatever the number of processes, and catches up."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.delivery.slots import Claim, begin, claim, finish, newest, unfinished
from bot.errors import BotError
from bot.moments import Clock, utc_now
from bot.store import Done, Store, StoreUnavailable

_log = structlog.get_logger()

#: seconds between looks whether we still live, while a job runs
_LOOK_EVERY = 0.25

#: the moments of a schedule after one moment and up to another, in order
Slots = Callable[[datetime, datetime], Sequence[datetime]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something to do at each slot. `catch_up` says whether every slot missed while the service
    was down is owed, or only the last one. A job may be run again after its process died."""

    name: str
    slots: Slots
    job: Callable[[datetime], Coroutine[None, None, None]]
    catch_up: bool = True


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


class GivenUp(BotError):
    """The other processes take this one for dead: what it ran is theirs."""


@dataclass(slots=True)
class Schedule:
    """Claims the slots that are due and runs their jobs, one after another per schedule.

    `holds` says whether the other processes still take this one for alive.
    """

    store: Store
    periodics: Sequence[Periodic]
    owner: str
    clock: Clock = utc_now
    holds: Callable[[], bool] = lambda: True
    tick_every: float = 4.0
    retry_after: timedelta = timedelta(minutes=1)
    _ticking: Sequence["asyncio.Task[None]"] = field(default=(), init=False)

    async def start(self) -> None:
        """Begin to tick: each schedule by itself, since some jobs take an hour."""
        self._ticking = [asyncio.create_task(self._tick_for_ever(p)) for p in self.periodics]

    async def stop(self) -> None:
        """Stop at once: an interrupted slot is run again, by us or by another process."""
        for task in self._ticking:
            task.cancel()
        await asyncio.gather(*self._ticking, return_exceptions=True)

    async def tick(self) -> None:
        """Run everything that is due now."""
        await asyncio.gather(*map(self._run_due, self.periodics))

    async def _tick_for_ever(self, periodic: Periodic) -> None:
        while True:
            try:
                await self._run_due(periodic)
            except StoreUnavailable:
                _log.warning("schedule put off: the database is unavailable", name=periodic.name)
            except GivenUp:
                _log.warning("scheduled work broken off: taken for dead", name=periodic.name)
            except Exception as error:  # noqa: BLE001 - a schedule that ended would be missed late
                _log.error("schedule failed", name=periodic.name, error=type(error).__name__)
            await asyncio.sleep(self.tick_every)

    async def _run_due(self, periodic: Periodic) -> None:
        for moment in await self._due(periodic, self.clock()):
            body = partial(claim, periodic.name, moment, self.owner, self.clock())
            taken = await self.store.write(body) if self.holds() else None
            if taken is not None:
                await self._run(periodic, taken)

    async def _due(self, periodic: Periodic, now: datetime) -> Sequence[datetime]:
        last, owed = await self.store.read(partial(_look, periodic.name, self.owner, now))
        if last is None:
            await self.store.write(partial(_begin, periodic.name, now))
            return ()
        missed = list(periodic.slots(last, now))
        return [*owed, *(missed if periodic.catch_up else missed[-1:])]

    async def _run(self, periodic: Periodic, taken: Claim) -> None:
        reason = None
        try:
            await self._while_alive(periodic.job(taken.moment))
        except GivenUp:
            raise
        except Exception as error:  # noqa: BLE001 - one failed slot must not stop the others
            reason = type(error).__name__
            _log.warning("scheduled work failed", name=periodic.name, error=reason)
        now = self.clock()
        retry_at = None if reason is None else now + self.retry_after
        if not await self._insist(partial(finish, taken, now, reason, retry_at)):
            _log.warning("scheduled work was taken over meanwhile", name=periodic.name)

    async def _insist(self, body: Callable[[Connection], Done[bool]]) -> bool:
        """Write when the database is back: what is done must not be done again."""
        while True:
            try:
                return await self.store.write(body)
            except StoreUnavailable:
                await asyncio.sleep(self.tick_every)

    async def _while_alive(self, job: Coroutine[None, None, None]) -> None:
        """Run a job to its end, or break it off when others may begin it again."""
        running = asyncio.create_task(job)
        try:
            while self.holds():
                done, _ = await asyncio.wait([running], timeout=_LOOK_EVERY)
                if done:
                    return running.result()
            raise GivenUp
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _look(
    name: str, owner: str, now: datetime, connection: Connection
) -> tuple[datetime | None, list[datetime]]:
    """Return the latest slot that anybody began, and those that are owed."""
    return newest(connection, name), unfinished(connection, name, owner, now)


def _begin(name: str, now: datetime, connection: Connection) -> Done[None]:
    begin(connection, name, now)
    return Done(None)
