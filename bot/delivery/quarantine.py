"""Requests whose origin could not be proved, kept for a while in a bounded place.

A secret set wrongly must not lose messages: once it is right, they are judged again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select

from bot.store import Done
from bot.tables.delivery import quarantine

MOST_ROWS = 10_000
#: a stranger could fill the disk with the largest bodies allowed
MOST_BYTES = 256 * 1024 * 1024


def has_room(connection: Connection) -> bool:
    """Whether another request may be kept."""
    rows, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(func.length(quarantine.c.raw)), 0))
    ).one()
    return bool(rows < MOST_ROWS and size < MOST_BYTES)


def put_away(
    channel: str,
    raw: bytes,
    headers: Mapping[str, str],
    reason: str,
    now: datetime,
    connection: Connection,
) -> Done[bool]:
    """Keep a request; False where there is no room."""
    if not has_room(connection):
        return Done(False)
    row = {"channel": channel, "headers": dict(headers), "raw": raw, "reason": reason}
    connection.execute(insert(quarantine).values(**row, received_at=now))
    return Done(True)


def held(
    channel: str, after: int, limit: int, connection: Connection
) -> Sequence[Row[int, bytes, dict[str, str]]]:
    """Return requests of a channel with an id above `after`, oldest first."""
    statement = (
        select(quarantine.c.id, quarantine.c.raw, quarantine.c.headers)
        .where(quarantine.c.channel == channel, quarantine.c.id > after)
        .order_by(quarantine.c.id)
        .limit(limit)
    )
    return connection.execute(statement).all()


def let_go(connection: Connection, request_id: int) -> bool:
    """Remove a request; False where somebody else did."""
    return connection.execute(delete(quarantine).where(quarantine.c.id == request_id)).rowcount == 1
