"""Forgetting what a citizen wrote, at the citizen's wish or when its time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.archive import packing
from bot.broadcast import repository as broadcasts
from bot.catalogue import models
from bot.learning import proposals
from bot.media import ledger
from bot.questions import history
from bot.questions.life import Act
from bot.questions.search import note_erased
from bot.questions.steps import Step, lock, take
from bot.tables.delivery import attachment, conversation, inbox, message, outbox, outbox_open
from bot.tables.desk import content, question
from bot.tables.reach import phone
from bot.tables.segments import segment_item

_NOTHING: dict[str, object] = {}


def erase(connection: Connection, question_id: int, actor: str, now: datetime) -> None:
    """Erase every word kept with a question; its bucket, dates and history stay and verify."""
    row = lock(connection, question_id)
    kept = select(content.c.id).where(content.c.question_id == question_id)
    for content_id in connection.execute(kept).scalars().all():
        history.erase_words(connection, content_id)
    said = select(message.c.id).where(message.c.question_id == question_id)
    _erase_messages(connection, connection.execute(said).scalars().all(), now)
    files = update(attachment).where(attachment.c.question_id == question_id)
    connection.execute(files.values(state="erased"))
    connection.execute(delete(phone).where(phone.c.question_id == question_id))
    _erase_item(connection, question_id)
    take(connection, row, Step(Act.ERASE, actor, now, changes={"folded": "", "key_digest": None}))
    note_erased(connection, now)


def erase_all(
    connection: Connection, question_ids: Sequence[int], actor: str, now: datetime
) -> None:
    """Erase the words of questions, also where trainings told of them."""
    for question_id in question_ids:
        erase(connection, question_id, actor, now)
    codes = select(question.c.code).where(question.c.id.in_(question_ids))
    models.forget_questions(connection, set(connection.execute(codes).scalars()))


def erase_citizen(connection: Connection, conversation_id: int, actor: str, now: datetime) -> int:
    """Erase all that one conversation left here: words, files, memory, what was to go on air.

    Returns how many questions lost their words. Codes, dates and the chains of events stay.
    """
    asked = select(question.c.id).where(question.c.conversation_id == conversation_id)
    ids = connection.execute(asked.order_by(question.c.id)).scalars().all()
    erase_all(connection, ids, actor, now)
    said = select(message.c.id).where(message.c.conversation_id == conversation_id)
    _erase_messages(connection, connection.execute(said).scalars().all(), now)
    files = update(attachment).where(attachment.c.conversation_id == conversation_id)
    connection.execute(files.values(state="erased"))
    came_in = update(inbox).where(
        inbox.c.conversation_id == conversation_id, inbox.c.state != "pending"
    )
    connection.execute(came_in.values(raw=None, event=_NOTHING))
    _forget_memory(connection, conversation_id)
    proposals.forget_asker(connection, conversation_id)
    return len(ids)


def _forget_memory(connection: Connection, conversation_id: int) -> None:
    """Empty what the dialogue remembers, but for the wish to get no notices."""
    where = conversation.c.id == conversation_id
    state = connection.execute(select(conversation.c.state).where(where)).scalar_one()
    kept = {"stopped": True} if state.get("stopped") else {}
    connection.execute(update(conversation).where(where).values(state=kept, silent_until=None))


def _erase_messages(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Empty lines of the transcript; what was still to be sent of them is not sent."""
    if not ids:
        return
    connection.execute(
        update(outbox)
        .where(outbox.c.message_id.in_(ids), outbox_open)
        .values(state="failed", reason="erased")
    )
    connection.execute(update(message).where(message.c.id.in_(ids)).values(text="", body=_NOTHING))
    packing.forget(connection, ids)
    ledger.forget(connection, ids, now)


def _erase_item(connection: Connection, question_id: int) -> None:
    """Empty the copies made for the programme and its articles; what has no words never airs."""
    items = select(segment_item.c.id).where(segment_item.c.question_id == question_id)
    broadcasts.forget_items(connection, connection.execute(items).scalars().all())
    connection.execute(
        update(segment_item)
        .where(segment_item.c.question_id == question_id)
        .values(state="dropped", question="", answer="", masks=[])
    )
