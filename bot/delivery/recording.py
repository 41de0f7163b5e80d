"""Transactions of the worker: read a turn, record its decision, or say that it failed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select, update

from bot.delivery.outbox import post
from bot.delivery.turns import Mind, Pending, Plan, Turn
from bot.errors import BotError
from bot.messages import Incoming, Outgoing
from bot.store import Done, Wake
from bot.store.hot import Hot
from bot.store.outages import is_unavailable
from bot.tables.delivery import conversation, inbox, inbox_open, message

#: rows that one turn sees at most; the rest makes the next turn
_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """A turn, and what must still hold when its decision is recorded."""

    turn: Turn
    fence: int
    decided_seq: int
    attempts: int
    next_at: datetime | None
    #: what went wrong while the mind recalled; it counts as a failed decision
    broken: Exception | None = None


class Fenced(BotError):
    """Another worker went on with this conversation: this decision is void."""


def read_turn(mind: Mind, conversation_id: int, connection: Connection) -> Reading | None:
    """Return what there is to decide in a conversation, None where there is nothing."""
    rows = _PENDING.run(connection, {"of_conversation": conversation_id}).all()
    if not rows:
        return None
    owner = _CONVERSATION.run(connection, {"of_conversation": conversation_id}).one()
    return reading_of(mind, conversation_id, rows, owner, connection)


def reading_of(
    mind: Mind,
    conversation_id: int,
    rows: Sequence[Any],
    owner: Any,  # noqa: ANN401
    connection: Connection,
) -> Reading:
    """Return what rows of `pending_of` and of `owner_of` say, and what the mind recalls to it."""
    turn = Turn(
        conversation_id=conversation_id,
        channel=owner.channel,
        address=owner.address,
        state=owner.state,
        silent_until=owner.silent_until,
        barred_until=owner.barred_until,
        pending=tuple(map(_pending, rows)),
    )
    standing = (owner.fence, owner.decided_seq, rows[0].attempts, rows[0].next_at)
    try:
        return Reading(replace(turn, recalled=mind.recall(connection, turn)), *standing)
    except Exception as error:
        if is_unavailable(error):
            raise
        return Reading(turn, *standing, broken=error)


def record(reading: Reading, plan: Plan, now: datetime, connection: Connection) -> Done[None]:
    """Write a decision and all that follows from it; raise Fenced where somebody else went on."""
    turn = reading.turn
    last = last_covered(turn, plan)
    _hold(connection, reading)
    outcome = plan.record(connection, now)
    through = {"of_conversation": turn.conversation_id, "through": last.seq}
    _DECIDE.run(connection, {**through, "now": now})
    _REMEMBER.run(connection, {**through, "memory": dict(outcome.state)})
    post(connection, turn.conversation_id, f"inbox:{last.inbox_id}", outcome.replies, now)
    return Done(None, (Wake(turn.conversation_id),))


def last_covered(turn: Turn, plan: Plan) -> Pending:
    """Return the last message that a plan decides."""
    covered = [row for row in turn.pending if row.seq <= plan.through]
    if not covered:
        raise ValueError(f"a plan through {plan.through} decides nothing of what was asked")
    return covered[-1]


def put_off(
    inbox_id: int, attempt: int, again: datetime, reason: str, connection: Connection
) -> Done[None]:
    """Count a failed attempt at a row; it holds the conversation until `again`."""
    connection.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state == "pending")
        .values(attempts=attempt, next_at=again, reason=reason)
    )
    return Done(None)


def put_aside(
    reading: Reading,
    replies: Sequence[Outgoing],
    reason: str,
    now: datetime,
    connection: Connection,
) -> Done[None]:
    """Give up on the first row of a turn, answer it with `replies`, let the others go on."""
    first, conversation_id = reading.turn.pending[0], reading.turn.conversation_id
    _hold(connection, reading)
    connection.execute(
        update(inbox)
        .where(inbox.c.id == first.inbox_id)
        .values(
            state="aside",
            attempts=reading.attempts + 1,
            reason=reason,
            decided_at=now,
            next_at=None,
        )
    )
    connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(decided_seq=first.seq)
    )
    post(connection, conversation_id, f"inbox:{first.inbox_id}", replies, now)
    return Done(None, (Wake(conversation_id),))


def pending_of(conversation_id: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Return the query for what is undecided in a conversation, oldest first."""
    return (
        select(
            inbox.c.id,
            inbox.c.seq,
            inbox.c.event,
            inbox.c.received_at,
            inbox.c.attempts,
            inbox.c.next_at,
            message.c.id.label("message_id"),
        )
        .outerjoin(message, message.c.inbox_id == inbox.c.id)
        .where(
            inbox.c.conversation_id == conversation_id,
            inbox_open,
            inbox.c.state == "pending",
        )
        .order_by(inbox.c.seq)
        .limit(_TOGETHER)
    )


def owner_of(those: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query for conversations as a turn needs them."""
    return select(
        conversation.c.id,
        conversation.c.channel,
        conversation.c.address,
        conversation.c.state,
        conversation.c.silent_until,
        conversation.c.barred_until,
        conversation.c.fence,
        conversation.c.decided_seq,
    ).where(those)


_PENDING = Hot(pending_of(bindparam("of_conversation")))
_ONE = conversation.c.id == bindparam("of_conversation")
_HOLD = Hot(owner_of(_ONE).with_for_update())
_CONVERSATION = Hot(owner_of(_ONE))
_DECIDE = Hot(
    update(inbox)
    .where(
        inbox.c.conversation_id == bindparam("of_conversation"),
        inbox.c.seq <= bindparam("through"),
        inbox_open,
        inbox.c.state == "pending",
    )
    .values(state="decided", decided_at=bindparam("now"), next_at=None)
)
_REMEMBER = Hot(
    update(conversation)
    .where(conversation.c.id == bindparam("of_conversation"))
    .values(decided_seq=bindparam("through"), state=bindparam("memory"))
)


def _pending(row: Row[*tuple[Any, ...]]) -> Pending:
    return Pending(
        inbox_id=row.id,
        seq=row.seq,
        message_id=row.message_id or 0,
        event=Incoming.from_json(row.event),
        received_at=row.received_at,
    )


def _hold(connection: Connection, reading: Reading) -> None:
    """Lock the conversation for the rest of the transaction, as it was when it was read."""
    row = _HOLD.run(connection, {"of_conversation": reading.turn.conversation_id}).one()
    if (row.fence, row.decided_seq) != (reading.fence, reading.decided_seq):
        raise Fenced
