"""What a citizen's side does to questions. Plain functions for the body of a write."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.questions import crowds, history, life, limits
from bot.questions.codes import new_code
from bot.questions.history import ContentKind, Event, Words
from bot.questions.life import Act, NotPossible, State
from bot.questions.repository import agency_needs_two_persons, denunciation_desk
from bot.questions.search import searchable
from bot.questions.steps import CITIZEN, SERVICE, Step, lock, take
from bot.store.hot import Hot
from bot.store.upsert import Prepared
from bot.tables.delivery import message
from bot.tables.desk import consent, question, question_open, rating
from bot.wording import VERSION
from knowledge.decisions import MatterKind

#: 192 bits, more than the 128 that the contract asks for
_KEY_BYTES = 24


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A citizen's question as the conversation hands it over.

    `start` is QUEUED for an agency's desk, CHOOSING while choices are offered,
    AUTO_ANSWERED with the assistant's `answer`. `decision` explains why, without personal
    text: entries with versions, confidence, reason. `message_ids` are the rows of the
    transcript it was asked in: officers see these and nothing else of the conversation.
    """

    conversation_id: int
    channel: str
    kind: MatterKind
    agency: str
    commune: str | None
    text: str
    decision: dict[str, Any] = field(default_factory=dict)
    start: State = State.QUEUED
    answer: str = ""
    message_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A question that is on record. `key` opens its text; it is told once and kept hashed."""

    id: int
    code: str
    key: str
    due_at: datetime | None
    agency: str


def open_question(connection: Connection, new: NewQuestion, now: datetime) -> Opened:
    """Put a question on record with code, key, due date and the first event of its history.

    Complaints and denunciations are sealed from publication; a denunciation goes to the
    body that handles denunciations, whichever agency was proposed.
    """
    if new.start not in life.BIRTHS:
        raise NotPossible(Act.RECEIVE, new.start)
    agency = denunciation_desk(connection) if new.kind is MatterKind.DENUNCIATION else new.agency
    key = secrets.token_urlsafe(_KEY_BYTES)
    columns = {
        "key_digest": key_digest(key),
        "conversation_id": new.conversation_id,
        "channel": new.channel,
        "kind": str(new.kind),
        "state": str(new.start),
        "bucket": str(life.bucket(new.start)),
        "agency": agency,
        "commune": new.commune,
        "folded": searchable(new.text),
        "decision": new.decision,
        "sealed": _is_sealed(new.kind),
        "share": crowds.share(connection, new.conversation_id, agency),
        "two_persons": agency_needs_two_persons(connection, agency),
        "received_at": now,
        **_deadlines(connection, agency, new, now),
    }
    question_id, code = _insert(connection, columns)
    _record_birth(connection, question_id, new, agency, now)
    tie_messages(connection, question_id, new.message_ids)
    return Opened(question_id, code, key, columns["due_at"], agency)


def tie_messages(
    connection: Connection, question_id: int, message_ids: Iterable[int]
) -> Sequence[dict[str, Any]]:
    """Show rows of the transcript with a question; return what stands in them."""
    to_question = {"to_question": question_id}
    rows = (_TIE.run(connection, {"of_message": id_, **to_question}).first() for id_ in message_ids)
    return [row.body for row in rows if row is not None]


def settle(connection: Connection, question_id: int, answer: str, now: datetime) -> None:
    """Note that the assistant answered what it had offered choices for."""
    row = lock(connection, question_id)
    words = Words(ContentKind.ANSWER, answer)
    step = Step(Act.SETTLE, SERVICE, now, {}, words, {"answered_at": now, "closed_at": now})
    taken = take(connection, row, step)
    connection.execute(
        update(question).where(question.c.id == question_id).values(answer_id=taken.content_id)
    )


def queue_question(
    connection: Connection, question_id: int, agency: str, reason: str, now: datetime
) -> datetime | None:
    """Hand a question over to an agency's desk; return when its answer is due.

    For "none of these", for an automatic answer that was not right, for choices nobody
    made: `reason` says which, by code.
    """
    row = lock(connection, question_id)
    kind = MatterKind(row.kind)
    if kind is MatterKind.DENUNCIATION:
        agency = denunciation_desk(connection)
    counted_from = now if row.state == State.AUTO_ANSWERED else row.received_at
    changes: dict[str, Any] = {
        "agency": agency,
        "two_persons": agency_needs_two_persons(connection, agency),
        "share": crowds.share(connection, row.conversation_id, agency),
        "answered_at": None,
        "closed_at": None,
        "merged_into_id": None,
        **_due_columns(connection, agency, kind, counted_from),
    }
    detail = {"agency": agency, "reason": reason}
    take(connection, row, Step(Act.QUEUE, SERVICE, now, detail, changes=changes))
    return changes["due_at"]  # type: ignore[no-any-return]


def add_to_question(connection: Connection, question_id: int, text: str, now: datetime) -> State:
    """Add what the citizen wrote later; ends the pause of a question that waits for it."""
    row = lock(connection, question_id)
    words = Words(ContentKind.SUPPLEMENT, text)
    changes = {**resumed(connection, row, now), "folded": f"{row.folded} {searchable(text)}"}
    return take(connection, row, Step(Act.SUPPLEMENT, CITIZEN, now, {}, words, changes)).state


def withdraw(connection: Connection, question_id: int, now: datetime) -> None:
    """Close a question at its asker's wish; who had asked the same goes back to the queue."""
    row = lock(connection, question_id)
    take(connection, row, Step(Act.WITHDRAW, CITIZEN, now, changes={"closed_at": now}))
    release_merged(connection, question_id, row.agency, now)


def release_merged(connection: Connection, question_id: int, agency: str, now: datetime) -> None:
    """Queue again whatever was merged into a question that will not be answered for them."""
    merged = select(question.c.id).where(
        question.c.merged_into_id == question_id, question.c.state == str(State.MERGED)
    )
    for asker_id in connection.execute(merged.with_for_update()).scalars().all():
        queue_question(connection, asker_id, agency, "unmerged", now)


def rate(connection: Connection, question_id: int, score: int, now: datetime) -> None:
    """Record 1 satisfied, 2 acceptable or 3 not satisfied; a later score takes its place."""
    if score not in (1, 2, 3):
        raise ValueError(f"no such score: {score}")
    row = lock(connection, question_id)
    # the score stays out of the history, which officers read: they do not see who rates how
    take(connection, row, Step(Act.RATE, CITIZEN, now))
    changed = connection.execute(
        update(rating).where(rating.c.question_id == question_id).values(score=score, at=now)
    )
    if not changed.rowcount:
        connection.execute(insert(rating).values(question_id=question_id, score=score, at=now))


def reopen(connection: Connection, question_id: int, text: str, now: datetime) -> datetime:
    """Open an answered question again ("chưa đúng"); return when the new answer is due."""
    row = lock(connection, question_id)
    columns = _due_columns(connection, row.agency, MatterKind(row.kind), now)
    changes = {
        **columns,
        "answered_at": None,
        "closed_at": None,
        "assignee_id": None,
        "approver_id": None,
        "folded": f"{row.folded} {searchable(text)}".strip(),
    }
    words = Words(ContentKind.SUPPLEMENT, text) if text.strip() else None
    take(connection, row, Step(Act.REOPEN, CITIZEN, now, {}, words, changes))
    return columns["due_at"]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Consent:
    """A use ("reply", "publish", "air", "name") agreed to or not, under which words."""

    use: str
    granted: bool
    wording: str


def record_consent(connection: Connection, question_id: int, given: Consent, now: datetime) -> None:
    """Store what the asker agreed to, with the version of the words that were shown."""
    row = lock(connection, question_id)
    detail = {
        "use": given.use,
        "granted": given.granted,
        "wording": given.wording,
        "version": VERSION,
    }
    take(connection, row, Step(Act.CONSENT, CITIZEN, now, detail))
    where = (consent.c.question_id == question_id) & (consent.c.use == given.use)
    values = {
        "granted": given.granted,
        "wording": given.wording,
        "wording_version": VERSION,
        "at": now,
        "withdrawn_at": None,
    }
    if not connection.execute(update(consent).where(where).values(**values)).rowcount:
        connection.execute(insert(consent).values(question_id=question_id, use=given.use, **values))


def withdraw_consent(connection: Connection, question_id: int, use: str, now: datetime) -> bool:
    """Take a consent back; return whether there was one to take back."""
    row = lock(connection, question_id)
    withdrawn = connection.execute(
        update(consent)
        .where(
            consent.c.question_id == question_id,
            consent.c.use == use,
            consent.c.granted,
            consent.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    if not withdrawn.rowcount:
        return False
    take(connection, row, Step(Act.REVOKE, CITIZEN, now, {"use": use}))
    return True


def queue_abandoned_choices(connection: Connection, before: datetime, now: datetime) -> list[int]:
    """Queue every question whose choices were offered before a moment and never taken."""
    waiting = select(question.c.id, question.c.agency).where(
        question_open, question.c.state == str(State.CHOOSING), question.c.received_at < before
    )
    rows = connection.execute(waiting.with_for_update()).all()  # one may be taken meanwhile
    for row in rows:
        queue_question(connection, row.id, row.agency, "choices_left", now)
    return [row.id for row in rows]


def key_digest(key: str) -> str:
    """Return what is stored of the key in an asker's link."""
    return hashlib.sha256(key.encode()).hexdigest()


def _is_sealed(kind: MatterKind) -> bool:
    return kind in (MatterKind.COMPLAINT, MatterKind.DENUNCIATION)


def _insert(connection: Connection, columns: dict[str, Any]) -> tuple[int, str]:
    """Write the row under a code that nobody has; return its id and the code."""
    while True:
        code = new_code()
        question_id = _OPEN.run(connection, {**columns, "code": code}).scalar()
        if question_id is not None:
            return question_id, code


def _deadlines(
    connection: Connection, agency: str, new: NewQuestion, now: datetime
) -> dict[str, Any]:
    if new.start is State.AUTO_ANSWERED:
        return {"due_at": None, "answered_at": now, "closed_at": now}
    return _due_columns(connection, agency, new.kind, now)


def _due_columns(
    connection: Connection, agency: str, kind: MatterKind, received: datetime
) -> dict[str, Any]:
    acknowledge, answer = limits.deadlines(connection, agency, kind, received)
    return {
        "acknowledge_by": acknowledge.at,
        "due_at": answer.at,
        "due_trace": {"acknowledge": acknowledge.trace, "answer": answer.trace, "pauses": []},
    }


def _record_birth(
    connection: Connection, question_id: int, new: NewQuestion, agency: str, now: datetime
) -> None:
    text_id = history.keep_words(
        connection, question_id, Words(ContentKind.QUESTION, new.text), now
    )
    answer_id = None
    if new.start is State.AUTO_ANSWERED:
        answer = Words(ContentKind.ANSWER, new.answer)
        answer_id = history.keep_words(connection, question_id, answer, now)
    pointers = {"of_question": question_id, "to_text": text_id, "to_answer": answer_id}
    _POINT.run(connection, pointers)
    detail = {"agency": agency, "channel": new.channel, "kind": str(new.kind)}
    if agency != new.agency:
        detail["proposed"] = new.agency
    event = Event(Act.RECEIVE, None, new.start, CITIZEN, now, detail)
    history.append(connection, question_id, event, text_id)


def resumed(connection: Connection, row: Row[Any], now: datetime) -> dict[str, Any]:
    """Return the columns that change when the wait for the citizen is over."""
    if row.state != State.WAITING:
        return {}
    calendar = limits.calendar_for(connection, row.agency)
    due = limits.extended(calendar, row.due_at, row.waiting_since, now)
    pause = {"since": row.waiting_since.isoformat(), "until": now.isoformat(), **due.trace}
    pauses = [*row.due_trace.get("pauses", []), pause]
    return {
        "waiting_since": None,
        "due_at": due.at,
        "due_trace": {**row.due_trace, "pauses": pauses},
    }


_TIE = Hot(
    update(message)
    .where(message.c.id == bindparam("of_message"))
    .values(question_id=bindparam("to_question"))
    .returning(message.c.body)
)
_OPEN = Hot(
    Prepared(
        question,
        lambda row: row.on_conflict_do_nothing(index_elements=[question.c.code]).returning(
            question.c.id
        ),
    )
)
_POINT = Hot(
    update(question)
    .where(question.c.id == bindparam("of_question"))
    .values(text_id=bindparam("to_text"), answer_id=bindparam("to_answer"))
)
