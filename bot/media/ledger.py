"""What there is to fetch and what came of it: rows written and settled beside their message."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.messages import IDENTITY_PAPER, Attachment, AttachmentKind, Incoming
from bot.tables.delivery import attachment, message
from bot.tables.media import media_fetch, media_waiting

#: how the address of a file of ours begins
UPLOAD = "file:"
_FETCHED = frozenset(
    {AttachmentKind.IMAGE, AttachmentKind.AUDIO, AttachmentKind.VIDEO, AttachmentKind.FILE}
)
#: a fetch in hand is nobody else's for so long; it lasts a minute at most
_IN_HAND = timedelta(minutes=3)
#: waits between attempts; addresses of providers do not live much longer
_AGAIN = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600))


class Outcome(StrEnum):
    """What became of a file; "waiting" while it is being fetched."""

    WAITING = "waiting"
    KEPT = "kept"
    GONE = "gone"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file in hand."""

    id: int
    message_id: int
    place: int
    channel: str
    attachment: Attachment
    attempts: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the folder."""

    id: str
    media_type: str
    size: int
    digest: str


def order(connection: Connection, incoming: Incoming, inbox_id: int, now: datetime) -> None:
    """Note what an event carries that lies with its provider; most carry nothing."""
    wanted = [(n, a) for n, a in enumerate(incoming.attachments) if _lies_elsewhere(a)]
    if not wanted:
        return
    row = connection.execute(
        select(message.c.id, message.c.body).where(message.c.inbox_id == inbox_id)
    ).one()
    body = row.body
    for place, _ in wanted:
        body = _with(body, place, {"state": str(Outcome.WAITING)})
    connection.execute(update(message).where(message.c.id == row.id).values(body=body))
    rows = [
        {
            "message_id": row.id,
            "place": place,
            "channel": incoming.channel,
            "attachment": asdict(each),
            "state": str(Outcome.WAITING),
            "next_at": now,
            "created_at": now,
        }
        for place, each in wanted
    ]
    connection.execute(insert(media_fetch), rows)


def due(connection: Connection, now: datetime, limit: int = 8) -> Sequence[int]:
    """Return the ids of what can be fetched now, the oldest first."""
    wanted = (
        select(media_fetch.c.id)
        .where(media_waiting, media_fetch.c.next_at <= now)
        .order_by(media_fetch.c.next_at, media_fetch.c.id)
        .limit(limit)
    )
    return connection.execute(wanted).scalars().all()


def take_up(connection: Connection, fetch_id: int, now: datetime) -> Fetch | None:
    """Take a file in hand; None where somebody else was faster or it is settled."""
    row = connection.execute(
        update(media_fetch)
        .where(media_fetch.c.id == fetch_id, media_waiting, media_fetch.c.next_at <= now)
        .values(next_at=now + _IN_HAND, attempts=media_fetch.c.attempts + 1)
        .returning(media_fetch)
    ).first()
    if row is None:
        return None
    kind = AttachmentKind(row.attachment["kind"])
    wanted = Attachment(**{**row.attachment, "kind": kind})
    return Fetch(row.id, row.message_id, row.place, row.channel, wanted, row.attempts)


def put_off(connection: Connection, fetch: Fetch, reason: str, now: datetime) -> None:
    """Try again later; after the last attempt the file counts as gone."""
    if fetch.attempts > len(_AGAIN):
        settle(connection, fetch, Outcome.GONE, now, reason=reason)
        return
    again = now + _AGAIN[fetch.attempts - 1]
    connection.execute(
        update(media_fetch)
        .where(media_fetch.c.id == fetch.id, media_waiting)
        .values(next_at=again, reason=reason)
    )


def settle(
    connection: Connection,
    fetch: Fetch,
    outcome: Outcome,
    now: datetime,
    *,
    kept: Kept | None = None,
    reason: str | None = None,
) -> bool:
    """Record what became of a file, on its row and on its message; False where it was settled."""
    row = connection.execute(
        select(message).where(message.c.id == fetch.message_id).with_for_update()
    ).one()
    found = connection.execute(
        update(media_fetch)
        .where(media_fetch.c.id == fetch.id, media_waiting)
        .values(state=str(outcome), reason=reason, settled_at=now, attachment={})
    )
    if found.rowcount == 0 or not row.body.get("attachments"):
        return False
    changed = {"url": f"{UPLOAD}{kept.id}", "size": kept.size} if kept else {"url": ""}
    body = _with(row.body, fetch.place, {**changed, "state": str(outcome)})
    connection.execute(update(message).where(message.c.id == row.id).values(body=body))
    if kept is not None:
        connection.execute(
            insert(attachment).values(
                id=kept.id,
                conversation_id=row.conversation_id,
                question_id=row.question_id,
                media_type=kept.media_type,
                size=kept.size,
                digest=kept.digest,
                state="kept",
                received_at=now,
            )
        )
    return True


def forget(connection: Connection, message_ids: Sequence[int], now: datetime) -> None:
    """Fetch nothing more of these messages: they show an identity paper, or are erased."""
    connection.execute(
        update(media_fetch)
        .where(media_fetch.c.message_id.in_(message_ids))
        .values(state=str(Outcome.DROPPED), settled_at=now, attachment={})
    )


def _lies_elsewhere(each: Attachment) -> bool:
    ours = (UPLOAD, IDENTITY_PAPER, "geo:")
    return each.kind in _FETCHED and bool(each.url) and not each.url.startswith(ours)


def _with(body: dict[str, Any], place: int, changes: dict[str, Any]) -> dict[str, Any]:
    listed = [dict(each) for each in body["attachments"]]
    listed[place].update(changes)
    return {**body, "attachments": listed}
