"""What we tell of our own accord: to whoever wants it, and a count of who could not be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.delivery.outbox import post
from bot.messages import Outgoing, Purpose
from bot.store import Wake
from bot.store.upsert import insert
from bot.tables.delivery import conversation, message, outbox, outbox_failed, outbox_open_at_all
from bot.tables.reach import untold

#: what is written into a cause before its details: "notice:air:2026-11:5", "question:5:answer:2"
_KINDS = (
    "answer", "ask", "refuse", "transfer", "unchosen", "air", "aired", "correction", "rating",
    "progress",
)  # fmt: skip
_TELLING = (str(Purpose.OFFICER), str(Purpose.NOTICE))


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of our own accord. `cause` is its identity: it is told once or counted once."""

    cause: str
    conversation_id: int
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Untold:
    """How many could not be told something: what it was, and why not."""

    kind: str
    reason: str
    count: int


def cause_of(kind: str, *about: object) -> str:
    """Return the cause of a notice: "notice:air:2026-11:5"."""
    return ":".join(["notice", kind, *map(str, about)])


def kind_of(cause: str) -> str:
    """Return what a message was about, "other" for what is none of these."""
    parts = cause.split(":")
    return next((part for part in parts if part in _KINDS), "other")


def tell(connection: Connection, notice: Notice, now: datetime) -> tuple[Wake, ...]:
    """Post a notice, or count it where its reader wants none or is gone."""
    row = connection.execute(
        select(conversation.c.state, conversation.c.blocked, conversation.c.expires_at).where(
            conversation.c.id == notice.conversation_id
        )
    ).one()
    reason = _why_not(row, now)
    if reason is None:
        return post(connection, notice.conversation_id, notice.cause, [notice.message], now)
    counted = insert(connection, untold).values(
        cause=notice.cause,
        conversation_id=notice.conversation_id,
        question_id=notice.message.question_id,
        reason=reason,
        at=now,
    )
    connection.execute(counted.on_conflict_do_nothing())
    return ()


def give_up_lapsed(connection: Connection, now: datetime) -> int:
    """Give up on held notices that would be wrong by now; they are counted, not dropped."""
    waiting = connection.execute(
        select(outbox.c.id, message.c.body)
        .join(message, message.c.id == outbox.c.message_id)
        .where(
            outbox_open_at_all, outbox.c.state == "waiting", outbox.c.purpose == str(Purpose.NOTICE)
        )
    ).all()
    lapsed = [row.id for row in waiting if _is_over(row.body, now)]
    if lapsed:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(lapsed), outbox.c.state == "waiting")
            .values(state="failed", reason="lapsed", next_at=None)
        )
    return len(lapsed)


#: what officers' groups are told concerns no citizen
_TO_OFFICERS = "liaison:"


def untold_since(connection: Connection, since: datetime) -> list[Untold]:
    """Return who could not be told since a moment, and who cannot be told now."""
    waiting = select(outbox.c.cause, outbox.c.reason).where(
        outbox_open_at_all, outbox.c.state == "waiting", outbox.c.purpose.in_(_TELLING)
    )
    failed = select(outbox.c.cause, outbox.c.reason).where(
        outbox_failed, outbox.c.created_at >= since, outbox.c.purpose.in_(_TELLING)
    )
    unwanted = select(untold.c.cause, untold.c.reason).where(untold.c.at >= since)
    rows = [row for each in (waiting, failed, unwanted) for row in connection.execute(each)]
    return _counted([row for row in rows if not row.cause.startswith(_TO_OFFICERS)])


def told_of(connection: Connection, kind: str, *about: object) -> Mapping[str, int]:
    """Return how many were "told", are "waiting", or "untold" of one thing, say a month's list."""
    prefix = cause_of(kind, *about) + ":"
    sums = {"told": 0, "waiting": 0, "untold": 0}
    states = select(outbox.c.state).where(outbox.c.cause.startswith(prefix, autoescape=True))
    for state in connection.execute(states).scalars():
        name = {"sent": "told", "told": "told", "failed": "untold"}.get(state, "waiting")
        sums[name] += 1
    unwanted = select(untold.c.cause).where(untold.c.cause.startswith(prefix, autoescape=True))
    sums["untold"] += len(connection.execute(unwanted).all())
    return sums


def _why_not(row: Row[*tuple[Any, ...]], now: datetime) -> str | None:
    if row.state.get("stopped"):
        return "stopped"
    gone = row.blocked or (row.expires_at is not None and row.expires_at <= now)
    return "recipient_gone" if gone else None


def _is_over(body: Mapping[str, Any], now: datetime) -> bool:
    until: str | None = body.get("until")  # the words may have been erased meanwhile
    return until is not None and datetime.fromisoformat(until) < now


def _counted(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Untold]:
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        key = kind_of(row.cause), (row.reason or "other").partition(":")[0]
        sums[key] = sums.get(key, 0) + 1
    return [Untold(kind, reason, count) for (kind, reason), count in sorted(sums.items())]
