"""What the webhook missed: read from the conversations, taken in by the same door, never twice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, select

from bot.channel_tokens import accounts
from bot.channels import SendError
from bot.delivery.inbox import last_heard
from bot.moments import Clock
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import inbox, provider_message
from handlers.zalo.channel import NAME
from handlers.zalo.client import MOST_AT_ONCE, Answer, Refused, ZaloApi
from handlers.zalo.payloads import moment, text, word
from handlers.zalo.reception import Reception

_log = structlog.get_logger()

#: nobody could be answered any more on what is older
_FURTHEST = timedelta(days=7)
#: what came in around the last look is looked at again: clocks differ
_OVERLAP = timedelta(minutes=10)
_MOST_PAGES = 500

#: the type of an item in a conversation → the event that the webhook would have brought
_EVENTS = {
    "text": "text", "photo": "image", "image": "image", "gif": "gif", "sticker": "sticker",
    "voice": "audio", "audio": "audio", "video": "video", "link": "link", "links": "link",
    "location": "location", "file": "file",
}  # fmt: skip
_NAMES = tuple(dict.fromkeys(_EVENTS.values()))


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Looks through the conversations used since everything was known to be here."""

    api: ZaloApi
    reception: Reception
    store: Store
    app_id: str
    clock: Clock

    @property
    def _account(self) -> str:
        return f"{NAME}:{self.reception.reader.oa_id}"

    async def on_time(self, _slot: datetime) -> None:
        """Catch up by the clock; a failure leaves the mark where it was."""
        try:
            taken = await self.run()
        except (Refused, SendError, StoreUnavailable) as error:
            _log.warning("could not catch up with zalo", error=type(error).__name__)
            return
        if taken:
            _log.warning("messages the webhook had missed were taken in", events=taken)

    async def run(self) -> int:
        """Take in what is missing and return how many events that was."""
        began = self.clock()
        since = await self.store.read(self._since)
        taken = 0
        if since is not None:
            for citizen in await self._used_since(since):
                taken += await self._chat(citizen, since)
        await self.store.write(partial(self._mark, began))
        self.reception.metrics.count("caught_up", NAME, taken)
        return taken

    def _since(self, connection: Connection) -> datetime | None:
        """Return from when on something may be missing, None where nothing came in ever."""
        known = accounts.caught_up_to(connection, self._account)
        from_here = known or last_heard(connection, NAME)
        return from_here and max(from_here - _OVERLAP, self.clock() - _FURTHEST)

    def _mark(self, began: datetime, connection: Connection) -> Done[None]:
        accounts.catch_up_to(connection, self._account, began)
        return Done(None)

    async def _used_since(self, since: datetime) -> Sequence[str]:
        """Return the citizens with whom something was said, each once."""
        found: dict[str, None] = {}
        for page in range(_MOST_PAGES):
            items = await self.api.recent_chats(page * MOST_AT_ONCE)
            fresh = [item for item in items if _is_since(item, since)]
            found |= dict.fromkeys(map(self._citizen, fresh))
            if len(fresh) < MOST_AT_ONCE:
                break
        return [citizen for citizen in found if citizen]

    async def _chat(self, citizen: str, since: datetime) -> int:
        """Take in what one conversation has and we have not, oldest first."""
        items: dict[str, Answer] = {}
        for page in range(_MOST_PAGES):
            shown = await self.api.recent(citizen, page * MOST_AT_ONCE)
            fresh = [item for item in shown if _is_since(item, since)]
            items |= {word(item.get("message_id")): item for item in fresh}
            if len(fresh) < MOST_AT_ONCE:
                break
        items = {id_: item for id_, item in items.items() if id_ and _is_message(item)}
        known = await self.store.read(partial(self._known, tuple(items)))
        missing = [item for id_, item in items.items() if id_ not in known]
        missing.sort(key=lambda item: int(word(item.get("time")) or 0))
        return sum([await self.reception.take(self._event(item, citizen)) for item in missing])

    def _known(self, ids: tuple[str, ...], connection: Connection) -> set[str]:
        """Return the messages that are here, under whatever event they came."""
        oa_id = self.reception.reader.oa_id
        kinds = ("user_send_business_card", *(f"{s}_send_{n}" for s in _SIDES for n in _NAMES))
        keys = {f"{oa_id}:{kind}:{id_}": id_ for id_ in ids for kind in kinds}
        here = select(inbox.c.event_id).where(inbox.c.channel == NAME, inbox.c.event_id.in_(keys))
        ours = select(provider_message.c.provider_id).where(
            provider_message.c.channel == NAME, provider_message.c.provider_id.in_(ids)
        )
        found = {keys[key] for key in connection.execute(here).scalars()}
        return found | set(connection.execute(ours).scalars())

    def _event(self, item: Mapping[str, Any], citizen: str) -> bytes:
        """Return the request the webhook would have brought."""
        oa_id = self.reception.reader.oa_id
        by_citizen = _by_citizen(item)
        sender, recipient = (citizen, oa_id) if by_citizen else (oa_id, citizen)
        kind = _EVENTS.get(word(item.get("type")), "text" if text(item, "message") else "file")
        event = {
            "event_name": f"{_SIDES[0] if by_citizen else _SIDES[1]}_send_{kind}",
            "app_id": self.app_id,
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "message": _message(item, kind),
            "timestamp": word(item.get("time")),
            "caught_up": True,
        }
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()

    def _citizen(self, item: Mapping[str, Any]) -> str:
        return word(item.get("from_id" if _by_citizen(item) else "to_id"))


_SIDES = ("user", "oa")


def _by_citizen(item: Mapping[str, Any]) -> bool:
    return word(item.get("src")) == "1"


def _is_message(item: Mapping[str, Any]) -> bool:
    """Whether somebody wrote it: templates and the like are the service's own."""
    return _by_citizen(item) or word(item.get("type")) in _EVENTS


def _is_since(item: Mapping[str, Any], since: datetime) -> bool:
    at = moment(item.get("time"))
    return at is not None and at >= since


def _message(item: Mapping[str, Any], kind: str) -> dict[str, Any]:
    said: dict[str, Any] = {"msg_id": word(item.get("message_id")), "text": text(item, "message")}
    url = text(item, "url") or text(item, "thumb")
    if kind != "text" and url:
        said["attachments"] = [{"type": kind, "payload": {"url": url}}]
    return said
