"""Emptying what is kept only for a time; keys stay, since they make repeats harmless."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.privacy import redact
from bot.tables.delivery import inbox

#: what is left of an event: when, of which kind and about which messages, not whose words
_KEPT = ("channel", "event_id", "address", "kind", "at", "payload", "refers_to")

_OPEN = ("pending", "doubt")


def forget_raw(connection: Connection, before: datetime, limit: int = 500) -> int:
    """Empty the provider's bytes of events received before, and mask the words of the events;
    return how many. Words that are still to be decided on stay.

    Call again while it returns `limit`: a short transaction lets messages in between.
    """
    aged = connection.execute(
        select(inbox.c.id, inbox.c.event, inbox.c.state)
        .where(inbox.c.raw.is_not(None), inbox.c.received_at < before)
        .order_by(inbox.c.received_at)
        .limit(limit)
    ).all()
    for row in aged:
        event = row.event if row.state in _OPEN else masked(row.event)
        connection.execute(update(inbox).where(inbox.c.id == row.id).values(raw=None, event=event))
    return len(aged)


def masked(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event without personal data: words masked, attachments and details gone."""
    words = redact(str(event.get("text", ""))).text
    kept = {name: event[name] for name in _KEPT if name in event}
    return {**kept, "text": words, "attachments": [], "detail": {}}
