"""Who asks a provider for news, and how far: one process at a time, never past what is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, true, update

from bot.errors import BotError
from bot.store import Done
from bot.store.upsert import insert
from bot.tables.polling import poll_cursor


class LeaseLost(BotError):
    """Another process asks this provider now."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to ask until it ends; `next_update` is the first update not kept yet."""

    name: str
    owner: str
    fence: int
    next_update: int | None
    moved_at: datetime | None


def take(
    name: str,
    owner: str,
    now: datetime,
    lasts: timedelta,
    connection: Connection,
    *,
    alone: bool = False,
) -> Done[Lease | None]:
    """Take or renew the lease; None while another holds it. Who is `alone` need not wait for
    the lease of a process that died."""
    ours = poll_cursor.c.owner == owner
    free = true() if alone else or_(poll_cursor.c.leased_until < now, ours)
    statement = insert(connection, poll_cursor).values(
        name=name, owner=owner, leased_until=now + lasts
    )
    statement = statement.on_conflict_do_update(
        index_elements=[poll_cursor.c.name],
        set_={"owner": owner, "leased_until": now + lasts, "fence": poll_cursor.c.fence + 1},
        where=free,
    )
    row = connection.execute(
        statement.returning(poll_cursor.c.fence, poll_cursor.c.next_update, poll_cursor.c.moved_at)
    ).first()
    return Done(None if row is None else Lease(name, owner, *row))


def move(connection: Connection, lease: Lease, next_update: int, now: datetime) -> None:
    """Note in the transaction that keeps updates how far they go; raise LeaseLost."""
    found = connection.execute(
        update(poll_cursor)
        .where(
            poll_cursor.c.name == lease.name,
            poll_cursor.c.owner == lease.owner,
            poll_cursor.c.fence == lease.fence,
        )
        .values(next_update=next_update, moved_at=now)
    )
    if not found.rowcount:
        raise LeaseLost


def let_go(lease: Lease, now: datetime, connection: Connection) -> Done[None]:
    """End the lease before its time, so that the next process need not wait."""
    connection.execute(
        update(poll_cursor)
        .where(poll_cursor.c.name == lease.name, poll_cursor.c.owner == lease.owner)
        .values(leased_until=now - timedelta(microseconds=1))
    )
    return Done(None)


def holder(connection: Connection, name: str, now: datetime) -> str | None:
    """Return which process holds the lease."""
    return connection.execute(
        select(poll_cursor.c.owner).where(
            poll_cursor.c.name == name, poll_cursor.c.leased_until >= now
        )
    ).scalar()
