"""Whom to tell that their question is read on air, was read, or how the answer was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from bot.questions.life import State
from bot.questions.notices import Asker
from bot.segments.repository import joined_items
from bot.segments.selection import PUBLIC, item_airs
from bot.tables.delivery import conversation, message, outbox
from bot.tables.desk import question, rating
from bot.tables.segments import segment, segment_item

#: how long after an answer its reader is asked how it was, and how long that is worth asking
RATING_AFTER, RATING_LASTS = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Airing:
    """A question on a published list."""

    asker: Asker
    month: str
    air_date: date


def airings(connection: Connection, since: date) -> list[Airing]:
    """Return what stands on published lists that air, or aired, on a day or later."""
    rows = connection.execute(
        joined_items()
        .add_columns(question.c.code, question.c.conversation_id, segment.c.air_date)
        .where(
            segment.c.status.in_(PUBLIC),
            segment.c.air_date >= since,
            segment_item.c.state == "approved",
            item_airs(),
        )
        .order_by(segment_item.c.id)
    ).all()
    return [Airing(_asker(row.question_id, row), row.month, row.air_date) for row in rows]


def unrated(connection: Connection, now: datetime) -> list[Asker]:
    """Return who got an officer's answer a day ago, said nothing since and rated nothing."""
    after, until = now - RATING_AFTER - RATING_LASTS, now - RATING_AFTER
    rows = connection.execute(
        select(question.c.id, question.c.code, question.c.conversation_id)
        .join(message, message.c.question_id == question.c.id)
        .join(outbox, outbox.c.message_id == message.c.id)
        .join(conversation, conversation.c.id == question.c.conversation_id)
        .where(
            question.c.state == str(State.ANSWERED),
            question.c.answered_at >= after,
            message.c.role == "officer",
            outbox.c.state == "sent",
            outbox.c.sent_at > after,
            outbox.c.sent_at <= until,
            conversation.c.last_inbound_at < outbox.c.sent_at,
            ~exists().where(rating.c.question_id == question.c.id),
        )
        .group_by(question.c.id, question.c.code, question.c.conversation_id)
    ).all()
    return [_asker(row.id, row) for row in rows]


def _asker(question_id: int, row: Row[*tuple[Any, ...]]) -> Asker:
    return Asker(question_id, row.conversation_id, row.code)
