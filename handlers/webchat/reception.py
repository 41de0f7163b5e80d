"""Takes what citizens send to web conversations, by script, by plain form or as a file."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection, insert, update

from bot.delivery.crowd import Acceptance
from bot.delivery.inbox import Accepted
from bot.delivery.inbox import find_conversation as find
from bot.delivery.labels import label_of
from bot.delivery.numbering import UnknownConversation, open_conversation
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.questions.codes import find_code
from bot.store import Done, Store
from bot.tables.delivery import attachment, conversation
from handlers.webchat.channel import NAME, WebChat, address_of
from handlers.webchat.limits import Allowance, RateLimit
from handlers.webchat.origins import Origins
from handlers.webchat.requests import Post

log = structlog.get_logger()

#: a conversation nobody used for so long is gone
IDLE = timedelta(days=30)
_TOKEN_BYTES = 24  # 192 bits; the contract asks for 128


def _messages() -> RateLimit:
    return RateLimit(Allowance(burst=20, per_second=0.5))


def _conversations() -> RateLimit:
    return RateLimit(Allowance(burst=60, per_second=1.0))


def _callers() -> RateLimit:
    return RateLimit(Allowance(burst=120, per_second=5.0))


def _readings() -> RateLimit:
    return RateLimit(Allowance(burst=120, per_second=10.0))


def _guesses() -> RateLimit:
    """Return the pace of receipts' codes, the same as on the page that looks them up."""
    return RateLimit(Allowance(burst=30, per_second=0.2))


def _bytes() -> RateLimit:
    return RateLimit(Allowance(burst=30_000_000, per_second=100_000.0))


@dataclass(frozen=True)
class Reception:
    """Opens conversations and accepts messages, at the pace a person writes."""

    store: Store
    channel: WebChat
    clock: Clock
    metrics: Metrics
    origins: Origins | None = None
    messages: RateLimit = field(default_factory=_messages)
    conversations: RateLimit = field(default_factory=_conversations)
    callers: RateLimit = field(default_factory=_callers)
    readings: RateLimit = field(default_factory=_readings)
    guesses: RateLimit = field(default_factory=_guesses)
    bytes: RateLimit = field(default_factory=_bytes)

    async def open(self, caller: str) -> str:
        """Open a conversation and return its token, which is told once and kept hashed."""
        self._pace(self.conversations, caller)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self.clock()
        origin = self.origins.of(caller, now) if self.origins else None

        def begin(connection: Connection) -> Done[None]:
            id_ = open_conversation(connection, NAME, address_of(token), now, now + IDLE)
            opened = update(conversation).where(conversation.c.id == id_)
            connection.execute(opened.values(origin=origin))
            return Done(None)

        await self.store.write(begin)
        self.metrics.count("conversation_opened", NAME)
        return token

    async def find(self, token: str) -> int | None:
        """Return the id of a living conversation."""
        now = self.clock()
        row = await self.store.read(lambda c: find(c, NAME, address_of(token), now))
        return int(row["id"]) if row else None

    def pace(self, token: str, caller: str, text: str = "") -> None:
        """Count a message; raise 429 when it comes faster than people write, or guesses codes.

        A conversation has its own pace, and so has a caller: a whole commune may share an
        address, but nobody opens conversations to write without end.
        """
        self._pace(self.messages, address_of(token))
        self._pace(self.callers, caller)
        if find_code(text):
            self._pace(self.guesses, caller)

    def pace_reading(self, caller: str) -> None:
        """Count a look at a transcript; raise 429 when it comes faster than pages ask."""
        self._pace(self.readings, caller)

    def pace_bytes(self, caller: str, size: int) -> None:
        """Count the bytes of a file before they are read; raise 429 when they are too many."""
        self._pace(self.bytes, caller, size)

    async def take(
        self, post: Post, file: Mapping[str, Any] | None = None, *, dropped: bool = False
    ) -> Accepted:
        """Keep a message, with the row of its file; raise 404 or 409 where it cannot be.

        `dropped` says that it came with a picture of an identity paper, which is not kept.
        """
        now, address = self.clock(), address_of(post.conversation)
        if post.payload:
            label = await self.store.read(lambda c: label_of(c, NAME, address, post.payload))
            post = replace(post, text=label)
        files = (file,) if file else ({"kind": "image", "id": "", "name": ""},) if dropped else ()
        raw = post.to_raw(address, now, files)
        incoming = self.channel.parse(raw)[0]

        also = partial(_note_file, file, now) if file else None
        try:
            accepted = await self.store.write(Acceptance(incoming, raw, now, IDLE, also))
        except UnknownConversation:
            raise web.HTTPNotFound from None
        if accepted.conflict:
            raise web.HTTPConflict
        self.metrics.count("accepted", "repeat" if accepted.duplicate else NAME)
        return accepted

    def _pace(self, limit: RateLimit, key: str, cost: int = 1) -> None:
        wait = limit.wait(key, time.monotonic(), cost)
        if wait:
            self.metrics.count("slowed", NAME)
            log.warning("caller slowed down", channel=NAME)
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})


def _note_file(
    file: Mapping[str, Any], now: datetime, connection: Connection, accepted: Accepted
) -> None:
    row = {"conversation_id": accepted.conversation_id, "received_at": now}
    connection.execute(insert(attachment).values(**row, **_attachment(file)))


def _attachment(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in ("id", "media_type", "size", "digest")} | {"state": "kept"}
