"""Taking and settling what several conversations send, by few statements for all of them.

For PostgreSQL, where a statement is a way there and back; on SQLite they run one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Integer,
    Text,
    and_,
    cast,
    or_,
    select,
    true,
    update,
)

from bot.delivery.sending import (
    Head,
    Outcome,
    claim,
    head_of,
    next_of,
    read_head,
    settle,
    taking_of,
)
from bot.store import Done, JointBody, JointLook, NotTogether
from bot.store.engines import to_json
from bot.store.hot import Hot
from bot.store.lists import each, is_among
from bot.store.rows import HotRows
from bot.tables.base import Moment
from bot.tables.delivery import conversation, inbox, inbox_open, outbox, provider_message


@dataclass(frozen=True, slots=True)
class NextUp(JointLook[Head | None]):
    """Reads the next message of a conversation, as `bot.delivery.sending.read_head` does."""

    conversation_id: int

    def __call__(self, connection: Connection) -> Head | None:
        """Read it alone."""
        return read_head(self.conversation_id, connection)

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Head | None]:
        """Read all."""
        return _heads(connection, [body.conversation_id for body in bodies])


@dataclass(frozen=True, slots=True)
class Claim(JointBody[Head | None]):
    """Takes the next message of a conversation, as `bot.delivery.sending.claim` does."""

    urgent: ClassVar[bool] = False

    head: Head
    owner: str

    def __call__(self, connection: Connection) -> Done[Head | None]:
        """Take it alone."""
        return claim(self.head, self.owner, connection)

    @classmethod
    def together(
        cls, connection: Connection, bodies: Sequence[Self]
    ) -> Sequence[Done[Head | None]]:
        """Take each that has not moved on."""
        ids = apart(body.head.delivery.outbox_id for body in bodies)
        values = {
            "each_id": ids,
            "each_was": [body.head.state for body in bodies],
            "each_tried": [body.head.attempts for body in bodies],
            "each_by": [body.owner for body in bodies],
        }
        taken = frozenset(_CLAIM.run(connection, values).scalars())
        return [
            Done(replace(body.head, owner=body.owner) if id_ in taken else None)
            for id_, body in zip(ids, bodies, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Settlement(JointBody[Head | None]):
    """Writes that a message went out, as `bot.delivery.sending.settle` does; a plain outcome."""

    urgent: ClassVar[bool] = False

    head: Head
    outcome: Outcome

    @staticmethod
    def fits(outcome: Outcome) -> bool:
        """Whether an outcome is plain: it says only that the message went out."""
        return outcome.sent is not None and outcome == Outcome("sent", sent=outcome.sent)

    def __call__(self, connection: Connection) -> Done[Head | None]:
        """Settle it alone."""
        return settle(self.head, self.outcome, connection)

    @classmethod
    def together(
        cls, connection: Connection, bodies: Sequence[Self]
    ) -> Sequence[Done[Head | None]]:
        """Settle all; raise NotTogether where something that came too early is looked at again."""
        ids = apart(body.head.delivery.conversation_id for body in bodies)
        _LOCK.run(connection, {"each_id": ids})
        _SETTLE.run(connection, _settled(bodies))
        arrived = [
            {"channel": body.head.channel, "provider_id": each, "message_id": body.head.message_id}
            for body in bodies
            for each in _ids(body)
        ]
        if arrived:
            _ARRIVED.insert(connection, arrived)
        if _DOUBTFUL.run(connection, {"each_id": ids}).first() is not None:
            raise NotTogether
        return [Done(head) for head in _heads(connection, ids)]


def _heads(connection: Connection, ids: Sequence[int]) -> list[Head | None]:
    found = _HEADS.run(connection, {"each_id": ids}).all()
    heads = {row.conversation_id: head_of(row) for row in found}
    return [heads.get(id_) for id_ in ids]


def _settled(bodies: Sequence[Settlement]) -> dict[str, list[Any]]:
    return {
        "each_id": [body.head.delivery.outbox_id for body in bodies],
        "each_was": [body.head.state for body in bodies],
        "each_by": [body.head.owner for body in bodies],
        "each_sent_at": [body.outcome.sent and body.outcome.sent.at for body in bodies],
        "each_provider_ids": [to_json(list(_ids(body))) for body in bodies],
    }


def _ids(body: Settlement) -> Sequence[str]:
    return body.outcome.sent.message_ids if body.outcome.sent else ()


def apart(ids: Iterable[int]) -> list[int]:
    """Return the ids as they are; raise NotTogether where one comes twice."""
    listed = list(ids)
    if len(set(listed)) < len(listed):
        raise NotTogether
    return listed


def _claiming() -> Hot:
    step = each(id=BigInteger(), was=Text(), tried=Integer(), by=Text())
    taking = taking_of(step.c.id, step.c.was, step.c.tried, step.c.by)
    return Hot(taking.returning(outbox.c.id))


def _settling() -> Hot:
    step = each(id=BigInteger(), was=Text(), by=Text(), sent_at=Moment(), provider_ids=Text())
    mine = or_(outbox.c.state == "sending", outbox.c.state == "unknown")
    return Hot(
        update(outbox)
        .where(
            outbox.c.id == step.c.id,
            or_(and_(mine, outbox.c.owner == step.c.by), outbox.c.state == step.c.was),
        )
        .values(
            state="sent",
            reason=None,
            next_at=None,
            sent_at=step.c.sent_at,
            provider_ids=cast(step.c.provider_ids, JSON),
        )
    )


def _next() -> Hot:
    step = each(id=BigInteger())
    head = next_of(step.c.id).lateral("head")
    return Hot(select(head).select_from(step.join(head, true())))


_CLAIM, _SETTLE, _HEADS = _claiming(), _settling(), _next()
_LOCK = Hot(
    select(conversation.c.id)
    .where(is_among(conversation.c.id, "id"))
    .order_by(conversation.c.id)
    .with_for_update()
)
_DOUBTFUL = Hot(
    select(inbox.c.id)
    .where(is_among(inbox.c.conversation_id, "id"), inbox_open, inbox.c.state == "doubt")
    .limit(1)
)
_ARRIVED = HotRows(provider_message, lambda statement: statement.on_conflict_do_nothing())
