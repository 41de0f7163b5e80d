"""What an administrator should have read about a channel: a row, a count and a line in the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from bot.tables.channels import channel_notice

_LAST = timedelta(days=90)
#: the same news within this time is one piece of news
_AGAIN = timedelta(minutes=30)


def note(
    connection: Connection, channel: str, what: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Write a piece of news down; the same again within half an hour adds nothing."""
    table = channel_notice.c
    recent = select(table.id).where(
        table.channel == channel, table.what == what, table.at > now - _AGAIN
    )
    if connection.execute(recent).first() is None:
        row = {"channel": channel, "what": what, "detail": dict(detail), "at": now}
        connection.execute(insert(channel_notice).values(**row))


def recent_notices(connection: Connection, channel: str, limit: int = 20) -> Sequence[Row[Any]]:
    """Return the latest news of a channel, newest first."""
    statement = (
        select(channel_notice)
        .where(channel_notice.c.channel == channel)
        .order_by(channel_notice.c.at.desc(), channel_notice.c.id.desc())
        .limit(limit)
    )
    return connection.execute(statement).all()


def forget_notices(connection: Connection, now: datetime) -> int:
    """Remove news nobody needs any more; return how many."""
    return connection.execute(
        delete(channel_notice).where(channel_notice.c.at < now - _LAST)
    ).rowcount
