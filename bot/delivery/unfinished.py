"""Conversations in which something is left to decide or to send, a page at a time."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from bot.delivery.sending import is_sendable
from bot.tables.delivery import conversation, inbox, inbox_open, outbox


def open_inbox(connection: Connection, after: int, limit: int) -> Sequence[int]:
    """Return conversations above `after` that have undecided messages, by id."""
    statement = (
        select(inbox.c.conversation_id)
        .where(inbox_open, inbox.c.state == "pending", inbox.c.conversation_id > after)
        .order_by(inbox.c.conversation_id)
        .distinct()
        .limit(limit)
    )
    return connection.execute(statement).scalars().all()


def open_outbox(connection: Connection, after: int, limit: int) -> Sequence[Row[int, str]]:
    """Return conversations above `after` that have something to send, by id, with the channel."""
    statement = (
        select(outbox.c.conversation_id, conversation.c.channel)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(is_sendable, outbox.c.conversation_id > after)
        .order_by(outbox.c.conversation_id)
        .distinct()
        .limit(limit)
    )
    return connection.execute(statement).all()
