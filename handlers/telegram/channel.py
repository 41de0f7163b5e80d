"""Telegram as a channel: updates as events, messages of ours as requests."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Message
from telegram.error import TelegramError

from bot.channels import (
    ChannelUnavailable,
    Delivery,
    RateLimited,
    SendError,
    Sent,
    UnreadablePayload,
)
from bot.delivery.parts import keep_part, progress
from bot.liaison.groups import follow
from bot.media.sources import MediaRefused, MediaTooLarge
from bot.messages import Attachment, Incoming
from bot.moments import Clock
from bot.store import Store, StoreUnavailable
from handlers.telegram.attachments import SCHEME
from handlers.telegram.client import Part, TelegramApi
from handlers.telegram.failures import Refusal, as_send_error
from handlers.telegram.floods import Floods
from handlers.telegram.requests import parts
from handlers.telegram.updates import NAME, Reader


@dataclass(slots=True)
class TelegramReader:
    """Reads updates; needs neither network nor database. `name` is learned after the start."""

    bot_id: str
    clock: Clock
    name: str = ""

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the event of one update, nothing for what is knowingly ignored."""
        return self.read(read_record(raw))

    def read(self, record: Mapping[str, Any]) -> Sequence[Incoming]:
        """Return the event of an update that is JSON already."""
        event = Reader(self.bot_id, self.clock(), self.name).read(record)
        return () if event is None else (event,)


@dataclass(slots=True)
class Telegram:
    """The channel: parses, sends, follows groups that move, fetches files.

    `between` is how many seconds lie between two parts of one message.
    """

    reader: TelegramReader
    api: TelegramApi
    store: Store
    clock: Clock
    between: float = 1.0
    name: str = NAME
    floods: Floods = field(default_factory=Floods)

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the event of one update, nothing for what is knowingly ignored."""
        return self.reader.parse(raw)

    async def send(self, delivery: Delivery) -> Sent:
        """Send a message in as many parts as it takes; parts that arrived are not repeated."""
        wanted = parts(delivery.address, delivery.message)
        if len(wanted) == 1:
            said = await self._say(delivery.address, wanted[0])
            return Sent((_id(said),), said.date)
        try:
            done = await self.store.read(partial(progress, delivery.outbox_id))
        except StoreUnavailable as error:
            raise ChannelUnavailable("the database is unavailable") from error
        ids, at = list(done.sent), self.clock()
        for number, part in enumerate(wanted[len(ids) :], start=len(ids)):
            if ids:
                await asyncio.sleep(self.between)
            said = await self._say(delivery.address, part)
            ids.append(_id(said))
            at = said.date
            await self.store.write(partial(keep_part, delivery.outbox_id, number, ids[-1]))
        return Sent(tuple(ids), at)

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Return the bytes of something attached; implements bot.media.sources.MediaSource."""
        if not attachment.url.startswith(SCHEME):
            raise MediaRefused
        if attachment.size > most:
            raise MediaTooLarge
        return await self.api.download(attachment.url.removeprefix(SCHEME), most)

    async def _say(self, chat: str, part: Part) -> Message:
        started = time.monotonic()
        try:
            return await self._to_where_it_is(chat, part)
        except TelegramError as error:
            raise self._named(chat, error, time.monotonic() - started) from None

    async def _to_where_it_is(self, chat: str, part: Part) -> Message:
        """Send; a group that became a supergroup is followed to its new id at once."""
        try:
            return await self.api.say(chat, part)
        except Refusal as refusal:
            if refusal.moved_to is None:
                raise
            moved_to = str(refusal.moved_to)
        await self.store.write(partial(follow, NAME, chat, moved_to))
        return await self.api.say(moved_to, part)

    def _named(self, chat: str, error: TelegramError, took: float) -> SendError:
        """Return our error; a flood wait counts from the answer, the sender's from the request."""
        failure = as_send_error(error)
        if isinstance(failure, RateLimited) and failure.retry_after is not None:
            everywhere = self.floods.note(chat, failure.retry_after)
            return RateLimited(failure.retry_after + took, str(failure), everywhere=everywhere)
        return failure


def read_record(raw: bytes) -> Mapping[str, Any]:
    """Return the object a request holds; raise UnreadablePayload for anything else."""
    try:
        record = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadablePayload from error
    if not isinstance(record, Mapping):
        raise UnreadablePayload
    return record


def _id(message: Message) -> str:
    return f"{message.chat_id}:{message.message_id}"
