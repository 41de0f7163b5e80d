"""Zalo as a channel: requests of theirs as events, messages of ours as requests."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.channels import ChannelUnavailable, Delivery, SendError, Sent
from bot.delivery.parts import Progress, keep_part, known_ids, progress
from bot.messages import Incoming
from bot.moments import Clock
from bot.store import Store, StoreUnavailable
from handlers.zalo.client import Answer, Refused, ZaloApi, as_send_error
from handlers.zalo.codes import Cure
from handlers.zalo.events import Event, read_event
from handlers.zalo.payloads import happened_at, moment, part, read_record, text, word
from handlers.zalo.requests import bodies, without_quote
from handlers.zalo.uploads import Uploads

NAME = "zalo"

#: how far Zalo's clock may be from ours
_SKEW = timedelta(minutes=2)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ZaloReader:
    """Reads webhook requests; needs neither network nor database."""

    oa_id: str
    clock: Clock

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the event of one request, nothing for what is knowingly ignored."""
        record = read_record(raw)
        event = read_event(record, raw, self.oa_id)
        if event is None:
            return ()
        at = happened_at(moment(record.get("timestamp")), self.clock())
        return (_incoming(event, at),)


@dataclass(slots=True)
class Zalo:
    """The channel: parses, sends, and looks up what may have been sent."""

    reader: ZaloReader
    api: ZaloApi
    store: Store
    clock: Clock
    uploads: Uploads
    name: str = NAME

    def parse(self, raw: bytes) -> Sequence[Incoming]:
        """Return the event of one request, nothing for what is knowingly ignored."""
        return self.reader.parse(raw)

    async def send(self, delivery: Delivery) -> Sent:
        """Send a message in as many parts as it takes; parts that arrived are not repeated."""
        requests = bodies(delivery.address, delivery.message)
        if len(requests) == 1:
            return Sent(*await self._say(requests[0], first=True))
        try:
            done = await self.store.read(partial(progress, delivery.outbox_id))
        except StoreUnavailable as error:
            raise ChannelUnavailable("the database is unavailable") from error
        ids, at = list(done.sent), self.clock()
        for number, body in enumerate(requests[len(ids) :], start=len(ids)):
            told, at = await self._say(body, first=number == len(done.sent))
            ids += told or ("",)
            await self.store.write(partial(keep_part, delivery.outbox_id, number, ids[-1]))
        return Sent(tuple(filter(None, ids)), at)

    async def find_sent(self, delivery: Delivery) -> Sent | None:
        """Look in the conversation for a message of unknown outcome.

        Of a message in parts those that arrived are remembered, whether or not all did.
        """
        try:
            shown = await self.api.recent(delivery.address)
        except (Refused, SendError) as error:
            _log.warning("cannot look for a message", outbox=delivery.outbox_id, error=str(error))
            return None
        done = await self.store.read(partial(progress, delivery.outbox_id))
        ours = await self._candidates(shown, delivery, done)
        wanted = [body["message"] for body in _bodies(delivery)]
        ids, at = list(done.sent), self.clock()
        for number, said in enumerate(wanted[len(ids) :], start=len(ids)):
            found = next((item for item in ours if _shows(item, said)), None)
            if found is None:
                return None
            ours.remove(found)
            ids.append(word(found.get("message_id")))
            at = moment(found.get("time")) or at
            await self.store.write(partial(keep_part, delivery.outbox_id, number, ids[-1]))
        return Sent(tuple(filter(None, ids)), at)

    async def _candidates(
        self, shown: Sequence[Answer], delivery: Delivery, done: Progress
    ) -> list[Answer]:
        """Return what the account said since the message was written and is no other's, oldest
        first: yesterday's message may have had the same words."""
        ids = tuple(word(item.get("message_id")) for item in shown)
        others = await self.store.read(partial(known_ids, NAME, ids, delivery.outbox_id))
        taken = others | set(done.sent)
        since = done.created_at and done.created_at - _SKEW
        dated = [(moment(item.get("time")), item) for item in shown if _is_ours(item)]
        recent = [
            (at, item)
            for at, item in dated
            if at and since and at >= since and word(item.get("message_id")) not in taken
        ]
        return [item for _, item in sorted(recent, key=lambda pair: pair[0])]

    async def _say(self, body: dict[str, Any], *, first: bool) -> tuple[tuple[str, ...], datetime]:
        try:
            answer = await self._with_cure(body, first=first)
        except Refused as refusal:
            raise as_send_error(refusal) from refusal
        data = part(answer, "data")
        message_id = word(data.get("message_id"))
        return (message_id,) if message_id else (), moment(data.get("sent_time")) or self.clock()

    async def _with_cure(self, body: dict[str, Any], *, first: bool) -> Answer:
        """Send; where an error names something that may help at once, try that one time."""
        try:
            return await self.api.say(await self.uploads.resolved(body), first=first)
        except Refused as refusal:
            cured = self._cured(body, refusal.cure)
            if cured is None:
                raise
        return await self.api.say(await self.uploads.resolved(cured))

    def _cured(self, body: dict[str, Any], cure: Cure) -> dict[str, Any] | None:
        """Return the request to try instead, None where nothing would help."""
        if cure is Cure.UPLOAD:
            self.uploads.forget(body)
        if cure is Cure.NO_QUOTE:
            return without_quote(body) if "quote_message_id" in body["message"] else None
        return body if cure in (Cure.AGAIN, Cure.UPLOAD) else None


def _incoming(event: Event, at: datetime) -> Incoming:
    return Incoming(
        channel=NAME,
        event_id=event.key,
        address=event.address,
        kind=event.kind,
        at=at,
        text=event.text,
        payload=event.payload,
        attachments=event.attachments,
        refers_to=event.refers_to,
        detail=event.detail or {},
    )


def _bodies(delivery: Delivery) -> list[dict[str, Any]]:
    return bodies(delivery.address, delivery.message)


def _is_ours(item: Mapping[str, Any]) -> bool:
    return word(item.get("src")) == "0"


def _shows(item: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an item of the conversation is a message of ours: by its words, else by its kind."""
    if "text" in said:
        return _plain(text(item, "message")) == _plain(said["text"])
    return word(item.get("type")) not in ("", "text")


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())
