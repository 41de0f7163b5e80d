"""A message that its writer corrected: in place while undecided, as a new line afterwards."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, String, bindparam, select, update

from bot.delivery.inbox import Accepted
from bot.messages import Incoming
from bot.questions.life import Bucket
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.delivery import conversation, inbox, message, provider_message
from bot.tables.desk import question


@dataclass(frozen=True, slots=True)
class Corrected:
    """What is left to accept after a correction; nothing where it was made in place, or is none."""

    event: Incoming | None


def know(channel: str, provider_id: str, connection: Connection, accepted: Accepted) -> None:
    """Remember a citizen's own message, so that it can be quoted and corrected."""
    values = {"of_channel": channel, "own": provider_id, "of_inbox": accepted.inbox_id}
    _KNOW.run(connection, values)


_KNOW = Hot(
    Prepared(
        provider_message,
        lambda insert: insert.from_select(
            ["channel", "provider_id", "message_id"],
            select(
                bindparam("of_channel", type_=String), bindparam("own", type_=String), message.c.id
            ).where(message.c.inbox_id == bindparam("of_inbox")),
        ).on_conflict_do_nothing(),
    )
)


def correct(connection: Connection, event: Incoming, provider_id: str) -> Corrected:
    """Apply the new words of a message; `event` is how they are accepted if it is too late.

    Then they refer to the first message where its question is open, so that they become a
    line of it; otherwise they are understood by themselves.
    """
    first = connection.execute(
        select(
            message.c.id,
            message.c.text,
            message.c.conversation_id,
            inbox.c.id.label("inbox_id"),
            inbox.c.state,
            inbox.c.event,
            question.c.bucket,
        )
        .select_from(provider_message)
        .join(message, message.c.id == provider_message.c.message_id)
        .join(inbox, inbox.c.id == message.c.inbox_id)
        .outerjoin(question, question.c.id == message.c.question_id)
        .where(
            provider_message.c.channel == event.channel,
            provider_message.c.provider_id == provider_id,
        )
    ).first()
    if first is None:
        return Corrected(event)
    if first.text == event.text:
        return Corrected(None)
    if first.state != "pending":
        is_open = first.bucket == str(Bucket.OPEN)
        return Corrected(replace(event, refers_to=(provider_id,) if is_open else ()))
    words = {**first.event, "text": event.text}
    connection.execute(update(inbox).where(inbox.c.id == first.inbox_id).values(event=words))
    connection.execute(update(message).where(message.c.id == first.id).values(text=event.text))
    _void_decisions(connection, first.conversation_id)
    return Corrected(None)


def _void_decisions(connection: Connection, conversation_id: int) -> None:
    """Turn away a decision that rests on the old words and is not recorded yet."""
    connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(fence=conversation.c.fence + 1)
    )
