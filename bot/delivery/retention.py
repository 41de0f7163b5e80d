"""Emptying what is kept only for a time; keys stay, since they make repeats harmless."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.tables.delivery import inbox, quarantine


def forget_raw(connection: Connection, before: datetime, limit: int = 500) -> int:
    """Empty the provider's bytes of events received before; return how many were emptied.

    Call again while it returns `limit`: a short transaction lets messages in between.
    """
    aged = (
        select(inbox.c.id)
        .where(inbox.c.raw.is_not(None), inbox.c.received_at < before)
        .order_by(inbox.c.received_at)
        .limit(limit)
    )
    return connection.execute(
        update(inbox).where(inbox.c.id.in_(aged.scalar_subquery())).values(raw=None)
    ).rowcount


def forget_quarantine(connection: Connection, before: datetime) -> int:
    """Remove quarantined requests received before; return how many."""
    return connection.execute(delete(quarantine).where(quarantine.c.received_at < before)).rowcount
