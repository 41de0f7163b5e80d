"""Running stored events again: what was put aside gets another chance, in its old place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.channels import UnreadablePayload
from bot.messages import Incoming
from bot.store import Done, Wake
from bot.tables.delivery import inbox, outbox

_log = structlog.get_logger()

#: reads the raw bytes of a channel as today's version does
Reader = Callable[[bytes], Sequence[Incoming]]


def aside(
    after: int, limit: int, connection: Connection
) -> Sequence[Row[int, int, str, str, bytes | None]]:
    """Return events above an id that were put aside, oldest first."""
    statement = (
        select(inbox.c.id, inbox.c.conversation_id, inbox.c.channel, inbox.c.event_id, inbox.c.raw)
        .where(inbox.c.state == "aside", inbox.c.id > after)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return connection.execute(statement).all()


def reread(
    row: Row[int, int, str, str, bytes | None], readers: Mapping[str, Reader]
) -> Incoming | None:
    """Return the event as today's version reads its bytes, None where it cannot."""
    if row.raw is None or row.channel not in readers:
        return None
    try:
        events = readers[row.channel](row.raw)
    except UnreadablePayload:
        _log.warning("stored event cannot be read", inbox=row.id)
        return None
    return next((event for event in events if event.event_id == row.event_id), None)


def run_again(
    inbox_id: int, event: Incoming | None, now: datetime, connection: Connection
) -> Done[bool]:
    """Make an event undecided again; False where it is not aside any more.

    The apology it was answered with keeps its place in the transcript but gives up its cause:
    otherwise the answer would be taken for one already written.
    """
    values = {"state": "pending", "attempts": 0, "next_at": None, "reason": None}
    if event is not None:
        values["event"] = event.as_json()
    row = connection.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state == "aside")
        .values(**values)
        .returning(inbox.c.conversation_id)
    ).first()
    if row is None:
        return Done(False)
    cause = f"inbox:{inbox_id}"
    connection.execute(
        update(outbox)
        .where(outbox.c.cause == cause)
        .values(cause=f"{cause}:aside:{now.isoformat()}")
    )
    return Done(True, (Wake(row.conversation_id),))
