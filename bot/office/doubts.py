"""Messages of officers that may have arrived or not: a person looks and decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.delivery.backlog import resolve
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.guards import NotYours
from bot.questions.life import Act
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion, Step, lock, take
from bot.store import Wake
from bot.tables.delivery import message, outbox, outbox_open
from bot.tables.desk import question


@dataclass(frozen=True, slots=True)
class Doubt:
    """A person's word on a message: it arrived, or it is to be sent again."""

    outbox_id: int
    arrived: bool


def in_doubt(connection: Connection, seen_by: ColumnElement[bool]) -> Sequence[str]:
    """Return the codes of questions with a message that waits for such a word."""
    wanted = (
        select(question.c.code)
        .join(message, message.c.question_id == question.c.id)
        .join(outbox, outbox.c.message_id == message.c.id)
        .where(outbox_open, outbox.c.state == "unknown", outbox.c.next_at.is_(None), seen_by)
        .distinct()
        .limit(20)
    )
    return connection.execute(wanted).scalars().all()


def settle(
    connection: Connection, officer: Officer, code: str, doubt: Doubt, now: datetime
) -> tuple[Wake, ...]:
    """Do as the officer says and note it in the question's history."""
    if officer.role not in OF_AN_AGENCY:
        raise NotYours
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    row = repository.by_code(connection, code, seen_by)
    if row is None or not _belongs(connection, doubt.outbox_id, row.id):
        raise NoSuchQuestion
    wakes = resolve(connection, doubt.outbox_id, arrived=doubt.arrived, now=now)
    if wakes:
        detail = {"message": "arrived" if doubt.arrived else "again"}
        take(connection, lock(connection, row.id), Step(Act.NOTE, officer.actor, now, detail))
    return wakes


def _belongs(connection: Connection, outbox_id: int, question_id: int) -> bool:
    wanted = (
        select(outbox.c.id)
        .join(message, message.c.id == outbox.c.message_id)
        .where(outbox.c.id == outbox_id, message.c.question_id == question_id)
    )
    return connection.execute(wanted).first() is not None
