"""Calling a citizen whose channel is closed: who called, when, and whether anybody answered."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.guards import NotYours
from bot.questions.life import Act
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion, Step, lock, take
from bot.reach.consents import erase_number
from bot.tables.delivery import message, outbox


def settle(
    connection: Connection, officer: Officer, code: str, *, reached: bool, now: datetime
) -> bool:
    """Note a call in the question's history; False where nothing waits to be told any more.

    Whoever was reached has been told: what was held back is not sent, and the number is erased.
    """
    if officer.role not in OF_AN_AGENCY:
        raise NotYours
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    row = repository.by_code(connection, code, seen_by)
    if row is None:
        raise NoSuchQuestion
    locked = lock(connection, row.id)
    of_question = select(message.c.id).where(message.c.question_id == row.id)
    waits = (outbox.c.state == "waiting") & outbox.c.message_id.in_(of_question)
    if connection.execute(select(outbox.c.id).where(waits)).first() is None:
        return False
    if reached:
        told = {"state": "told", "owner": officer.actor, "sent_at": now, "reason": "called"}
        connection.execute(update(outbox).where(waits).values(**told, next_at=None))
        erase_number(connection, row.id)
    detail = {"message": "called" if reached else "not_reached"}
    take(connection, locked, Step(Act.NOTE, officer.actor, now, detail))
    return True
