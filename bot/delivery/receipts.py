"""What a provider tells us about messages already sent: arrived, seen, or not ours at all.

Such news can overtake the answer to our own request. While a message of the conversation is
still on its way, news that fits nothing stays in doubt and is looked at again afterwards.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, or_, select, update

from bot.delivery.by_hand import by_hand
from bot.messages import Incoming, IncomingKind
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.delivery import (
    conversation,
    inbox,
    inbox_open,
    message,
    outbox,
    outbox_open,
    provider_message,
)

#: shorter words than these prove nothing unless they are the whole message
_TELLING = 12


def note(
    connection: Connection,
    conversation_id: int,
    inbox_id: int,
    incoming: Incoming,
    silent_until: datetime,
) -> None:
    """Apply an event that needs no answer, or keep it in doubt for `settle`.

    An echo of words that are not ours means that an officer wrote by hand in the provider's
    own application: the assistant keeps quiet until `silent_until`.
    """
    if incoming.kind is IncomingKind.LEFT:
        connection.execute(
            update(conversation).where(conversation.c.id == conversation_id).values(blocked=True)
        )
    elif incoming.kind is not IncomingKind.OTHER and not _conclude(
        connection, conversation_id, incoming, silent_until
    ):
        connection.execute(
            update(inbox).where(inbox.c.id == inbox_id).values(state="doubt", next_at=silent_until)
        )


def settle(connection: Connection, conversation_id: int) -> None:
    """Look again at what was in doubt, after the outcome of a sending was recorded."""
    doubtful = _DOUBTFUL.run(connection, {"of_conversation": conversation_id})
    for row in doubtful.all():
        if _conclude(connection, conversation_id, Incoming.from_json(row.event), row.next_at):
            connection.execute(
                update(inbox).where(inbox.c.id == row.id).values(state="noted", next_at=None)
            )


def remember(
    connection: Connection, channel: str, message_id: int, provider_ids: Sequence[str]
) -> None:
    """Keep which message of ours the provider's ids belong to."""
    for provider_id in provider_ids:
        ours = {"channel": channel, "provider_id": provider_id, "message_id": message_id}
        _REMEMBER.run(connection, ours)


_DOUBTFUL = Hot(
    select(inbox.c.id, inbox.c.event, inbox.c.next_at)
    .where(
        inbox.c.conversation_id == bindparam("of_conversation"),
        inbox_open,
        inbox.c.state == "doubt",
    )
    .order_by(inbox.c.seq)
)
_REMEMBER = Hot(Prepared(provider_message, lambda statement: statement.on_conflict_do_nothing()))


def _conclude(
    connection: Connection, conversation_id: int, incoming: Incoming, silent_until: datetime
) -> bool:
    """Apply the news; False while a sending under way may explain it."""
    ours = _ours(connection, incoming)
    if ours:
        _receive(connection, ours, incoming.kind)
        return True
    under_way = _under_way(connection, conversation_id)
    if incoming.kind is IncomingKind.ECHO:
        twin = next((row for row in under_way if _same_words(incoming.text, row.text)), None)
        if twin is not None:
            _arrived(connection, twin, incoming)
            return True
    if any(row.state == "sending" for row in under_way):
        return False
    if incoming.kind is IncomingKind.ECHO:
        by_hand(connection, conversation_id, incoming, silent_until)
    return True


def _ours(connection: Connection, incoming: Incoming) -> list[int]:
    statement = select(provider_message.c.message_id).where(
        provider_message.c.channel == incoming.channel,
        provider_message.c.provider_id.in_(incoming.refers_to),
    )
    return list(connection.execute(statement).scalars())


def _receive(connection: Connection, message_ids: Sequence[int], kind: IncomingKind) -> None:
    """Move receipts forward: seen stays seen when the news of delivery comes later."""
    if kind is IncomingKind.ECHO:
        return
    statement = update(outbox).where(outbox.c.message_id.in_(message_ids))
    if kind is IncomingKind.DELIVERED:
        statement = statement.where(outbox.c.receipt.is_(None))
    connection.execute(statement.values(receipt=kind.value))


def _under_way(connection: Connection, conversation_id: int) -> Sequence[Row[int, int, str, str]]:
    """Return what may have arrived: also what a gateway said it had not passed on."""
    tried = and_(outbox.c.state == "pending", outbox.c.attempts > 0)
    statement = (
        select(outbox.c.id, outbox.c.message_id, outbox.c.state, message.c.text)
        .join(message, message.c.id == outbox.c.message_id)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox_open,
            or_(outbox.c.state.in_(("sending", "unknown")), tried),
        )
        .order_by(outbox.c.id)
    )
    return connection.execute(statement).all()


def _arrived(connection: Connection, row: Row[int, int, str, str], incoming: Incoming) -> None:
    """An echo proves that a message arrived; one still under way gets its outcome itself, and
    one part of a long message says nothing of the others."""
    remember(connection, incoming.channel, row.message_id, incoming.refers_to)
    if row.state != "sending" and _spoken(row.text) in _spoken(incoming.text):
        connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.state == row.state)
            .values(
                state="sent",
                sent_at=incoming.at,
                next_at=None,
                provider_ids=list(incoming.refers_to),
            )
        )


def _same_words(echo: str, ours: str) -> bool:
    """Whether an echo is our message, a part of it, or our message with the channel's dressing."""
    shorter, longer = sorted((_spoken(echo), _spoken(ours)), key=len)
    return bool(shorter) and (shorter == longer or (len(shorter) >= _TELLING and shorter in longer))


def _spoken(text: str) -> str:
    return " ".join(text.split())
