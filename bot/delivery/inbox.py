"""What comes in: kept once, numbered in its conversation, before anybody answers 200."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from bot.delivery.numbering import (
    INTERACTIONS,
    VISIBLE,
    WAKING,
    Place,
    Step,
    advance,
    alive,
)
from bot.delivery.receipts import note
from bot.media.ledger import order
from bot.messages import Incoming
from bot.store import Done, Wake
from bot.store.engines import to_json
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.delivery import conversation, inbox, message

#: how long the assistant keeps quiet after an officer wrote by hand, where nobody said otherwise
SILENCE = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an event. `seq` is its number in the transcript, 0 where it has none."""

    conversation_id: int
    seq: int
    inbox_id: int
    duplicate: bool = False
    #: the same event id came before with another content; what came first stands
    conflict: bool = False


def accept(
    connection: Connection,
    incoming: Incoming,
    raw: bytes,
    now: datetime,
    *,
    idle: timedelta | None = None,
    silence: timedelta = SILENCE,
) -> Done[Accepted]:
    """Keep an event; repeats change nothing. A first message opens its conversation.

    `idle` is for channels whose conversations are opened beforehand: it raises
    UnknownConversation where there is none alive, and gives a living one so much longer.
    `silence` is how long the assistant keeps quiet after an officer wrote by hand.
    """
    event = incoming.as_json()
    row = inbox_row(incoming, event, raw, now)
    known = _known(connection, incoming)
    if known is not None:
        return Done(_repeat(connection, known, row["digest"]))
    place = advance(connection, incoming, Step.of(incoming, now, idle), now)
    placed = {**row, "conversation_id": place.id, "seq": place.seq}
    inbox_id = _INSERT_INBOX.run(connection, placed).scalar()
    if inbox_id is None:  # another node was faster, between our look and our lock
        return Done(_repeat(connection, _known(connection, incoming) or 0, row["digest"]))
    if incoming.kind in VISIBLE:
        _INSERT_MESSAGE.run(connection, line_row(event, place, inbox_id, now))
        order(connection, incoming, inbox_id, now)
    if incoming.kind not in INTERACTIONS:
        note(connection, place.id, inbox_id, incoming, now + silence)
    return taken(incoming, place, inbox_id)


def inbox_row(
    incoming: Incoming, event: dict[str, Any], raw: bytes, now: datetime
) -> dict[str, Any]:
    """Return the inbox row of an event, but for its place."""
    return {
        "channel": incoming.channel,
        "event_id": incoming.event_id,
        "raw": raw,
        "digest": _digest(event),
        "event": event,
        "state": "pending" if incoming.kind in INTERACTIONS else "noted",
        "received_at": now,
    }


def line_row(event: dict[str, Any], place: Place, inbox_id: int, now: datetime) -> dict[str, Any]:
    """Return the row of the transcript that shows an event."""
    return {
        "conversation_id": place.id,
        "seq": place.message_seq,
        "role": "citizen",
        "text": event["text"],
        "body": line_body(event),
        "inbox_id": inbox_id,
        "at": now,
    }


def line_body(event: dict[str, Any]) -> dict[str, Any]:
    """Return what the transcript keeps of an event besides its text."""
    return {name: event[name] for name in ("kind", "payload", "attachments")}


def taken(incoming: Incoming, place: Place, inbox_id: int) -> Done[Accepted]:
    """Return what is told of an event that was new, and whom it wakes."""
    seq = place.message_seq if incoming.kind in VISIBLE else 0
    wakes = (Wake(place.id),) if incoming.kind in WAKING else ()
    return Done(Accepted(place.id, seq, inbox_id), wakes)


def find_conversation(
    connection: Connection, channel: str, address: str, now: datetime
) -> RowMapping | None:
    """Return the row of a conversation that has not ended, None where there is none."""
    statement = select(conversation).where(
        conversation.c.channel == channel,
        conversation.c.address == address,
        alive(now),
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


def last_heard(connection: Connection, channel: str) -> datetime | None:
    """Return when a channel's newest event came, None where none ever did."""
    # by number, newest first: each index over channels would lead through all it ever brought
    newest = (
        select(inbox.c.received_at)
        .where(func.coalesce(inbox.c.channel, "") == channel)
        .order_by(inbox.c.id.desc())
        .limit(1)
    )
    found: datetime | None = connection.execute(newest).scalar()
    return found


# Statements of the hot path are built once; building one costs more than running it.
_KNOWN = Hot(
    select(inbox.c.id).where(
        inbox.c.channel == bindparam("of_channel"), inbox.c.event_id == bindparam("of_event")
    )
)
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
