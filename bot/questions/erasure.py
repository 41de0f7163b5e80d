"""Forgetting what a citizen wrote, at the citizen's wish or when its time is over."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.questions import history
from bot.questions.life import Act
from bot.questions.steps import Step, lock, take
from bot.tables.delivery import message
from bot.tables.desk import content


def erase(connection: Connection, question_id: int, actor: str, now: datetime) -> None:
    """Erase every word kept with a question; its bucket, dates and history stay and verify."""
    row = lock(connection, question_id)
    kept = select(content.c.id).where(content.c.question_id == question_id)
    for content_id in connection.execute(kept).scalars().all():
        history.erase_words(connection, content_id)
    connection.execute(
        update(message).where(message.c.question_id == question_id).values(text="", body={})
    )
    take(connection, row, Step(Act.ERASE, actor, now, changes={"folded": "", "key_digest": None}))
