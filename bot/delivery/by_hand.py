"""What an officer wrote in the provider's own application: kept, shown, and left the word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.messages import Incoming, Outgoing, Purpose
from bot.store.upsert import insert as upserting
from bot.tables.delivery import conversation, message, provider_message
from bot.tables.desk import question


def by_hand(
    connection: Connection, conversation_id: int, echo: Incoming, silent_until: datetime
) -> None:
    """Put an officer's own message into the transcript, and let the assistant keep quiet.

    It is shown with the open question where there is only one: nothing else says which it means.
    """
    seq = connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(silent_until=silent_until, message_seq=conversation.c.message_seq + 1)
        .returning(conversation.c.message_seq)
    ).scalar_one()
    written = Outgoing(
        echo.text,
        purpose=Purpose.OFFICER,
        role="officer",
        question_id=_only_open(connection, conversation_id),
    )
    row = {
        "conversation_id": conversation_id,
        "seq": seq,
        "role": "officer",
        "text": echo.text,
        "body": {**written.as_json(), "by_hand": True},
        "question_id": written.question_id,
        "at": echo.at,
    }
    message_id = connection.execute(insert(message).values(**row).returning(message.c.id)).scalar()
    _remember(connection, echo, message_id)


def give_back(connection: Connection, conversation_id: int) -> None:
    """Let the assistant speak again at once."""
    connection.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(silent_until=None)
    )


def quiet_until(connection: Connection, conversation_id: int) -> datetime | None:
    """Return until when the assistant keeps quiet, which may lie in the past."""
    statement = select(conversation.c.silent_until).where(conversation.c.id == conversation_id)
    found: datetime | None = connection.execute(statement).scalar()
    return found


def _remember(connection: Connection, echo: Incoming, message_id: int | None) -> None:
    ours = [
        {"channel": echo.channel, "provider_id": provider_id, "message_id": message_id}
        for provider_id in echo.refers_to
    ]
    if ours:
        connection.execute(upserting(connection, provider_message).on_conflict_do_nothing(), ours)


def _only_open(connection: Connection, conversation_id: int) -> int | None:
    statement = (
        select(question.c.id)
        .where(question.c.conversation_id == conversation_id, question.c.bucket == "open")
        .limit(2)
    )
    ids: Sequence[int] = connection.execute(statement).scalars().all()
    return ids[0] if len(ids) == 1 else None
