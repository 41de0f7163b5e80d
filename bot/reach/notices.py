"""What we tell of our own accord: to whoever wants it, and a count of who could not be told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from bot.delivery.outbox import post
from bot.messages import Outgoing, Purpose
from bot.store import Wake
from bot.store.upsert import insert
from bot.tables.delivery import conversation, message, outbox, outbox_failed, outbox_open_at_all
from bot.tables.desk import question
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
#: questions named for one reason, of so many that are looked at
_MOST_NAMED = 5
_MOST_LOOKED_AT = 500


def untold_since(connection: Connection, since: datetime) -> list[Untold]:
    """Return who could not be told since a moment, and who cannot be told now."""
    counts = Counter(_key(row) for row in _untold(connection, since))
    return [Untold(*key, count) for key, count in sorted(counts.items())]


def questions_untold(
    connection: Connection, since: datetime, seen_by: ColumnElement[bool]
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the codes of the newest questions behind each kind and reason of `untold_since`."""
    about: dict[int, set[tuple[str, str]]] = {}
    for row in _untold(connection, since):
        if row.question_id is not None:
            about.setdefault(row.question_id, set()).add(_key(row))
    newest = sorted(about, reverse=True)[:_MOST_LOOKED_AT]
    visible = select(question.c.id, question.c.code).where(question.c.id.in_(newest), seen_by)
    found: dict[tuple[str, str], list[str]] = {}
    for row in connection.execute(visible.order_by(question.c.id.desc())):
        for key in about[row.id]:
            found.setdefault(key, []).append(row.code)
    return {key: codes[:_MOST_NAMED] for key, codes in found.items()}


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


def _untold(connection: Connection, since: datetime) -> list[Row[*tuple[Any, ...]]]:
    posted = select(outbox.c.cause, outbox.c.reason, message.c.question_id).join(message)
    posted = posted.where(outbox.c.purpose.in_(_TELLING))
    waiting = posted.where(outbox_open_at_all, outbox.c.state == "waiting")
    failed = posted.where(outbox_failed, outbox.c.created_at >= since)
    unwanted = select(untold.c.cause, untold.c.reason, untold.c.question_id)
    unwanted = unwanted.where(untold.c.at >= since)
    rows = [row for each in (waiting, failed, unwanted) for row in connection.execute(each)]
    return [row for row in rows if not row.cause.startswith(_TO_OFFICERS)]


def _key(row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    """Return what was to be told, and the kind of reason why it was not."""
    return kind_of(row.cause), (row.reason or "other").partition(":")[0]
