"""Decides what came in: one turn of one conversation at a time, recorded in one transaction."""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.delivery.backoff import Backoff
from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash
from bot.delivery.joint_deciding import Recording
from bot.delivery.recording import Fenced, Reading, put_aside, put_off, read_turn
from bot.delivery.turns import Mind, Stale, Wait
from bot.errors import BotError
from bot.messages import Incoming, Outgoing
from bot.moments import Clock, utc_now
from bot.store import Store, StoreUnavailable

_log = structlog.get_logger()

_STALE_TRIES = 5

#: what a citizen is told when a message of theirs could not be handled
Apology = Callable[[Incoming], Sequence[Outgoing]]


def _silent(_incoming: Incoming) -> Sequence[Outgoing]:
    return ()


@dataclass(frozen=True, slots=True)
class WorkerRules:
    """How patient the worker is; `apology` answers a message that was put aside."""

    apology: Apology = _silent
    retry: Backoff = field(default=Backoff(timedelta(seconds=1), timedelta(minutes=2), attempts=6))
    patience: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Worker:
    """Turns undecided inbox rows into recorded decisions and intended messages."""

    store: Store
    mind: Mind
    rules: WorkerRules = field(default_factory=WorkerRules)
    clock: Clock = utc_now
    crash: CrashPoints = field(default_factory=NoCrash)

    async def drain(self, conversation_id: int) -> datetime | None:
        """Decide one turn; return when to look again if nothing else wakes us before.

        Rows left after the turn are announced by the wake of the recording itself.
        """
        reading = await self._read(conversation_id)
        return None if reading is None else await self.decide(reading)

    async def decide(self, reading: Reading) -> datetime | None:
        """Decide a turn that was just read."""
        if reading.next_at is not None and reading.next_at > self.clock():
            return reading.next_at
        try:
            return await self._decide(reading)
        except StoreUnavailable:
            raise
        except Fenced:
            return self.clock()
        except Exception as error:  # noqa: BLE001 - whatever fails, the conversation moves on
            return await self._give_up(reading, error)

    async def _read(self, conversation_id: int) -> Reading | None:
        return await self.store.read(partial(read_turn, self.mind, conversation_id))

    async def _decide(self, reading: Reading) -> datetime | None:
        for _ in range(_STALE_TRIES):
            if reading.broken is not None:
                raise reading.broken
            self.crash.reached(CrashPoint.BEFORE_DECIDE)
            async with asyncio.timeout(self.rules.patience.total_seconds()):
                plan = await self.mind.decide(reading.turn, self.clock())
            if isinstance(plan, Wait):
                return plan.until
            self.crash.reached(CrashPoint.AFTER_DECIDE_BEFORE_RECORD)
            try:
                await self.store.write(Recording(reading, plan, self.clock()))
            except Stale:
                fresh = await self._read(reading.turn.conversation_id)
                if fresh is None:
                    return None
                reading = fresh
            else:
                self.crash.reached(CrashPoint.AFTER_RECORD_COMMIT)
                return None
        raise Stale

    async def _give_up(self, reading: Reading, error: Exception) -> datetime | None:
        """Give up on this attempt, and after the last one on the message itself."""
        first, attempt, now = reading.turn.pending[0], reading.attempts + 1, self.clock()
        final = attempt >= self.rules.retry.attempts
        _log.warning(
            "decision failed", inbox=first.inbox_id, attempt=attempt, aside=final,
            error=type(error).__name__, where=_where(error),
        )  # fmt: skip
        if not final:
            again = now + self.rules.retry.delay(attempt)
            body = partial(put_off, first.inbox_id, attempt, again, _reason(error))
            await self.store.write(body)
            return again
        replies = self.rules.apology(first.event)
        await self.store.write(partial(put_aside, reading, replies, _reason(error), now))
        return None


def _reason(error: Exception) -> str:
    """Name the failure. Only errors of ours speak for themselves: others may quote a citizen."""
    kind = type(error).__name__
    return f"{kind}: {error}"[:300] if isinstance(error, BotError) else kind


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
