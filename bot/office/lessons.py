"""A good answer becomes knowledge: an officer proposes it, somebody else makes it public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.catalogue.acts import put_layer, set_state
from bot.catalogue.repository import hold, known
from bot.errors import BotError
from bot.learning.proposals import Origin, Phrasing
from bot.learning.proposals import propose as propose_phrasing
from bot.officers.accounts import Officer
from bot.privacy import redact
from bot.questions import repository
from bot.questions.life import Act, State
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion, Step, lock, take
from bot.tables.desk import question_event
from bot.tables.knowledge import entry
from knowledge.layers import Layer

_PREFIX = "faq:dan-hoi-"
_SETTLED = (State.ANSWERED, State.RATED)
_LONGEST_TITLE = 200


class NoLesson(BotError):
    """Chỉ trả lời của cán bộ, không thuộc khiếu nại hay tố cáo, mới đưa vào kiến thức được."""


class NoTitle(BotError):
    """Xin ghi câu hỏi viết gọn trước khi đưa vào kiến thức."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to keep of a question: `title` asks it in a few words that name nobody.

    `source` says whose answer it is, as a citizen reads it below the answer.
    """

    title: str
    source: str


def propose(
    connection: Connection, officer: Officer, code: str, lesson: Lesson, now: datetime
) -> None:
    """Keep an officer's answer as a draft of the catalogue, without what identifies anybody."""
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    row = repository.by_code(connection, code, seen_by)
    if row is None:
        raise NoSuchQuestion
    locked = lock(connection, row.id)
    row = repository.by_code(connection, code, seen_by)
    if row is None or not can_teach(connection, row):
        raise NoLesson
    title = " ".join(redact(lesson.title).text.split())[:_LONGEST_TITLE]
    if not title:
        raise NoTitle
    entry_id = _entry_id(row.code)
    put_layer(connection, entry_id, Layer.LOCAL, _data(row, title, lesson), now, officer.actor)
    set_state(connection, entry_id, "draft", now, officer.actor)
    take(connection, locked, Step(Act.NOTE, officer.actor, now, {"message": "lesson"}))


def can_teach(connection: Connection, row: Row[Any]) -> bool:
    """Whether a question holds an officer's answer that may be kept, and is not kept yet."""
    if row.state not in _SETTLED or row.sealed or not row.answer:
        return False
    sent = select(question_event.c.question_id).where(
        question_event.c.question_id == row.id, question_event.c.act == str(Act.SEND)
    )
    kept = select(entry.c.id).where(entry.c.id == _entry_id(row.code))
    return connection.execute(sent).first() is not None and not connection.execute(kept).first()


def proposals(connection: Connection) -> Sequence[Row[Any]]:
    """Return the drafts that wait for a second look, oldest first."""
    waiting = (entry.c.state == "draft") & entry.c.id.startswith(_PREFIX)
    return connection.execute(select(entry).where(waiting).order_by(entry.c.changed_at)).all()


@dataclass(frozen=True, slots=True)
class Edited:
    """A proposal as its reviewer has put it; an empty field stays as it was."""

    title: str = ""
    summary: str = ""
    basis: str = ""


def decide(
    connection: Connection,
    entry_id: str,
    edited: Edited | None,
    officer: Officer,
    now: datetime,
) -> bool:
    """Make a proposal public as edited, or with None put it away; return whether it waited.

    With the entry the asker's own words are proposed as a phrasing of it.
    """
    hold(connection)
    if entry_id not in {row.id for row in proposals(connection)}:
        return False
    if edited is None:
        set_state(connection, entry_id, "retired", now, officer.actor)
        return True
    said = dict(known(connection, [entry_id])[entry_id].layers.get(Layer.LOCAL, {}))
    changed = _as_edited(said, edited)
    if changed != said:
        put_layer(connection, entry_id, Layer.LOCAL, changed, now, officer.actor)
    set_state(connection, entry_id, "public", now, officer.actor)
    _propose_words(connection, entry_id, now)
    return True


def _as_edited(said: dict[str, Any], edited: Edited) -> dict[str, Any]:
    title = " ".join(redact(edited.title).text.split())[:_LONGEST_TITLE]
    new = {
        "title": title,
        "aliases": [title] if title else [],
        "summary": redact(edited.summary.strip()).text,
        "legal_basis": [edited.basis.strip()] if edited.basis.strip() else [],
    }
    return {**said, **{name: value for name, value in new.items() if value}}


def _propose_words(connection: Connection, entry_id: str, now: datetime) -> None:
    row = repository.by_code(connection, entry_id.removeprefix(_PREFIX))
    if row is not None and row.text and not row.sealed:
        phrasing = Phrasing(entry_id, row.text, Origin.ANSWER, row.conversation_id)
        propose_phrasing(connection, phrasing, now)


def _data(row: Row[Any], title: str, lesson: Lesson) -> dict[str, Any]:
    return {
        "title": title,
        "aliases": [title],
        "summary": redact(row.answer).text,
        "agencies": [row.agency],
        "legal_basis": [row.basis] if row.basis else [],
        "source": lesson.source,
        "checked_on": row.answered_at.date().isoformat(),
    }


def _entry_id(code: str) -> str:
    return f"{_PREFIX}{code.lower()}"
