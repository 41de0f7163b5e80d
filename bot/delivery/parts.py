"""Parts of one message that arrived, kept so that a failure later on repeats none of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store import Done
from bot.store.upsert import insert
from bot.tables.delivery import outbox, outbox_part, provider_message


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sending of a message has come, and what else is known of it."""

    #: provider ids of the parts that arrived, in order
    sent: tuple[str, ...]
    created_at: datetime | None


def progress(outbox_id: int, connection: Connection) -> Progress:
    """Return which parts of an outbox row arrived."""
    created_at = connection.execute(
        select(outbox.c.created_at).where(outbox.c.id == outbox_id)
    ).scalar()
    parts = connection.execute(
        select(outbox_part.c.provider_id)
        .where(outbox_part.c.outbox_id == outbox_id)
        .order_by(outbox_part.c.part)
    ).scalars()
    return Progress(tuple(parts), created_at)


def keep_part(outbox_id: int, part: int, provider_id: str, connection: Connection) -> Done[None]:
    """Remember that a part arrived; parts are counted from 0."""
    row = {"outbox_id": outbox_id, "part": part, "provider_id": provider_id}
    connection.execute(insert(connection, outbox_part).values(**row).on_conflict_do_nothing())
    return Done(None)


def known_ids(
    channel: str, provider_ids: tuple[str, ...], outbox_id: int, connection: Connection
) -> set[str]:
    """Return which provider ids belong to other messages of ours."""
    owner = select(outbox.c.message_id).where(outbox.c.id == outbox_id).scalar_subquery()
    statement = select(provider_message.c.provider_id).where(
        provider_message.c.channel == channel,
        provider_message.c.provider_id.in_(provider_ids),
        provider_message.c.message_id != owner,
    )
    return set(connection.execute(statement).scalars())
