"""What a question was about after all: chosen by the asker, or told by an officer."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.catalogue.acts import NoSuchEntry
from bot.learning.proposals import Origin, Phrasing, propose
from bot.questions.steps import NoSuchQuestion
from bot.tables.desk import content, question
from bot.tables.knowledge import entry


def note_choice(connection: Connection, question_id: int, entry_id: str, now: datetime) -> None:
    """Remember which entry the asker took; the words are proposed as a phrasing of it."""
    if entry_id:
        _note(connection, question_id, entry_id, Origin.ANSWER, now)


def note_label(connection: Connection, question_id: int, code: str, now: datetime) -> str:
    """Remember what an officer says a question is about, by code or id; return the entry's id."""
    said = code.strip()
    named = select(entry.c.id).where((entry.c.id == said) | (entry.c.code == said))
    found: str | None = connection.scalar(named.order_by(entry.c.kind.desc()))
    if found is None:
        raise NoSuchEntry
    _note(connection, question_id, found, Origin.OFFICER, now)
    return found


def _note(
    connection: Connection, question_id: int, entry_id: str, origin: Origin, now: datetime
) -> None:
    row = _asked(connection, question_id)
    known = {**row.decision, "chosen": entry_id, "chosen_by": str(origin)}
    connection.execute(update(question).where(question.c.id == question_id).values(decision=known))
    if row.text and not row.sealed:
        propose(connection, Phrasing(entry_id, row.text, origin, row.conversation_id), now)


def _asked(connection: Connection, question_id: int) -> Row[Any]:
    query = select(question, content.c.text).outerjoin(content, content.c.id == question.c.text_id)
    row = connection.execute(query.where(question.c.id == question_id)).first()
    if row is None:
        raise NoSuchQuestion
    return row
