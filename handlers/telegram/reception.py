"""What becomes of an update: kept, corrected or obeyed, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.conversation.corrections import correct, know
from bot.conversation.payloads import read_payload
from bot.delivery.crowd import Acceptance, is_plain
from bot.delivery.inbox import Accepted, accept
from bot.delivery.labels import label_of, offered
from bot.liaison.hearing import Answered, Desk
from bot.liaison.orders import Order
from bot.messages import Incoming, IncomingKind
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.store import Done, Store, Wake
from handlers.telegram.channel import TelegramReader
from handlers.telegram.requests import is_digest, payload_of
from handlers.telegram.updates import NAME

_log = structlog.get_logger()

#: acts answered once and for all: pressing them twice would only puzzle
_ONCE = frozenset({"rate", "publish", "air"})

#: done in the transaction that keeps the updates, such as moving the offset
Beside = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button whose spinner is to be stopped.

    `under` is the message it stood under, `links` what stays there once the rest is `spent`.
    """

    query_id: str
    chat: str
    under: int | None = None
    toast: str = ""
    spent: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What was new, and which presses are to be answered once it is durable."""

    fresh: int
    presses: tuple[Press, ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """Keeps what updates say. `desk` obeys officers."""

    store: Store
    reader: TelegramReader
    desk: Desk
    clock: Clock
    metrics: Metrics

    async def take(
        self, updates: Sequence[tuple[Mapping[str, Any], bytes]], beside: Beside | None = None
    ) -> Taken:
        """Keep updates, each as a record and as bytes; raise StoreUnavailable with none kept."""
        found = [(event, raw) for record, raw in updates for event in self.reader.read(record)]
        self.metrics.count("webhook", "telegram_ignored", len(updates) - len(found))
        if not found and beside is None:
            return Taken(0, ())
        taken = await self._write(found, beside)
        self.metrics.count("accepted", NAME, taken.fresh)
        self.metrics.count("accepted", "repeat", len(found) - taken.fresh)
        if any(event.detail.get("event") == "unreadable" for event, _ in found):
            self.metrics.count("webhook", "telegram_unreadable")
            _log.warning("unreadable update kept", channel=NAME)
        return taken

    async def _write(self, found: Sequence[tuple[Incoming, bytes]], beside: Beside | None) -> Taken:
        """One plain message, as most requests carry, may be accepted together with others."""
        now = self.clock()
        if beside is None and len(found) == 1 and _is_plain(found[0][0]):
            ((event, raw),) = found
            own = str(event.detail.get("id", ""))
            also = partial(know, NAME, own) if own else None
            accepted = await self.store.write(Acceptance(event, raw, now, also=also))
            return Taken(int(not accepted.duplicate), ())

        def body(connection: Connection) -> Done[Taken]:
            if beside is not None:
                beside(connection)
            return self._keep_all(connection, found, now)

        return await self.store.write(body)

    def _keep_all(
        self, connection: Connection, found: Sequence[tuple[Incoming, bytes]], now: datetime
    ) -> Done[Taken]:
        wakes: list[Wake] = []
        presses: list[Press] = []
        fresh = 0
        for event, raw in found:
            done = self._keep(connection, event, raw, now)
            wakes += done.wakes
            fresh += done.value is not None
            presses += [done.value] if done.value and done.value.query_id else []
        return Done(Taken(fresh, tuple(presses)), tuple(wakes))

    def _keep(
        self, connection: Connection, event: Incoming, raw: bytes, now: datetime
    ) -> Done[Press | None]:
        """Keep one event; None for a repeat. A correction in place is kept as such."""
        corrects = str(event.detail.get("corrects", ""))
        left = correct(connection, event, corrects).event if corrects else _whole(connection, event)
        kept = left or replace(event, kind=IncomingKind.OTHER, text="", attachments=())
        done = accept(connection, kept, raw, now)
        if done.value.duplicate:
            return Done(None)
        if own := str(event.detail.get("id", "")):
            know(NAME, own, connection, done.value)
        answered = self._obey(connection, event, done.value, now)
        again = (Wake(done.value.conversation_id),) if left is None else ()
        return Done(_press(kept, answered), (*done.wakes, *answered.wakes, *again))

    def _obey(
        self, connection: Connection, event: Incoming, accepted: Accepted, now: datetime
    ) -> Answered:
        order = Order.of(NAME, event.detail)
        if order is None:
            return Answered()
        return self.desk.obey(connection, order, f"liaison:order:{accepted.inbox_id}", now)


def _is_plain(event: Incoming) -> bool:
    """Whether nothing but the ledger changes with an event."""
    spoken = is_plain(event) and event.kind is not IncomingKind.BUTTON
    return spoken and not event.detail.get("corrects") and "order" not in event.detail


def _press(event: Incoming, answered: Answered) -> Press:
    detail = event.detail
    return Press(
        str(detail.get("press", "")),
        event.address,
        detail.get("under"),
        answered.toast,
        spent=answered.spent or is_spent(event.payload),
        links=tuple((label, url) for label, url in detail.get("links", ())),
    )


def is_spent(payload: str) -> bool:
    """Whether a button was one of those that are answered once and for all."""
    press = read_payload(payload)
    return press is not None and (press.affirms or press.denies or press.act in _ONCE)


def _whole(connection: Connection, event: Incoming) -> Incoming:
    """Give a press the payload behind its digest, and its words where Telegram left them out."""
    if event.kind is not IncomingKind.BUTTON:
        return event
    payload = event.payload
    if is_digest(payload):
        buttons = offered(connection, NAME, event.address)
        payload = payload_of(payload, [b["payload"] for b in buttons if b["payload"]])
    text = event.text or label_of(connection, NAME, event.address, payload)
    return replace(event, payload=payload, text=text)
