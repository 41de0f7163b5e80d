"""What officers see: until when a citizen can be written to, by which road, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bot.reach.consents import number_of, roads_of
from bot.reach.roads import Road
from bot.reach.windows import Window, has_window, window
from bot.tables.delivery import conversation, message, outbox, outbox_open_at_all
from bot.tables.desk import question
from bot.tables.reach import template_note

_MOST_LISTED = 20
#: among so many those to be called are found
_MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Reach:
    """How the asker of a question can be reached.

    `window` is None where the channel never closes or nothing is known of it; `road` is None
    where nothing was chosen. `waiting` counts the messages held back, `note` says what became
    of the template message about them.
    """

    closes: bool
    window: Window | None
    road: Road | None
    number: str | None
    waiting: int
    note: str | None = None

    @property
    def to_call(self) -> bool:
        """Whether somebody has to be called now."""
        return self.waiting > 0 and self.road is Road.CALL and self.number is not None


@dataclass(frozen=True, slots=True)
class Held:
    """A question with something to say that cannot be delivered now."""

    code: str
    road: Road


def reach_of(connection: Connection, row: Row[Any]) -> Reach:
    """Return how the asker of a question can be reached."""
    opened_at = connection.execute(
        select(conversation.c.window_from).where(conversation.c.id == row.conversation_id)
    ).scalar()
    road = roads_of(connection, [row.id]).get(row.id)
    return Reach(
        closes=has_window(row.channel),
        window=window(row.channel, opened_at),
        road=road,
        number=number_of(connection, row.id, road) if road else None,
        waiting=connection.execute(_waiting(row.id)).scalar_one(),
        note=connection.execute(_note(row.id)).scalar(),
    )


def held(
    connection: Connection, seen_by: ColumnElement[bool], limit: int = _MOST_LISTED
) -> Sequence[Held]:
    """Return the questions with messages held longest, those to be called first."""
    rows = connection.execute(
        _held(seen_by, question.c.id, question.c.code)
        .group_by(question.c.id, question.c.code)
        .order_by(func.min(outbox.c.id))
        .limit(max(limit, _MOST_LOOKED_AT))
    ).all()
    roads = roads_of(connection, [row.id for row in rows])
    found = [Held(row.code, roads.get(row.id, Road.AGAIN)) for row in rows]
    return sorted(found, key=lambda each: each.road is not Road.CALL)[:limit]


def held_count(connection: Connection, seen_by: ColumnElement[bool]) -> int:
    """Count the questions with held messages."""
    counted = _held(seen_by, func.count(question.c.id.distinct()))
    return int(connection.execute(counted).scalar_one())


def _held(seen_by: ColumnElement[bool], *columns: Any) -> Select[Any]:  # noqa: ANN401 - columns
    return (
        select(*columns)
        .select_from(question)
        .join(message, message.c.question_id == question.c.id)
        .join(outbox, outbox.c.message_id == message.c.id)
        .where(outbox_open_at_all, outbox.c.state == "waiting", seen_by)
    )


def _waiting(question_id: int) -> Any:  # noqa: ANN401 - a select
    return (
        select(func.count())
        .select_from(message)
        .join(outbox, outbox.c.message_id == message.c.id)
        .where(message.c.question_id == question_id, outbox.c.state == "waiting")
    )


def _note(question_id: int) -> Any:  # noqa: ANN401 - a select
    return (
        select(template_note.c.state)
        .where(template_note.c.question_id == question_id)
        .order_by(template_note.c.id.desc())
        .limit(1)
    )
