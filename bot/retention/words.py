"""Citizens' words and files whose time is over. Counts, dates and histories stay and verify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.questions.erasure import erase_all
from bot.questions.life import Bucket
from bot.tables.delivery import attachment, conversation, message
from bot.tables.desk import content, question

_ACTOR = "system:retention"


@dataclass(frozen=True, slots=True)
class Batch:
    """So many rows to forget in one transaction, of what is older than a moment."""

    before: datetime
    now: datetime
    most: int


def questions_due(connection: Connection, before: datetime) -> int:
    """Count closed questions whose words are still there."""
    return _count(connection, _old_questions(before))


def forget_questions(connection: Connection, batch: Batch) -> int:
    """Erase the words of closed questions; return how many questions."""
    ids = connection.execute(_old_questions(batch.before).limit(batch.most)).scalars().all()
    erase_all(connection, ids, _ACTOR, batch.now)
    return len(ids)


def chats_due(connection: Connection, before: datetime) -> int:
    """Count silent conversations whose words are still there."""
    return _count(connection, _silent_chats(before))


def forget_chats(connection: Connection, batch: Batch) -> int:
    """Empty what was said around questions in silent conversations; return how many of them.

    What belongs to a question stays with the question and has its own time.
    """
    ids = connection.execute(_silent_chats(batch.before).limit(batch.most)).scalars().all()
    connection.execute(
        update(message)
        .where(message.c.conversation_id.in_(ids), message.c.question_id.is_(None))
        .values(text="", body={})
    )
    _forget_memories(connection, ids)
    return len(ids)


def _forget_memories(connection: Connection, ids: Sequence[int]) -> None:
    """Empty what the dialogue remembers, but for the wish to get no notices: it has no end."""
    rows = connection.execute(
        select(conversation.c.id, conversation.c.state).where(conversation.c.id.in_(ids))
    ).all()
    for wish in (True, False):
        some = [row.id for row in rows if bool(row.state.get("stopped")) is wish]
        kept = update(conversation).where(conversation.c.id.in_(some))
        connection.execute(kept.values(state={"stopped": True} if wish else {}))


def origins_due(connection: Connection, before: datetime) -> int:
    """Count conversations of which it is still known from which network they were opened."""
    return _count(connection, _old_origins(before))


def forget_origins(connection: Connection, batch: Batch) -> int:
    """Forget from which network conversations were opened; return of how many."""
    ids = _old_origins(batch.before).limit(batch.most).scalar_subquery()
    forgotten = update(conversation).where(conversation.c.id.in_(ids)).values(origin=None)
    return connection.execute(forgotten).rowcount


def files_due(connection: Connection, before: datetime) -> int:
    """Count files of questions closed before, and files that came before and belong to none."""
    return _count(connection, _old_files(before))


def forget_files(connection: Connection, batch: Batch) -> int:
    """Mark files for erasure, which the service carries out within minutes; return how many."""
    ids = connection.execute(_old_files(batch.before).limit(batch.most)).scalars().all()
    marked = update(attachment).where(attachment.c.id.in_(ids)).values(state="erased")
    connection.execute(marked)
    return len(ids)


def _old_questions(before: datetime) -> Select[int]:
    there = exists().where(content.c.question_id == question.c.id, content.c.text.is_not(None))
    return select(question.c.id).where(_closed(before), there).order_by(question.c.id)


def _silent_chats(before: datetime) -> Select[int]:
    said = exists().where(
        message.c.conversation_id == conversation.c.id,
        message.c.question_id.is_(None),
        message.c.text != "",
    )
    waits = exists().where(
        question.c.conversation_id == conversation.c.id, question.c.bucket == Bucket.OPEN
    )
    heard = func.coalesce(conversation.c.last_inbound_at, conversation.c.created_at)
    return select(conversation.c.id).where(heard < before, said, ~waits).order_by(conversation.c.id)


def _old_origins(before: datetime) -> Select[int]:
    known = conversation.c.origin.is_not(None)
    return select(conversation.c.id).where(known, conversation.c.created_at < before)


def _old_files(before: datetime) -> Select[str]:
    settled = exists().where(question.c.id == attachment.c.question_id, _closed(before))
    loose = and_(attachment.c.question_id.is_(None), attachment.c.received_at < before)
    return (
        select(attachment.c.id)
        .where(attachment.c.state != "erased", or_(settled, loose))
        .order_by(attachment.c.id)
    )


def _closed(before: datetime) -> ColumnElement[bool]:
    ended = func.coalesce(question.c.closed_at, question.c.answered_at)
    return and_(question.c.bucket != Bucket.OPEN, ended < before)


def _count(connection: Connection, rows: Select[int] | Select[str]) -> int:
    counted = select(func.count()).select_from(rows.order_by(None).subquery())
    return int(connection.execute(counted).scalar_one())
