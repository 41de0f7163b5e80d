"""What comes in: kept once, numbered in its conversation, before anybody answers 200."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)

from bot.delivery.receipts import note
from bot.errors import BotError
from bot.media.ledger import order
from bot.messages import Incoming, IncomingKind
from bot.reach.windows import opens
from bot.store import Done, Wake
from bot.store.engines import to_json
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.base import Moment
from bot.tables.delivery import conversation, inbox, message

#: shown in the transcript as the citizen's
VISIBLE = frozenset(
    {
        IncomingKind.TEXT,
        IncomingKind.BUTTON,
        IncomingKind.ATTACHMENT,
        IncomingKind.STICKER,
        IncomingKind.REACTION,
        IncomingKind.CALL,
        IncomingKind.FORM,
    }
)
#: somebody is there: the conversation decides on it, and what waits for the citizen is sent
INTERACTIONS = VISIBLE | {IncomingKind.OPENED}
#: the citizen did something, if nothing to decide on: what waits for him is tried again
_SIGNS_OF_LIFE = INTERACTIONS | {IncomingKind.OTHER}
#: receipts come by the thousand and leave nothing to do; an echo may settle a doubt
_WAKING = _SIGNS_OF_LIFE | {IncomingKind.ECHO}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an event. `seq` is its number in the transcript, 0 where it has none."""

    conversation_id: int
    seq: int
    inbox_id: int
    duplicate: bool = False
    #: the same event id came before with another content; what came first stands
    conflict: bool = False


class Place(NamedTuple):
    """A conversation, and the last numbers given in it."""

    id: int
    seq: int
    message_seq: int


class UnknownConversation(BotError):
    """There is no such conversation, or it has ended."""


def accept(
    connection: Connection,
    incoming: Incoming,
    raw: bytes,
    now: datetime,
    *,
    idle: timedelta | None = None,
    silence: timedelta = timedelta(minutes=60),
) -> Done[Accepted]:
    """Keep an event; repeats change nothing. A first message opens its conversation.

    `idle` is for channels whose conversations are opened beforehand: it raises
    UnknownConversation where there is none alive, and gives a living one so much longer.
    `silence` is how long the assistant keeps quiet after an officer wrote by hand.
    """
    event = incoming.as_json()
    digest = _digest(event)
    known = _known(connection, incoming)
    if known is not None:
        return Done(_repeat(connection, known, digest))
    place = _advance(connection, incoming, now, idle)
    row = {**_columns(incoming, place, now), "raw": raw, "digest": digest, "event": event}
    inbox_id = _INSERT_INBOX.run(connection, row).scalar()
    if inbox_id is None:  # another node was faster, between our look and our lock
        return Done(_repeat(connection, _known(connection, incoming) or 0, digest))
    if incoming.kind in VISIBLE:
        _INSERT_MESSAGE.run(connection, _transcribed(event, place, inbox_id, now))
        order(connection, incoming, inbox_id, now)
    if incoming.kind not in INTERACTIONS:
        note(connection, place.id, inbox_id, incoming, now + silence)
    seq = place.message_seq if incoming.kind in VISIBLE else 0
    wakes = (Wake(place.id),) if incoming.kind in _WAKING else ()
    return Done(Accepted(place.id, seq, inbox_id), wakes)


def open_conversation(
    connection: Connection,
    channel: str,
    address: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Return the id of the conversation with an address, opening it where there is none."""
    of = {"channel": channel, "address": address}
    _OPEN.run(connection, {**of, "created_at": now, "expires_at": expires_at})
    found: int = _OPENED.run(connection, {f"of_{name}": of[name] for name in of}).scalar_one()
    return found


def find_conversation(
    connection: Connection, channel: str, address: str, now: datetime
) -> RowMapping | None:
    """Return the row of a conversation that has not ended, None where there is none."""
    statement = select(conversation).where(
        conversation.c.channel == channel,
        conversation.c.address == address,
        _alive(now),
    )
    return connection.execute(statement).mappings().first()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the transcript, from either side."""

    seq: int
    role: str
    text: str
    #: Outgoing as JSON; for the citizen's lines kind, payload and attachments
    body: dict[str, Any]
    question_id: int | None
    at: datetime


def transcript(
    connection: Connection, conversation_id: int, after: int = 0, limit: int = 200
) -> list[Line]:
    """Return the lines of a conversation with a seq above `after`, oldest first."""
    statement = (
        select(
            message.c.seq,
            message.c.role,
            message.c.text,
            message.c.body,
            message.c.question_id,
            message.c.at,
        )
        .where(message.c.conversation_id == conversation_id, message.c.seq > after)
        .order_by(message.c.seq)
        .limit(limit)
    )
    return [Line(*row) for row in connection.execute(statement)]


def _alive(now: datetime) -> Any:  # noqa: ANN401 - a clause of SQLAlchemy
    return conversation.c.expires_at.is_(None) | (conversation.c.expires_at > now)


def _later(kept: Any, new: Any) -> Any:  # noqa: ANN401 - clauses of SQLAlchemy
    """Return the later of two moments; events come in any order, and most open no window."""
    return case((new.is_not(None) & (kept.is_(None) | (kept < new)), new), else_=kept)


# Statements of the hot path are built once; building one costs more than running it.
_OPEN = Hot(
    Prepared(
        conversation,
        lambda statement: statement.on_conflict_do_nothing(
            index_elements=[conversation.c.channel, conversation.c.address]
        ),
    )
)
_OPENED = Hot(
    select(conversation.c.id).where(
        conversation.c.channel == bindparam("of_channel"),
        conversation.c.address == bindparam("of_address"),
    )
)
_KNOWN = Hot(
    select(inbox.c.id).where(
        inbox.c.channel == bindparam("of_channel"), inbox.c.event_id == bindparam("of_event")
    )
)
_ADVANCING = (
    update(conversation)
    .where(
        conversation.c.channel == bindparam("of_channel"),
        conversation.c.address == bindparam("of_address"),
    )
    .values(
        seq=conversation.c.seq + 1,
        message_seq=conversation.c.message_seq + bindparam("lines"),
        last_inbound_at=func.coalesce(
            bindparam("inbound_at", type_=Moment), conversation.c.last_inbound_at
        ),
        window_from=_later(conversation.c.window_from, bindparam("opened_at", type_=Moment)),
        blocked=case(
            (bindparam("inbound_at", type_=Moment).is_not(None), False),
            else_=conversation.c.blocked,
        ),
        expires_at=func.coalesce(bindparam("renewed_to", type_=Moment), conversation.c.expires_at),
    )
    .returning(conversation.c.id, conversation.c.seq, conversation.c.message_seq)
)
_ADVANCE_LIVING = Hot(_ADVANCING.where(_alive(bindparam("alive_at"))))  # type: ignore[arg-type]
_ADVANCE = Hot(_ADVANCING)
_INSERT_MESSAGE = Hot(insert(message))
_INSERT_INBOX = Hot(
    Prepared(
        inbox,
        lambda statement: statement.on_conflict_do_nothing(
            index_elements=[inbox.c.channel, inbox.c.event_id]
        ).returning(inbox.c.id),
    )
)


def _known(connection: Connection, incoming: Incoming) -> int | None:
    key = {"of_channel": incoming.channel, "of_event": incoming.event_id}
    found: int | None = _KNOWN.run(connection, key).scalar()
    return found


def _advance(
    connection: Connection, incoming: Incoming, now: datetime, idle: timedelta | None
) -> Place:
    """Number the event. Its row lock makes the order of acceptance the order of commits."""
    values = {
        "of_channel": incoming.channel,
        "of_address": incoming.address,
        "lines": int(incoming.kind in VISIBLE),
        "inbound_at": now if incoming.kind in _SIGNS_OF_LIFE else None,
        "opened_at": opens(incoming.kind, incoming.at, now),
        "renewed_to": idle and now + idle,
    }
    if idle is not None:
        living = _ADVANCE_LIVING.run(connection, {**values, "alive_at": now}).first()
        if living is None:
            raise UnknownConversation
        return Place(*living)
    place = _ADVANCE.run(connection, values).first()
    if place is None:
        open_conversation(connection, incoming.channel, incoming.address, now)
        place = _ADVANCE.run(connection, values).one()
    return Place(*place)


def _columns(incoming: Incoming, place: Place, now: datetime) -> dict[str, Any]:
    return {
        "channel": incoming.channel,
        "event_id": incoming.event_id,
        "conversation_id": place.id,
        "seq": place.seq,
        "state": "pending" if incoming.kind in INTERACTIONS else "noted",
        "received_at": now,
    }


def _transcribed(
    event: dict[str, Any], place: Place, inbox_id: int, now: datetime
) -> dict[str, Any]:
    return {
        "conversation_id": place.id,
        "seq": place.message_seq,
        "role": "citizen",
        "text": event["text"],
        "body": {name: event[name] for name in ("kind", "payload", "attachments")},
        "inbox_id": inbox_id,
        "at": now,
    }


def _repeat(connection: Connection, inbox_id: int, digest: str) -> Accepted:
    statement = (
        select(inbox.c.conversation_id, inbox.c.digest, func.coalesce(message.c.seq, 0))
        .outerjoin(message, message.c.inbox_id == inbox.c.id)
        .where(inbox.c.id == inbox_id)
    )
    conversation_id, first, seq = connection.execute(statement).one()
    return Accepted(conversation_id, seq, inbox_id, duplicate=True, conflict=first != digest)


def _digest(event: dict[str, Any]) -> str:
    """Hash what the citizen did, not how the request was spelt or when it came."""
    content = [event[name] for name in ("address", "kind", "text", "payload", "attachments")]
    return hashlib.sha256(to_json(content, sort=True).encode()).hexdigest()
