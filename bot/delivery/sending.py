"""Transactions of the sender: what is next, take it, note what became of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from bot.channels import Delivery, Sent
from bot.delivery import receipts
from bot.messages import Outgoing, Purpose
from bot.reach.windows import RULES, is_closed
from bot.store import Done
from bot.store.hot import Hot
from bot.tables.base import Moment
from bot.tables.delivery import (
    conversation,
    message,
    outbox,
    outbox_open,
    outbox_open_at_all,
)

#: a message whose outcome was unknown this often is not sent again by itself
MOST_DOUBTS = 3
#: why a message waits for the citizen to write again
WINDOW_CLOSED = "window_closed"

#: rows that somebody is sending or that may be sent now or later without a person's doing:
#: what waits for the citizen is free again as soon as the citizen wrote
is_sendable = and_(
    outbox_open,
    or_(
        outbox.c.state == "pending",
        outbox.c.state == "sending",
        and_(outbox.c.state == "unknown", outbox.c.next_at.is_not(None)),
        and_(outbox.c.state == "waiting", conversation.c.last_inbound_at > outbox.c.next_at),
    ),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The next message of a conversation; all later ones wait for it."""

    delivery: Delivery
    message_id: int
    channel: str
    state: str
    attempts: int
    doubts: int
    next_at: datetime | None
    blocked: bool
    #: the citizen's last interaction that opens the channel's reply window
    window_from: datetime | None = None
    #: the process that has taken it, None while nobody has
    owner: str | None = None

    @property
    def not_before(self) -> datetime | None:
        """When it may go, None for now."""
        return None if self.state == "waiting" else self.next_at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt, as columns of the outbox row."""

    state: str
    sent: Sent | None = None
    reason: str | None = None
    next_at: datetime | None = None
    counted: bool = True
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a conversation has to send begins on a channel, `urgent` where with a receipt."""

    channel: str
    urgent: bool


def unsent(conversation_id: int, connection: Connection) -> Unsent | None:
    """Return what a conversation has to send, None where there is nothing."""
    row = _UNSENT.run(connection, {"of_conversation": conversation_id}).first()
    return None if row is None else unsent_of(row)


def unsent_of(row: Any) -> Unsent:  # noqa: ANN401
    """Return what a row of `first_unsent` says."""
    return Unsent(row.channel, row.purpose == Purpose.RECEIPT)


def read_head(conversation_id: int, connection: Connection) -> Head | None:
    """Return the next message of a conversation, None where there is none or it is being sent."""
    return head_of(_HEAD.run(connection, {"of_conversation": conversation_id}).first())


def head_of(row: Any) -> Head | None:  # noqa: ANN401
    """Return what a row of `next_of` says, None where it is being sent."""
    if row is None or row.state == "sending":
        return None
    return Head(
        delivery=Delivery(row.id, row.conversation_id, row.address, Outgoing.from_json(row.body)),
        message_id=row.message_id,
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        doubts=row.doubts,
        next_at=row.next_at,
        blocked=row.blocked,
        window_from=row.window_from,
    )


def claim(head: Head, owner: str, connection: Connection) -> Done[Head | None]:
    """Say durably that we are about to send; None where the row moved on meanwhile."""
    values = {"of_id": head.delivery.outbox_id, "was": head.state, "by": owner}
    taken = _CLAIM.run(connection, {**values, "tried": head.attempts}).rowcount == 1
    return Done(replace(head, owner=owner) if taken else None)


def give_back(head: Head, owner: str, connection: Connection) -> Done[None]:
    """Put a row back as it was before we took it: we know that it was not sent, even where
    others have taken us for dead meanwhile and marked it as doubtful."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.id == head.delivery.outbox_id,
            outbox.c.owner == owner,
            outbox.c.attempts == head.attempts + 1,
            outbox.c.state.in_(("sending", "unknown")),
        )
        .values(
            state=head.state,
            attempts=head.attempts,
            doubts=head.doubts,
            next_at=head.next_at,
            owner=None,
            reason=None,
        )
    )
    return Done(None)


def settle(head: Head, outcome: Outcome, connection: Connection) -> Done[Head | None]:
    """Write what became of an attempt, look again at news that came too early; return the next."""
    sent = outcome.sent
    row = {
        "of_id": head.delivery.outbox_id,
        "was": head.state,
        "by": head.owner,
        "to": outcome.state,
        "why": outcome.reason,
        "again": outcome.next_at,
        "uncounted": int(not outcome.counted),
        "doubtful": int(outcome.state == "unknown"),
        "arrived_at": sent and sent.at,
        "ids": list(sent.message_ids) if sent else [],
        "held": outcome.next_at if outcome.state == "waiting" else None,
    }
    # news of this sending is accepted under the same lock: it is either seen below or sees us
    _LOCK.run(connection, {"of_conversation": head.delivery.conversation_id})
    _SETTLE.run(connection, row)
    if sent and sent.message_ids:
        receipts.remember(connection, head.channel, head.message_id, sent.message_ids)
    if outcome.gone:
        connection.execute(
            update(conversation)
            .where(conversation.c.id == head.delivery.conversation_id)
            .values(blocked=True)
        )
    if outcome.reason == WINDOW_CLOSED and outcome.next_at is not None:
        _learn_closed(connection, head, outcome.next_at)
    receipts.settle(connection, head.delivery.conversation_id)
    return Done(read_head(head.delivery.conversation_id, connection))


def _learn_closed(connection: Connection, head: Head, now: datetime) -> None:
    """Believe the provider that a window has closed which we took for open.

    Whatever the citizen did since we looked opens it again.
    """
    rule = RULES.get(head.channel)
    if rule is None or head.window_from is None or is_closed(head.channel, head.window_from, now):
        return
    over = now - rule.possible - timedelta(seconds=1)
    connection.execute(
        update(conversation)
        .where(
            conversation.c.id == head.delivery.conversation_id,
            conversation.c.window_from == head.window_from,
        )
        .values(window_from=over)
    )


def recover(
    alive: Collection[str], now: datetime, grace: timedelta, connection: Connection
) -> Done[int]:
    """Mark what dead processes were sending as unknown, with the patience of `doubt_until`.

    Returns how many. Whoever is not among the owners `alive` is dead.
    """
    again = case(
        (outbox.c.doubts + 1 >= MOST_DOUBTS, None),
        (outbox.c.purpose == Purpose.OFFICER.value, None),
        (outbox.c.purpose == Purpose.RECEIPT.value, bindparam("now", now, outbox.c.next_at.type)),
        else_=bindparam("later", now + grace, outbox.c.next_at.type),
    )
    found = connection.execute(
        update(outbox)
        .where(outbox_open_at_all, outbox.c.state == "sending", outbox.c.owner.not_in(alive))
        .values(state="unknown", reason="interrupted", doubts=outbox.c.doubts + 1, next_at=again)
    )
    return Done(found.rowcount)


def doubt_until(head: Head, now: datetime, grace: timedelta) -> datetime | None:
    """When a message of unknown outcome may be sent again, None where a person must say so.

    A receipt twice harms nobody; an answer of the assistant is held back long enough for the
    provider's echo to show that it arrived; an officer's answer is never doubled by a machine.
    """
    purpose = head.delivery.message.purpose
    if head.doubts + 1 >= MOST_DOUBTS or purpose is Purpose.OFFICER:
        return None
    return now if purpose is Purpose.RECEIPT else now + grace


def next_of(conversation_id: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Return the query for the next message of a conversation."""
    return (
        select(
            outbox.c.id,
            outbox.c.conversation_id,
            outbox.c.message_id,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.doubts,
            outbox.c.next_at,
            message.c.body,
            conversation.c.channel,
            conversation.c.address,
            conversation.c.blocked,
            conversation.c.window_from,
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .join(message, message.c.id == outbox.c.message_id)
        .where(outbox.c.conversation_id == conversation_id, is_sendable)
        .order_by(outbox.c.id)
        .limit(1)
    )


_HEAD = Hot(next_of(bindparam("of_conversation")))


def first_unsent(conversation_id: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Return the query for the channel and the purpose of what a conversation has to send."""
    return (
        select(outbox.c.conversation_id, conversation.c.channel, outbox.c.purpose)
        .join(outbox, outbox.c.conversation_id == conversation.c.id)
        .where(outbox.c.conversation_id == conversation_id, is_sendable)
        .order_by(outbox.c.id)
        .limit(1)
    )


_UNSENT = Hot(first_unsent(bindparam("of_conversation")))


def taking_of(id_: Any, was: Any, tried: Any, by: Any) -> Update:  # noqa: ANN401 - clauses of SQLAlchemy
    """Return the statement that takes a message which has not moved on since it was read."""
    return (
        update(outbox)
        .where(outbox.c.id == id_, outbox.c.state == was, outbox.c.attempts == tried)
        .values(
            state="sending", owner=by, attempts=outbox.c.attempts + 1, next_at=None, reason=None
        )
    )


_CLAIM = Hot(taking_of(*map(bindparam, ("of_id", "was", "tried", "by"))))
_ONE = conversation.c.id == bindparam("of_conversation")
_LOCK = Hot(select(conversation.c.id).where(_ONE).with_for_update())
#: ours while we send it, and still when others gave us up: we know better than "unknown"
_MINE = and_(
    or_(outbox.c.state == "sending", outbox.c.state == "unknown"), outbox.c.owner == bindparam("by")
)
_SETTLE = Hot(
    update(outbox)
    .where(
        outbox.c.id == bindparam("of_id"),
        or_(_MINE, outbox.c.state == bindparam("was")),
    )
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        next_at=bindparam("again"),
        held_at=func.coalesce(outbox.c.held_at, bindparam("held", type_=Moment)),
        attempts=outbox.c.attempts - bindparam("uncounted"),
        doubts=outbox.c.doubts + bindparam("doubtful"),
        sent_at=bindparam("arrived_at"),
        provider_ids=bindparam("ids"),
    )
)
