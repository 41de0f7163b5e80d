"""Broadcasts in the database: every step is a change of one row at one version, and is audited."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.broadcast import Article, NotNow, SecondPersonNeeded, State
from bot.officers.accounts import Officer
from bot.store.upsert import insert as upserting
from bot.tables.broadcasts import broadcast
from bot.tables.desk import audit

#: what went out, or may have
_OUT = (State.SENDING, State.SENT, State.UNKNOWN)
#: what the service works on by itself
_MOVING = (State.APPROVED, State.CREATING, State.PROCESSING, State.READY, State.SENDING)


def of_month(connection: Connection, channel: str, month: str) -> Row[Any] | None:
    """Return the broadcast of a month, None where nobody prepared one."""
    statement = select(broadcast).where(broadcast.c.channel == channel, broadcast.c.month == month)
    return connection.execute(statement).first()


def all_of(connection: Connection, channel: str) -> dict[str, str]:
    """Return the states of all broadcasts by month."""
    rows = connection.execute(
        select(broadcast.c.month, broadcast.c.state).where(broadcast.c.channel == channel)
    )
    return {row.month: row.state for row in rows}


def prepare(
    connection: Connection, channel: str, month: str, article: Article, by: Officer, now: datetime
) -> None:
    """Keep an article for approval; raise NotNow once one of this month is on its way."""
    values = {
        "state": State.DRAFT,
        "article": article.as_json(),
        "prepared_by": by.id,
        "prepared_at": now,
        "approved_by": None,
        "approved_at": None,
        "reason": None,
        "attempts": 0,
    }
    statement = (
        upserting(connection, broadcast)
        .values(channel=channel, month=month, **values)
        .on_conflict_do_update(
            index_elements=[broadcast.c.channel, broadcast.c.month],
            set_={**values, "version": broadcast.c.version + 1},
            where=broadcast.c.state.in_((State.DRAFT, State.FAILED)),
        )
        .returning(broadcast.c.id)
    )
    if connection.execute(statement).first() is None:
        raise NotNow
    _note(connection, by.actor, "broadcast.prepare", f"{channel}:{month}", now)


def approve(connection: Connection, row_id: int, version: int, by: Officer, now: datetime) -> None:
    """Approve exactly the version that was looked at; raise SecondPersonNeeded or NotNow."""
    row = connection.execute(select(broadcast).where(broadcast.c.id == row_id)).one()
    if row.prepared_by == by.id:
        raise SecondPersonNeeded
    _change(
        connection, row, State.DRAFT, version,
        state=State.APPROVED, approved_by=by.id, approved_at=now, next_at=now,
    )  # fmt: skip
    _note(connection, by.actor, "broadcast.approve", f"{row.channel}:{row.month}", now)


def settle(
    connection: Connection, row_id: int, version: int, arrived: bool, by: Officer, now: datetime
) -> None:
    """Take a person's word for whether a broadcast of unknown outcome went out.

    Sending it again reaches everybody a second time where that word is wrong: as at the approval,
    it is not the word of who prepared it. Raises SecondPersonNeeded then, and NotNow.
    """
    row = connection.execute(select(broadcast).where(broadcast.c.id == row_id)).one()
    if not arrived and row.prepared_by == by.id:
        raise SecondPersonNeeded
    values: dict[str, Any] = {"state": State.SENT, "sent_at": row.sent_at or now}
    if not arrived:
        values = {"state": State.READY, "next_at": now, "sent_at": None}
    _change(connection, row, State.UNKNOWN, version, **values)
    act = "broadcast.arrived" if arrived else "broadcast.again"
    _note(connection, by.actor, act, f"{row.channel}:{row.month}", now)


def forget_items(connection: Connection, items: Collection[int]) -> None:
    """Take every word of articles that hold an item of a list: its asker's data are erased.

    What was not sent is prepared anew; of what went out, or may have, the row stays.
    """
    for row in connection.execute(select(broadcast)).all():
        if not set(row.article["items"]) & set(items):
            continue
        this = broadcast.c.id == row.id
        if row.state in _OUT:
            bare = {**row.article, "description": "", "body": [], "items": []}
            connection.execute(update(broadcast).where(this).values(article=bare))
        else:
            connection.execute(delete(broadcast).where(this))


def due(connection: Connection, channel: str, now: datetime) -> Sequence[Row[Any]]:
    """Return what may be worked on now."""
    statement = select(broadcast).where(
        broadcast.c.channel == channel,
        broadcast.c.state.in_(_MOVING),
        broadcast.c.next_at <= now,
    )
    return connection.execute(statement).all()


def step(connection: Connection, row: Row[Any], now: datetime, **values: object) -> Row[Any] | None:
    """Carry a broadcast on from the version that was read; None where somebody else did."""
    changed = connection.execute(
        update(broadcast)
        .where(broadcast.c.id == row.id, broadcast.c.version == row.version)
        .values(version=broadcast.c.version + 1, **values)
        .returning(broadcast)
    ).first()
    if changed is not None and changed.state != row.state:
        _note(
            connection, "service", f"broadcast.{changed.state}", f"{row.channel}:{row.month}", now
        )
    return changed


def _change(
    connection: Connection, row: Row[Any], was: State, version: int, **values: object
) -> None:
    found = connection.execute(
        update(broadcast)
        .where(
            broadcast.c.id == row.id,
            broadcast.c.version == version,
            broadcast.c.state == was,
        )
        .values(version=broadcast.c.version + 1, **values)
    )
    if found.rowcount == 0:
        raise NotNow


def _note(connection: Connection, by: str, act: str, subject: str, now: datetime) -> None:
    row = {"at": now, "actor": by, "act": act, "subject": subject, "detail": {}}
    connection.execute(insert(audit).values(**row))
