"""One step of a question: check the state, change the row, keep the words, write the event."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.errors import BotError
from bot.questions import history, life
from bot.questions.history import Event, Words
from bot.questions.life import Act, State
from bot.tables.desk import question

CITIZEN = "citizen"
SERVICE = "service"

#: acts beside the work: they must not turn away an officer who is writing meanwhile, and
#: the version, which officers see, must not tell that somebody rated
_QUIET = frozenset({Act.NOTE, Act.CONSENT, Act.REVOKE, Act.RECLOCK, Act.ERASE, Act.RATE})


class NoSuchQuestion(BotError):
    """There is no such question, or it is not yours to see."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, by whom and when; `changes` are columns of the question."""

    act: Act
    actor: str
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    words: Words | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a step: the new state and the content row of its words."""

    state: State
    content_id: int | None


def lock(connection: Connection, question_id: int) -> Row[Any]:
    """Return a question's row and keep others from changing it until the transaction ends."""
    row = connection.execute(
        select(question).where(question.c.id == question_id).with_for_update()
    ).first()
    if row is None:
        raise NoSuchQuestion
    return row


def take(connection: Connection, row: Row[Any], step: Step) -> Taken:
    """Do a step on a locked row; raise life.NotPossible where its state does not allow it."""
    before = State(row.state)
    after = life.after(before, step.act)
    content_id = history.keep_words(connection, row.id, step.words, step.at) if step.words else None
    changes = {**step.changes, "state": str(after), "bucket": str(life.bucket(after))}
    if step.act not in _QUIET:
        changes["version"] = question.c.version + 1
    connection.execute(update(question).where(question.c.id == row.id).values(**changes))
    event = Event(step.act, before, after, step.actor, step.at, step.detail)
    history.append(connection, row.id, event, content_id)
    return Taken(after, content_id)
