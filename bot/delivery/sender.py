"""Sends what was intended, in order within a conversation, and claims no more than it knows."""

import asyncio
import itertools
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar, runtime_checkable

import structlog
from sqlalchemy import Connection

from bot.channels import (
    Channel,
    ChannelMisconfigured,
    Delivery,
    Lapsed,
    OutcomeUnknown,
    RateLimited,
    RecipientGone,
    SendError,
    Sent,
    WindowClosed,
)
from bot.delivery.backoff import Backoff
from bot.delivery.crashpoints import CrashPoint, CrashPoints, NoCrash
from bot.delivery.gate import Gate, Limits, Reserve
from bot.delivery.joint_sending import Claim, NextUp, Settlement
from bot.delivery.pace import Rate, hold, reserve
from bot.delivery.sending import (
    WINDOW_CLOSED,
    Head,
    Outcome,
    doubt_until,
    give_back,
    recover,
    settle,
)
from bot.messages import Purpose
from bot.moments import Clock, utc_now
from bot.reach.windows import is_closed, window
from bot.store import Done, Store, StoreUnavailable

_log = structlog.get_logger()

T = TypeVar("T")

#: seconds after which the last message to a chat keeps no other back, whatever the channel
_FORGOTTEN = 60.0


@runtime_checkable
class Searchable(Protocol):
    """A channel that can be asked whether a message of unknown outcome arrived."""

    async def find_sent(self, delivery: Delivery) -> Sent | None:
        """Return how the message arrived, None where the provider does not show it."""


@dataclass(frozen=True, slots=True)
class SenderRules:
    """How stubborn the sender is. `grace` is how long an echo may take to show a message that
    may have arrived; `patience` bounds one call of a channel, whatever its own limits are."""

    retry: Backoff = field(default=Backoff(timedelta(seconds=1), timedelta(minutes=30), 48))
    grace: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(seconds=60)
    #: how long to leave a channel alone that an administrator must repair
    repair: timedelta = timedelta(minutes=2)
    #: how long to wait for the others to take us for alive again
    breath: timedelta = timedelta(seconds=1)
    limits: Mapping[str, Limits] = field(default_factory=dict)


def outcome_of(error: Exception, head: Head, rules: SenderRules, now: datetime) -> Outcome:
    """Say what a failure of sending means for the message."""
    reason = _reason(error)
    match error:
        case WindowClosed():
            return Outcome("waiting", reason=WINDOW_CLOSED, next_at=now)
        case RecipientGone() if head.delivery.message.purpose is Purpose.OFFICER:
            return Outcome("waiting", reason="recipient_gone", next_at=now, gone=True)
        case RecipientGone():
            return Outcome("failed", reason="recipient_gone", gone=True)
        case Lapsed():
            return Outcome("failed", reason="lapsed")
        case ChannelMisconfigured():
            return Outcome("pending", reason=reason, next_at=now + rules.repair, counted=False)
        case SendError(retryable=True):
            return _retried(error, head, rules, now)
        case SendError() if not isinstance(error, OutcomeUnknown):
            return Outcome("failed", reason=reason)
    return Outcome("unknown", reason=reason, next_at=doubt_until(head, now, rules.grace))


def _pointless(head: Head, now: datetime) -> SendError | None:
    """Return why a message is not even tried.

    One that may have gone out already is looked for first. After any sign of life what waited
    is tried whatever we believe of the window: a reaction may open it or not.
    """
    if head.blocked:
        return RecipientGone()
    until = head.delivery.message.until
    if until is not None and now > until and head.state != "unknown":
        return Lapsed()
    if head.state == "pending" and is_closed(head.channel, head.window_from, now):
        return WindowClosed()
    return None


def _retried(error: SendError, head: Head, rules: SenderRules, now: datetime) -> Outcome:
    attempt = head.attempts + 1
    if attempt >= rules.retry.attempts:
        return Outcome("failed", reason=_reason(error))
    delay = rules.retry.delay(attempt)
    if error.retry_after is not None:
        delay = max(delay, timedelta(seconds=error.retry_after))
    return Outcome("pending", reason=_reason(error), next_at=now + delay)


def _reason(error: Exception) -> str:
    """Name the failure; what is not ours may quote a citizen and stays out."""
    kind = type(error).__name__
    return f"{kind}: {error}"[:300] if isinstance(error, SendError) else kind


class _NotOurs(Exception):
    """The others take us for dead: whatever we hold is theirs to look after."""


@dataclass(slots=True)
class Sender:
    """Owns the way out of every configured channel. `owner` names this process."""

    store: Store
    channels: Mapping[str, Channel]
    owner: str
    rules: SenderRules = field(default_factory=SenderRules)
    clock: Clock = utc_now
    crash: CrashPoints = field(default_factory=NoCrash)
    count: Callable[[str, str], None] = lambda _name, _label: None
    #: whether the other processes still take us for alive
    holds: Callable[[], bool] = lambda: True
    _gates: dict[str, Gate] = field(default_factory=dict, init=False)
    #: when each conversation was last written to, by the loop's clock; only for limited chats
    _last: dict[int, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Open a gate for every channel."""
        for name in self.channels:
            limits = self._limits(name)
            pace = self._reserve(name, limits.rate) if limits.rate else None
            self._gates[name] = Gate(limits.at_once, pace)

    async def recover(self, alive: Collection[str] = ()) -> int:
        """Before the first sending: mark what dead processes may have sent; return how many.

        Alone, nobody is alive yet: not even a namesake, as a restarted container's process is.
        """
        body = partial(recover, alive, self.clock(), self.rules.grace)
        return await self.store.write(body)

    async def drain(self, conversation_id: int) -> datetime | None:
        """Send what may go now, in order; return when the next message may go."""
        if not self.holds():
            return self.clock() + self.rules.breath
        head = await self.store.read(NextUp(conversation_id))
        while head is not None and head.channel in self.channels:
            if head.not_before is not None and head.not_before > self.clock():
                return head.not_before
            try:
                head = await self._deal_with(head)
            except _NotOurs:
                return self.clock() + self.rules.breath
        return None

    def close(self) -> None:
        """Let nothing more through: what has not begun stays in the outbox."""
        for gate in self._gates.values():
            gate.close()

    async def _deal_with(self, head: Head) -> Head | None:
        """Send a message, or learn that it need not be sent; return the next."""
        channel = self.channels[head.channel]
        if (pointless := _pointless(head, self.clock())) is not None:
            known = outcome_of(pointless, head, self.rules, self.clock())
            return await self._settle(head, known)
        if head.state == "unknown" and isinstance(channel, Searchable):
            found = await channel.find_sent(head.delivery)
            if found is not None:
                return await self._settle(head, Outcome("sent", sent=found))
        await self._keep_chat_distance(head)
        async with self._gates[head.channel].turn(head.delivery.message.purpose):
            taken = await self._take(head)
            if taken is not None:
                return await self._send(channel, taken)
        return await self.store.read(NextUp(head.delivery.conversation_id))

    async def _take(self, head: Head) -> Head | None:
        """Take a row, None where it moved on. Where the database broke off in the middle nobody
        knows whether it is ours: it is given back before anything else happens."""
        try:
            return await self.store.write(Claim(head, self.owner))
        except StoreUnavailable:
            await self._insist(partial(give_back, head, self.owner))
            raise

    async def _send(self, channel: Channel, head: Head) -> Head | None:
        self.crash.reached(CrashPoint.AFTER_INTENT)
        if not self.holds():  # we were stopped, and others may be sending this by now
            await self._insist(partial(give_back, head, self.owner))
            raise _NotOurs
        started = self.clock()
        try:
            async with asyncio.timeout(self.rules.patience.total_seconds()):
                outcome = Outcome("sent", sent=await channel.send(head.delivery))
        except Exception as error:  # noqa: BLE001 - whatever it is, the message's state must say so
            outcome = outcome_of(error, head, self.rules, started)
            await self._report(head, error, started)
        else:
            self._count_cost(head, started)
        self.crash.reached(CrashPoint.AFTER_HTTP_BEFORE_MARK)
        following = await self._settle(head, outcome)
        self.crash.reached(CrashPoint.AFTER_MARK)
        return following

    async def _settle(self, head: Head, outcome: Outcome) -> Head | None:
        """Keep the outcome in hand until the database takes it: it is known nowhere else."""
        self.count("outbox", f"{head.channel}:{outcome.state}")
        plain = Settlement.fits(outcome)
        return await self._insist(
            Settlement(head, outcome) if plain else partial(settle, head, outcome)
        )

    async def _insist(self, body: Callable[[Connection], Done[T]]) -> T:
        """Write what the database must learn before anything else, however long it is away."""
        for attempt in itertools.count(1):
            try:
                return await self.store.write(body)
            except StoreUnavailable:
                await asyncio.sleep(min(5.0, 0.1 * 2 ** min(attempt, 6)))
        raise AssertionError

    def _count_cost(self, head: Head, now: datetime) -> None:
        """Count what was free in its window and what the provider charges for."""
        found = window(head.channel, head.window_from)
        if found is not None:
            cost = "free" if found.is_free(now) else "charged"
            self.count("window", f"{head.channel}:{cost}")

    async def _report(self, head: Head, error: Exception, now: datetime) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _log.warning(
            "sending failed", outbox=head.delivery.outbox_id, channel=head.channel,
            error=type(error).__name__, where=f"{frame.filename}:{frame.lineno}",
        )  # fmt: skip
        rate = self._limits(head.channel).rate
        if rate and isinstance(error, RateLimited) and error.retry_after and error.everywhere:
            until = now + timedelta(seconds=error.retry_after)
            await self.store.write(partial(_hold, head.channel, rate, until))

    async def _keep_chat_distance(self, head: Head) -> None:
        least = self._limits(head.channel).spacing(head.delivery.address)
        if not least:
            return
        now = asyncio.get_running_loop().time()
        self._last = {chat: at for chat, at in self._last.items() if now - at < _FORGOTTEN}
        conversation_id = head.delivery.conversation_id
        before = self._last.get(conversation_id)
        if before is not None:
            await asyncio.sleep(before + least - now)
        self._last[conversation_id] = asyncio.get_running_loop().time()

    def _limits(self, channel: str) -> Limits:
        return self.rules.limits.get(channel, Limits())

    def _reserve(self, name: str, rate: Rate) -> Reserve:
        async def take() -> float:
            body = partial(_take, name, rate, self.clock())
            return (await self.store.write(body)).total_seconds()

        return take


def _take(name: str, rate: Rate, now: datetime, connection: Connection) -> Done[timedelta]:
    return Done(reserve(connection, name, rate, now))


def _hold(name: str, rate: Rate, until: datetime, connection: Connection) -> Done[None]:
    hold(connection, name, rate, until)
    return Done(None)
