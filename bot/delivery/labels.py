"""What a button said to whoever pressed it: channels tell us its payload only."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from bot.tables.delivery import conversation, message

_LOOK_BACK = 20


def offered(connection: Connection, channel: str, address: str) -> Iterator[Mapping[str, Any]]:
    """Yield the buttons of our latest messages, the newest message first."""
    statement = (
        select(message.c.body)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(
            conversation.c.channel == channel,
            conversation.c.address == address,
            message.c.role != "citizen",
        )
        .order_by(message.c.seq.desc())
        .limit(_LOOK_BACK)
    )
    for body in connection.execute(statement).scalars():
        yield from body.get("buttons", ())


def label_of(connection: Connection, channel: str, address: str, payload: str) -> str:
    """Return what the newest button with this payload said, "" where we offered none."""
    buttons = offered(connection, channel, address)
    return next((b["label"] for b in buttons if b["payload"] == payload), "")
