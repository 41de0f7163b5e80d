"""The processes that share one database: who is alive, and whether we still are.

No clock of any machine decides. Each process raises a number about once a second; one whose number
stands still for several looks of another is dead. A process that could not raise its own for
a shorter while stops acting by itself, before the others come to that view.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from bot.moments import Clock, utc_now
from bot.store import Done, Store, StoreUnavailable
from bot.store.clock import boot_seconds
from bot.tables.nodes import node

_log = structlog.get_logger()

#: looks after the dead: told who is left alive
TakeOver = Callable[[Collection[str]], Awaitable[None]]


class Membership(Protocol):
    """This process among those that work on the same database."""

    def holds(self) -> bool:
        """Whether the others still take us for alive: no message may go out otherwise."""

    async def join(self, take_over: TakeOver) -> None:
        """Come in, look after what the dead left, and again whenever another one dies."""

    async def leave(self) -> None:
        """Go in peace: nobody needs to look after us."""


class Alone:
    """The only process: nobody else can take it for dead."""

    def holds(self) -> bool:
        """Yes."""
        return True

    async def join(self, take_over: TakeOver) -> None:
        """Whoever was here before is dead, even a namesake: a restarted container's process."""
        await take_over(())

    async def leave(self) -> None:
        """Nothing to do."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often to beat, after how many looks without a beat another is dead, and for how long
    after a beat we may act. `looks` beats last longer than `holds_for`, with room for a send."""

    seconds: float = 0.75
    looks: int = 5
    holds_for: float = 3.0


class Watch:
    """Counts the looks since each of the others has last moved. Not looking counts for nothing:
    a process that was stopped itself accuses nobody."""

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._seen: dict[str, tuple[int, int]] = {}

    def look(self, beats: Mapping[str, int]) -> frozenset[str]:
        """Return who has not moved for too long."""
        self._seen = {owner: self._compare(owner, number) for owner, number in beats.items()}
        return frozenset(owner for owner, (_, still) in self._seen.items() if still >= self._looks)

    def _compare(self, owner: str, number: int) -> tuple[int, int]:
        before = self._seen.get(owner)
        return (number, before[1] + 1 if before and before[0] == number else 0)


@dataclass(slots=True)
class Node:
    """A member with a row of its own. `owner` is new with every start of a process."""

    store: Store
    owner: str
    pulse: Pulse = field(default_factory=Pulse)
    seconds: Callable[[], float] = boot_seconds
    clock: Clock = utc_now
    _held_until: float = field(default=0.0, init=False)
    _beating: "asyncio.Task[None] | None" = field(default=None, init=False)

    def holds(self) -> bool:
        """Whether the others still take us for alive."""
        return self.seconds() < self._held_until

    async def join(self, take_over: TakeOver) -> None:
        """Beat from now on; wait until the first beat is known to all."""
        await take_over((await self._beat()).keys())
        self._beating = asyncio.create_task(self._beat_for_ever(take_over))

    async def leave(self) -> None:
        """Stop beating and take our row away."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
        self._held_until = 0.0
        with suppress(StoreUnavailable):
            await self.store.write(partial(_forget, {self.owner: None}))

    async def _beat(self) -> dict[str, int]:
        """Show that we live; return everybody's number, ours included."""
        begun = self.seconds()
        beats = await self.store.write(partial(_beat, self.owner, self.clock()))
        self._held_until = begun + self.pulse.holds_for
        return beats

    async def _beat_for_ever(self, take_over: TakeOver) -> None:
        watch = Watch(self.pulse.looks)
        while True:
            await asyncio.sleep(self.pulse.seconds)
            try:
                beats = await self._beat()
                dead = watch.look(beats) - {self.owner}
                if dead:
                    await self._bury({owner: beats[owner] for owner in dead}, take_over)
            except StoreUnavailable:
                _log.warning("no beat: the database is unavailable")
            except Exception as error:  # noqa: BLE001 - a node without a beat is a dead node
                _log.error("beat failed", error=type(error).__name__)

    async def _bury(self, dead: Mapping[str, int], take_over: TakeOver) -> None:
        buried = await self.store.write(partial(_forget, dead))
        if buried:
            _log.warning("taking over from", nodes=sorted(buried))
        await take_over((await self._beat()).keys())


def _beat(owner: str, now: datetime, connection: Connection) -> Done[dict[str, int]]:
    mine = update(node).where(node.c.owner == owner).values(beats=node.c.beats + 1)
    if not connection.execute(mine).rowcount:  # new, or given up by the others meanwhile
        connection.execute(insert(node).values(owner=owner, beats=0, joined_at=now))
    return Done(beats_of_all(connection))


def beats_of_all(connection: Connection) -> dict[str, int]:
    """Return everybody's number, of the living and of the dead that nobody has buried yet."""
    return {row.owner: row.beats for row in connection.execute(select(node))}


def _forget(nodes: Mapping[str, int | None], connection: Connection) -> Done[frozenset[str]]:
    """Remove nodes that still stand where they stood; return which were there to remove."""
    gone = set()
    for owner, beats in nodes.items():
        still = delete(node).where(node.c.owner == owner)
        if beats is not None:
            still = still.where(node.c.beats == beats)
        if connection.execute(still).rowcount:
            gone.add(owner)
    return Done(frozenset(gone))
