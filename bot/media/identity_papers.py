"""A picture of an identity paper that was noticed late: gone at once, and its sender is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.delivery.outbox import post
from bot.media import ledger
from bot.media.ledger import UPLOAD
from bot.messages import Outgoing
from bot.store import Wake
from bot.tables.delivery import attachment, message

DROPPED = "identity_paper"


def drop(
    connection: Connection, message_id: int, told: Outgoing, now: datetime
) -> tuple[Wake, ...]:
    """Forget what a message carries and tell its sender; nothing the second time."""
    row = connection.execute(
        select(message).where(message.c.id == message_id).with_for_update()
    ).one()
    if row.body.get("dropped"):
        return ()
    forget_files(connection, [message_id], now)
    return post(connection, row.conversation_id, f"message:{message_id}:identity", [told], now)


def drop_file(
    connection: Connection, file: Row[Any], told: Outgoing, now: datetime
) -> tuple[Wake, ...]:
    """Forget the message that carries a file, once somebody saw what it shows."""
    wanted = select(message.c.id, message.c.body).where(
        message.c.conversation_id == file.conversation_id, message.c.role == "citizen"
    )
    carriers = [row.id for row in connection.execute(wanted) if file.id in files_of(row.body)]
    wakes = [wake for each in carriers for wake in drop(connection, each, told, now)]
    gone = update(attachment).where(attachment.c.id == file.id).values(state="erased")
    connection.execute(gone)
    return tuple(wakes)


def forget_files(connection: Connection, message_ids: Sequence[int], now: datetime) -> None:
    """Take what is attached out of the transcript, mark its files for erasure, fetch no more."""
    ledger.forget(connection, message_ids, now)
    rows = select(message.c.id, message.c.body).where(message.c.id.in_(message_ids))
    for row in connection.execute(rows).all():
        files = files_of(row.body)
        connection.execute(
            update(attachment).where(attachment.c.id.in_(files)).values(state="erased")
        )
        body = {**row.body, "attachments": [], "dropped": DROPPED}
        connection.execute(update(message).where(message.c.id == row.id).values(body=body))


def files_of(body: dict[str, object]) -> list[str]:
    """Return the ids of the files a message carries."""
    attached = body.get("attachments") or []
    urls = [str(each.get("url", "")) for each in attached] if isinstance(attached, list) else []
    return [url.removeprefix(UPLOAD) for url in urls if url.startswith(UPLOAD)]
