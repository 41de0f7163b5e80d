"""What goes out: intended in the transaction that decided it, sent afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.messages import Outgoing
from bot.store import Wake
from bot.store.hot import Hot
from bot.tables.delivery import conversation, message, outbox


def post(
    connection: Connection,
    conversation_id: int,
    cause: str,
    outgoing: Sequence[Outgoing],
    now: datetime,
) -> tuple[Wake, ...]:
    """Write messages into the transcript and intend to send them, in order.

    Idempotent by cause: the n-th message of a cause is written once, whoever repeats it.
    """
    written = set(_WRITTEN.run(connection, {"of_cause": cause}).scalars())
    fresh = [(step, each) for step, each in enumerate(outgoing) if step not in written]
    if not fresh:
        return ()
    last = _NUMBER.run(
        connection, {"of_conversation": conversation_id, "lines": len(fresh)}
    ).scalar_one()
    for seq, (step, each) in enumerate(fresh, start=last - len(fresh) + 1):
        line = line_row(conversation_id, seq, each, now)
        message_id: int = _TRANSCRIBE.run(connection, line).scalar_one()
        _INTEND.run(connection, intent_row(cause, step, each, message_id, line))
    return (Wake(conversation_id),)


def line_row(conversation_id: int, seq: int, outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    """Return the row of the transcript that shows a message of ours."""
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "role": outgoing.role,
        "text": outgoing.text,
        "body": outgoing.as_json(),
        "question_id": outgoing.question_id,
        "at": now,
    }


def intent_row(
    cause: str, step: int, outgoing: Outgoing, message_id: int, line: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the row of the outbox that sends what `line` shows."""
    return {
        "cause": cause,
        "step": step,
        "conversation_id": line["conversation_id"],
        "message_id": message_id,
        "purpose": outgoing.purpose.value,
        "state": "pending",
        "provider_ids": [],
        "created_at": line["at"],
    }


_WRITTEN = Hot(select(outbox.c.step).where(outbox.c.cause == bindparam("of_cause")))
_NUMBER = Hot(
    update(conversation)
    .where(conversation.c.id == bindparam("of_conversation"))
    .values(message_seq=conversation.c.message_seq + bindparam("lines"))
    .returning(conversation.c.message_seq)
)
_TRANSCRIBE = Hot(insert(message).returning(message.c.id))
_INTEND = Hot(insert(outbox))
