"""Asking Telegram for updates, where no webhook can reach us: one process under a lease.

The offset moves in the transaction that keeps the updates before it, so a process that dies at
any moment makes Telegram tell again what was not kept, and nothing else.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash
from bot.delivery.cursors import Lease, LeaseLost, let_go, move, take
from bot.moments import Clock
from bot.store import Store, StoreUnavailable
from handlers.telegram.acknowledging import Courtesies
from handlers.telegram.client import TelegramApi
from handlers.telegram.failures import Refusal
from handlers.telegram.reception import Reception
from handlers.telegram.updates import NAME

_log = structlog.get_logger()

#: after a week without updates Telegram numbers anew from anywhere: an old offset would hide them
_OFFSET_LASTS = timedelta(days=6)
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class PollingRules:
    """How long a lease lasts (longer than a poll), and seconds to pause after a failure."""

    lease: timedelta = timedelta(seconds=45)
    pause: float = 1.0
    idle: float = 5.0


@dataclass(slots=True)
class Poller:
    """Polls while it holds the lease; `problem` says what stands in the way, None when well.

    `alone` says that no other process of ours can be polling.
    """

    api: TelegramApi
    reception: Reception
    courtesies: Courtesies
    store: Store
    owner: str
    clock: Clock
    rules: PollingRules = field(default_factory=PollingRules)
    alone: bool = False
    crash: CrashPoints = field(default_factory=NoCrash)
    problem: str | None = field(default=None, init=False)
    _task: "asyncio.Task[None] | None" = field(default=None, init=False)
    _lease: Lease | None = field(default=None, init=False)
    _is_first: bool = field(default=True, init=False)
    _failures: int = field(default=0, init=False)

    async def start(self) -> None:
        """Begin to ask, in the background."""
        self._task = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """Stop asking and leave the lease to others."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._lease is not None:
            with suppress(StoreUnavailable):
                await self.store.write(partial(let_go, self._lease, self.clock()))

    async def check(self) -> str | None:
        """Say for /readyz why nothing comes in, None when well."""
        return self.problem

    async def _for_ever(self) -> None:
        while True:
            try:
                pause = await self.once()
                self._failures, self.problem = 0, None
            except TelegramError as error:
                pause = self._failed(error)
            except (StoreUnavailable, LeaseLost) as error:
                self._lease = None
                pause = self.rules.pause
                _log.warning("polling put off", channel=NAME, error=type(error).__name__)
            await asyncio.sleep(pause)

    async def once(self) -> float:
        """Ask once, where the lease is ours; return how long to wait before asking again."""
        name = f"{NAME}:{self.api.bot_id}"
        now, lasts = self.clock(), self.rules.lease
        body = partial(take, name, self.owner, now, lasts, alone=self.alone)
        self._lease = await self.store.write(body)
        if self._lease is None:
            return self.rules.idle
        if self._is_first:  # a webhook of ours from before would keep all updates to itself
            await self.api.bot.delete_webhook(drop_pending_updates=False)
            self._is_first = False
        updates = await self.api.updates(self._offset(self._lease))
        if updates:
            await self._keep(self._lease, updates)
        return 0.0

    async def _keep(self, lease: Lease, updates: Sequence[Mapping[str, Any]]) -> None:
        numbers = [number for u in updates if isinstance(number := u.get("update_id"), int)]
        following, now = max(numbers, default=-1) + 1, self.clock()

        def beside(connection: Connection) -> None:
            move(connection, lease, following, now)

        taken = await self.reception.take([(each, _bytes(each)) for each in updates], beside)
        self.crash.reached(CrashPoint.AFTER_ACCEPT_COMMIT)
        self.courtesies.show(taken.presses)

    def _offset(self, lease: Lease) -> int | None:
        if lease.moved_at is None or self.clock() - lease.moved_at > _OFFSET_LASTS:
            return None
        return lease.next_update

    def _failed(self, error: TelegramError) -> float:
        """Note what is wrong and return how long to wait: as long as Telegram says, to the second.

        In a conflict we do not fight: a webhook is removed at our start and never again.
        """
        self._failures += 1
        status = error.status if isinstance(error, Refusal) else 0
        self.problem = _explained(status)
        _log.warning("polling failed", channel=NAME, status=status, failures=self._failures)
        if isinstance(error, Refusal) and error.wait is not None:
            return error.wait
        if status in (401, 404, 409):
            return min(_LONGEST_PAUSE, self.rules.pause * 10)
        return min(_LONGEST_PAUSE, self.rules.pause * (1 << min(self._failures, 6)))


def _explained(status: int) -> str:
    match status:
        case 409:
            return "another program takes this bot's updates: stop it, then restart this service"
        case 401 | 404:
            return "the Telegram token is not accepted: set DANHOI_TELEGRAM_TOKEN"
        case 429:
            return "Telegram asks to wait"
    return "Telegram cannot be reached"


def _bytes(update: Mapping[str, Any]) -> bytes:
    return json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
