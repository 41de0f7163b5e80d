"""What the ledger still owes: for readiness, alarms, and the person who settles doubts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from bot.store import Wake
from bot.tables.delivery import (
    conversation,
    inbox,
    inbox_open,
    message,
    outbox,
    outbox_open,
    outbox_open_at_all,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Rows by what they wait for, and since when the oldest waits to be decided."""

    undecided: int
    unsent: int
    unknown: int
    waiting: int
    oldest: datetime | None


def backlog(connection: Connection) -> Backlog:
    """Count open rows; partial indexes hold no others, so this costs what is open."""
    undecided, oldest = connection.execute(
        select(func.count(), func.min(inbox.c.received_at)).where(
            inbox_open, inbox.c.state == "pending"
        )
    ).one()
    by_state = select(outbox.c.state, func.count()).where(outbox_open).group_by(outbox.c.state)
    states = {row[0]: row[1] for row in connection.execute(by_state)}
    return Backlog(
        undecided=undecided,
        unsent=states.get("pending", 0) + states.get("sending", 0),
        unknown=states.get("unknown", 0),
        waiting=states.get("waiting", 0),
        oldest=oldest,
    )


def in_doubt(connection: Connection, limit: int = 100) -> Sequence[RowMapping]:
    """Return messages that may have arrived or not and wait for a person."""
    statement = (
        select(
            outbox.c.id,
            outbox.c.conversation_id,
            outbox.c.cause,
            outbox.c.reason,
            outbox.c.created_at,
            conversation.c.channel,
            message.c.text,
            message.c.question_id,
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .join(message, message.c.id == outbox.c.message_id)
        .where(outbox_open_at_all, outbox.c.state == "unknown", outbox.c.next_at.is_(None))
        .order_by(outbox.c.conversation_id, outbox.c.id)
        .limit(limit)
    )
    return connection.execute(statement).mappings().all()


def resolve(
    connection: Connection, outbox_id: int, *, arrived: bool, now: datetime
) -> tuple[Wake, ...]:
    """Settle a doubt by a person's word: it arrived, or it is to be sent again."""
    values = {"state": "sent", "sent_at": now} if arrived else {"state": "pending", "attempts": 0}
    conversation_id = connection.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.state == "unknown")
        .values(**values, reason="resolved by a person", next_at=None)
        .returning(outbox.c.conversation_id)
    ).scalar()
    return () if conversation_id is None else (Wake(conversation_id),)
