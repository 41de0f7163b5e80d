"""What a button said to whoever pressed it: channels tell us its payload only."""

from sqlalchemy import Connection, select

from bot.tables.delivery import conversation, message

_LOOK_BACK = 20


def label_of(connection: Connection, channel: str, address: str, payload: str) -> str:
    """Return what the newest button with this payload said, "" where we offered none."""
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
    bodies = connection.execute(statement).scalars()
    offered = (button for body in bodies for button in body.get("buttons", ()))
    return next((b["label"] for b in offered if b["payload"] == payload), "")
