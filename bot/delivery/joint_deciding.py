"""Reading and recording the turns of several conversations, by few statements for all of them.

For PostgreSQL, where a statement is a way there and back; on SQLite they run one by one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Integer,
    Select,
    Text,
    cast,
    select,
    true,
    update,
)

from bot.delivery.joint_sending import apart
from bot.delivery.outbox import intent_row, line_row
from bot.delivery.recording import (
    Fenced,
    Reading,
    last_covered,
    owner_of,
    pending_of,
    read_turn,
    reading_of,
    record,
)
from bot.delivery.sending import Unsent, first_unsent, unsent, unsent_of
from bot.delivery.turns import Mind, Pending, Plan, Recorded
from bot.store import Done, JointBody, JointLook, NotTogether, Wake
from bot.store.engines import to_json
from bot.store.hot import Hot
from bot.store.lists import each, is_among
from bot.store.rows import HotRows
from bot.tables.base import Moment
from bot.tables.delivery import conversation, inbox, inbox_open, message, outbox

#: what there is to decide in a conversation, and what there is to send
Found = tuple[Reading | None, Unsent | None]


@dataclass(frozen=True, slots=True)
class Look(JointLook[Found]):
    """Reads what there is to decide in a conversation, and what there is to send."""

    mind: Mind
    conversation_id: int

    def __call__(self, connection: Connection) -> Found:
        """Read it alone."""
        reading = read_turn(self.mind, self.conversation_id, connection)
        return reading, unsent(self.conversation_id, connection)

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Found]:
        """Read all; raise NotTogether where recalling fails: it may spoil the others' reading."""
        ids = {"each_id": list({body.conversation_id for body in bodies})}
        pending: defaultdict[int, list[Any]] = defaultdict(list)
        for row in _PENDING.run(connection, ids).all():
            pending[row.of].append(row)
        to_send = {row.conversation_id: row for row in _UNSENT.run(connection, ids).all()}
        known = {"each_id": list(pending)}
        owners = {row.id: row for row in _OWNERS.run(connection, known).all()} if pending else {}
        found: list[Found] = []
        for body in bodies:
            reading, waiting = None, to_send.get(body.conversation_id)
            if rows := pending.get(body.conversation_id):
                owner = owners[body.conversation_id]
                reading = reading_of(body.mind, body.conversation_id, rows, owner, connection)
                if reading.broken is not None:
                    raise NotTogether
            found.append((reading, waiting and unsent_of(waiting)))
        return found


@dataclass(frozen=True, slots=True)
class Recording(JointBody[None]):
    """Records a decision, as `bot.delivery.recording.record` does."""

    urgent: ClassVar[bool] = False

    reading: Reading
    plan: Plan
    now: datetime

    def __call__(self, connection: Connection) -> Done[None]:
        """Record it alone."""
        return record(self.reading, self.plan, self.now, connection)

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Done[None]]:
        """Record all; raise where somebody else went on, or a reply was written before."""
        ids = apart(body.reading.turn.conversation_id for body in bodies)
        lasts = [last_covered(body.reading.turn, body.plan) for body in bodies]
        held = {
            row.id: (row.fence, row.decided_seq)
            for row in _HOLD.run(connection, {"each_id": ids}).all()
        }
        if any(held[id_] != body.standing for id_, body in zip(ids, bodies, strict=True)):
            raise Fenced
        outcomes = [body.plan.record(connection, body.now) for body in bodies]
        steps = {"each_id": ids, "each_through": [last.seq for last in lasts]}
        _DECIDE.run(connection, {**steps, "each_now": [body.now for body in bodies]})
        memories = [to_json(dict(outcome.state)) for outcome in outcomes]
        lines = [len(outcome.replies) for outcome in outcomes]
        numbered = _REMEMBER.run(
            connection, {**steps, "each_memory": memories, "each_lines": lines}
        ).all()
        reached = {row.id: row.message_seq for row in numbered}
        _post(
            connection,
            [
                _Replies(body, reached[id_], last, outcome)
                for id_, body, last, outcome in zip(ids, bodies, lasts, outcomes, strict=True)
            ],
        )
        return [Done(None, (Wake(id_),)) for id_ in ids]

    @property
    def standing(self) -> tuple[int, int]:
        """What must still hold."""
        return self.reading.fence, self.reading.decided_seq


@dataclass(frozen=True, slots=True)
class _Replies:
    """What a recording says, and the last number it has for that in the transcript."""

    recording: Recording
    reached: int
    last: Pending
    outcome: Recorded

    @property
    def cause(self) -> str:
        return f"inbox:{self.last.inbox_id}"

    def lines(self) -> list[dict[str, Any]]:
        conversation_id, replies = self.recording.reading.turn.conversation_id, self.outcome.replies
        first = self.reached - len(replies) + 1
        return [
            line_row(conversation_id, seq, each, self.recording.now)
            for seq, each in enumerate(replies, start=first)
        ]


def _post(connection: Connection, all_replies: Sequence[_Replies]) -> None:
    """Do what `bot.delivery.outbox.post` does, for causes that are new."""
    said = [
        (each.cause, step, outgoing, line)
        for each in all_replies
        for step, (outgoing, line) in enumerate(
            zip(each.outcome.replies, each.lines(), strict=True)
        )
    ]
    if not said:
        return
    causes = list({cause for cause, *_ in said})
    if _WRITTEN.run(connection, {"each_cause": causes}).first() is not None:
        raise NotTogether
    ids = sorted(id_ for (id_,) in _LINES.insert(connection, [line for *_, line in said]))
    _INTENTS.insert(
        connection,
        [
            intent_row(cause, step, outgoing, message_id, line)
            for message_id, (cause, step, outgoing, line) in zip(ids, said, strict=True)
        ],
    )


def _deciding() -> Hot:
    step = each(id=BigInteger(), through=Integer(), now=Moment())
    return Hot(
        update(inbox)
        .where(
            inbox.c.conversation_id == step.c.id,
            inbox.c.seq <= step.c.through,
            inbox_open,
            inbox.c.state == "pending",
        )
        .values(state="decided", decided_at=step.c.now, next_at=None)
    )


def _remembering() -> Hot:
    step = each(id=BigInteger(), through=Integer(), memory=Text(), lines=Integer())
    return Hot(
        update(conversation)
        .where(conversation.c.id == step.c.id)
        .values(
            decided_seq=step.c.through,
            state=cast(step.c.memory, JSON),
            message_seq=conversation.c.message_seq + step.c.lines,
        )
        .returning(conversation.c.id, conversation.c.message_seq)
    )


def _of_each(query: Select[*tuple[Any, ...]], step: Any) -> Hot:  # noqa: ANN401
    found = query.lateral("found")
    return Hot(select(step.c.id.label("of"), found).select_from(step.join(found, true())))


_EACH = each(id=BigInteger())
_PENDING = _of_each(pending_of(_EACH.c.id), _EACH)
_UNSENT = _of_each(first_unsent(_EACH.c.id), _EACH)
_OWNERS = Hot(owner_of(is_among(conversation.c.id, "id")))
_HOLD = Hot(
    select(conversation.c.id, conversation.c.fence, conversation.c.decided_seq)
    .where(is_among(conversation.c.id, "id"))
    .order_by(conversation.c.id)
    .with_for_update()
)
_DECIDE, _REMEMBER = _deciding(), _remembering()
_WRITTEN = Hot(select(outbox.c.id).where(is_among(outbox.c.cause, "cause")).limit(1))
_LINES = HotRows(message, lambda statement: statement.returning(message.c.id))
_INTENTS = HotRows(outbox)
