"""The delivery engine of one process: decides, sends, and looks after what was left open."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.delivery.dispatcher import Dispatcher, EmbeddedDispatcher
from bot.delivery.joint_deciding import Look
from bot.delivery.listeners import Listeners
from bot.delivery.nodes import Alone, Membership
from bot.delivery.sender import Sender
from bot.delivery.unfinished import open_inbox, open_outbox
from bot.delivery.worker import Worker
from bot.moments import Clock, utc_now
from bot.store import Store, StoreUnavailable, Wake

_log = structlog.get_logger()

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Lanes:
    """Who is told after a commit: those who decide, those who send, those who look on.

    Sending has a lane for each channel, so that a provider which answers slowly holds up
    neither decisions nor the other channels. Made first, because the store announces to it:
    `SqliteStore(path, lanes.announce)`.
    """

    deciding: Dispatcher
    sending: Mapping[str, EmbeddedDispatcher]
    listeners: Listeners = field(default_factory=Listeners)
    #: tells while somebody waits to be accepted by the one thread that writes
    is_accepting: Callable[[], bool] = lambda: False

    def announce(self, wake: Wake) -> None:
        """Pass on what the store reports after a commit."""
        self.listeners.notify(wake)
        self.deciding.committed(wake)

    def all(self) -> tuple[Dispatcher, ...]:
        """Return every lane."""
        return (self.deciding, *self.sending.values())


def embedded_lanes(channels: Iterable[str], *, deciding: int = 16, clock: Clock = utc_now) -> Lanes:
    """Return lanes inside this process."""
    return Lanes(EmbeddedDispatcher(deciding, clock=clock), sending_lanes(channels, clock))


def sending_lanes(
    channels: Iterable[str], clock: Clock = utc_now
) -> Mapping[str, EmbeddedDispatcher]:
    """Return a lane for each channel, always inside this process: a row of the outbox is taken
    by one process. A waiting send costs little: its lane is wide, and the channel's gate says
    how many are under way. Where more wait than the lane is wide, receipts enter it first."""
    return {name: EmbeddedDispatcher(2000, clock=clock) for name in channels}


class Engine:
    """Owns the worker, the sender, their lanes and the sweeper."""

    def __init__(
        self,
        store: Store,
        lanes: Lanes,
        worker: Worker,
        sender: Sender,
        membership: Membership | None = None,
        *,
        sweep_every: timedelta = timedelta(seconds=30),
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._worker = worker
        self._sender = sender
        self._membership = membership or Alone()
        self._sweep_every = sweep_every.total_seconds()
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> Listeners:
        """Who waits for new lines of a conversation."""
        return self._lanes.listeners

    def wake(self, conversation_id: int, at: datetime | None = None) -> None:
        """Look at a conversation now or at a moment."""
        self._lanes.deciding.wake(conversation_id, at)

    async def start(self) -> None:
        """Settle what dead processes left, then work; unfinished conversations are woken."""
        await self._membership.join(self._take_over)
        await self._lanes.deciding.start(self._decide)
        for lane in self._lanes.sending.values():
            await lane.start(self._sender.drain)
        self._sweeping = asyncio.create_task(self._sweep_for_ever())

    async def stop(self, grace: float = 4.0) -> None:
        """Take on nothing more; what runs ends within `grace` seconds or stays durable."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeping
        self._lanes.listeners.close()
        self._sender.close()
        await asyncio.gather(*(lane.stop(grace) for lane in self._lanes.all()))
        await self._membership.leave()

    async def sweep(self) -> None:
        """Wake every conversation with something left to decide, or to send where nobody is at it.

        What waits for a channel that is off, or for its turn on one, is left alone: there may be
        a hundred thousand of them.
        """
        last = 0
        while undecided := await self._store.read(partial(open_inbox, after=last, limit=_PAGE)):
            for last in undecided:
                self._lanes.deciding.wake(last)
        last = 0
        while unsent := await self._store.read(partial(open_outbox, after=last, limit=_PAGE)):
            for last, channel in unsent:
                lane = self._lanes.sending.get(channel)
                if lane is not None and not lane.knows(last):
                    self._lanes.deciding.wake(last)

    async def _take_over(self, alive: Collection[str]) -> None:
        """Look after what those who are not alive any more had in hand."""
        unknown = await self._sender.recover(alive)
        if unknown:
            _log.warning("sendings of unknown outcome", rows=unknown)
        if self._sweeping is not None:
            await self.sweep()

    async def _decide(self, conversation_id: int) -> datetime | None:
        look = Look(self._worker.mind, conversation_id)
        reading, waiting = await self._store.read(look)
        if waiting is not None and waiting.channel in self._lanes.sending:
            lane = self._lanes.sending[waiting.channel]
            lane.wake(conversation_id, urgent=waiting.urgent)
        return None if reading is None else await self._worker.decide(reading)

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self.sweep()
            except StoreUnavailable:
                _log.warning("sweep put off: the database is unavailable")
            await asyncio.sleep(self._sweep_every)
