"""Queries about questions. Whoever reads for an officer passes `seen_by` (see sight)."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from bot.archive.packing import Body, bodies
from bot.questions import crowds
from bot.questions.codes import parse_code
from bot.questions.life import HELD, Bucket, State
from bot.questions.search import found, searchable
from bot.store.hot import Hot
from bot.tables.delivery import message, outbox
from bot.tables.desk import consent, content, officer, question, question_event, question_open
from bot.tables.directory import agency, policy
from bot.tables.knowledge import entry
from knowledge.entries import Entry

_DENUNCIATION_DESK = "ct-thanh-tra"
PAGE_SIZE = 50
#: nobody turns to the two hundredth page: what lies beyond is found by its filters
MOST_COUNTED = 10_000

_OPEN = question_open
_CLOSED = question.c.bucket.in_(
    [literal_column(f"'{bucket}'") for bucket in Bucket if bucket is not Bucket.OPEN]
)
_BY_DUE = (question.c.due_at.is_(None), question.c.due_at, question.c.id.desc())
_TWO_PERSONS = Hot(select(agency.c.two_persons).where(agency.c.code == bindparam("of_code")))
_NEWEST = (question.c.id.desc(),)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue to show; empty fields leave nothing out."""

    agency: str = ""
    states: frozenset[State] = frozenset()
    bucket: Bucket | None = None
    assignee_id: int | None = None
    search: str = ""
    #: False leaves out what is listed apart in a crowd, True shows nothing else
    apart: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue, and how much there is."""

    rows: Sequence[Row[Any]]
    number: int
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last page, 1 for an empty queue."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Dossier:
    """A question with all that an officer needs to answer it."""

    question: Row[Any]
    events: Sequence[Row[Any]]
    messages: Sequence[Row[Any]]
    #: what messages said that are long past, by id: their rows are empty
    packed: Mapping[int, Body]
    merged: Sequence[Row[Any]]
    earlier: Sequence[Row[Any]]


def questions(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select questions with their words and the names of their agency and officers."""
    words, answer = content.alias("words"), content.alias("answer")
    holder, approver = officer.alias("holder"), officer.alias("approver")
    source: FromClause = question
    for other, condition in (
        (words, words.c.id == question.c.text_id),
        (answer, answer.c.id == question.c.answer_id),
        (holder, holder.c.id == question.c.assignee_id),
        (approver, approver.c.id == question.c.approver_id),
        (agency, agency.c.code == question.c.agency),
    ):
        source = source.outerjoin(other, condition)
    return select(
        question,
        words.c.text.label("text"),
        answer.c.text.label("answer"),
        answer.c.basis.label("basis"),
        func.coalesce(agency.c.name, question.c.agency).label("agency_name"),
        func.coalesce(func.nullif(holder.c.full_name, ""), holder.c.username).label("holder"),
        func.coalesce(func.nullif(approver.c.full_name, ""), approver.c.username).label("approver"),
        *columns,
    ).select_from(source)


def by_id(connection: Connection, question_id: int) -> Row[Any] | None:
    """Return a question with its words and names."""
    return connection.execute(questions().where(question.c.id == question_id)).first()


def by_code(
    connection: Connection, code: str, seen_by: ColumnElement[bool] | None = None
) -> Row[Any] | None:
    """Return the question of a code as typed; None where there is none, or none to be seen."""
    plain = parse_code(code)
    if plain is None:
        return None
    wanted = questions().where(question.c.code == plain, _seen(seen_by))
    return connection.execute(wanted).first()


def key_opens(row: Row[Any], digest: str) -> bool:
    """Whether a key (see desk.key_digest) opens the text of a question."""
    return bool(row.key_digest) and hmac.compare_digest(row.key_digest, digest)


def queue(
    connection: Connection,
    filters: Filters,
    page: int = 1,
    seen_by: ColumnElement[bool] | None = None,
) -> Page:
    """Return a page of questions, soonest due first; closed ones after, newest first.

    Counting ends at `MOST_COUNTED` of each, so that a page costs the same in the tenth year.
    """
    chosen = and_(_seen(seen_by), *conditions(connection, filters))
    buckets = [filters.bucket] if filters.bucket else list(Bucket)
    rows: list[Row[Any]] = []
    total, start = 0, (page - 1) * PAGE_SIZE
    for part, order in ((_OPEN, _BY_DUE), (_CLOSED, _NEWEST)):
        if not any((bucket is Bucket.OPEN) is (part is _OPEN) for bucket in buckets):
            continue
        there = and_(part, chosen)
        number = _counted(connection, there)
        skip, room = max(0, start - total), PAGE_SIZE - len(rows)
        if room and skip < number:
            wanted = questions().where(there).order_by(*order).limit(room).offset(skip)
            rows += connection.execute(wanted)
        total += number
    return Page(rows, page, total)


def count_apart(connection: Connection, seen_by: ColumnElement[bool]) -> int:
    """Return how many open questions are listed apart, 0 where no agency is crowded."""
    agencies = crowds.crowded(connection)
    if not agencies:
        return 0
    return _counted(connection, and_(_OPEN, seen_by, crowds.set_apart(agencies)))


def _counted(connection: Connection, condition: ColumnElement[bool]) -> int:
    some = select(question.c.id).where(condition).limit(MOST_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def with_history(
    connection: Connection, question_id: int, seen_by: ColumnElement[bool] | None = None
) -> Dossier | None:
    """Return a question with events, dialogue, merged askers and the asker's other questions."""
    wanted = questions().where(question.c.id == question_id, _seen(seen_by))
    row = connection.execute(wanted).first()
    if row is None:
        return None
    messages = _messages_of(connection, row)
    return Dossier(
        question=row,
        events=events_of(connection, question_id),
        messages=messages,
        packed=bodies(connection, row.conversation_id) if _has_packed(messages) else {},
        merged=connection.execute(
            questions().where(question.c.merged_into_id == question_id).order_by(question.c.id)
        ).all(),
        earlier=connection.execute(
            questions()
            .where(question.c.conversation_id == row.conversation_id, question.c.id != question_id)
            .order_by(question.c.id.desc())
            .limit(10)
        ).all(),
    )


def events_of(connection: Connection, question_id: int) -> Sequence[Row[Any]]:
    """Return the history of a question in order, with the words that are still kept."""
    return connection.execute(
        select(question_event, content.c.text, content.c.basis, content.c.kind)
        .outerjoin(content, content.c.id == question_event.c.content_id)
        .where(question_event.c.question_id == question_id)
        .order_by(question_event.c.n)
    ).all()


def consents_of(connection: Connection, question_id: int) -> Sequence[Row[Any]]:
    """Return what the asker agreed to or not."""
    return connection.execute(
        select(consent).where(consent.c.question_id == question_id).order_by(consent.c.use)
    ).all()


def agency_needs_two_persons(connection: Connection, code: str) -> bool:
    """Whether nothing leaves the agency without its leader's approval."""
    return bool(_TWO_PERSONS.run(connection, {"of_code": code}).scalar())


def agencies_on(connection: Connection, day: date, search: str = "") -> Sequence[Row[Any]]:
    """Return the agencies that exist on a day, by name; `search` needs no tone marks."""
    rows = connection.execute(
        select(agency)
        .where(
            or_(agency.c.valid_from.is_(None), agency.c.valid_from <= day),
            or_(agency.c.valid_to.is_(None), agency.c.valid_to >= day),
        )
        .order_by(agency.c.kind.desc(), agency.c.name)
    ).all()
    words = searchable(search).split()
    return [row for row in rows if all(w in searchable(f"{row.name} {row.code}") for w in words)]


def agency_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of agencies by code, of today and of former times."""
    wanted = select(agency.c.code, agency.c.name).where(agency.c.code.in_(list(codes)))
    return {row.code: row.name for row in connection.execute(wanted)}


def agencies_with_questions(
    connection: Connection, seen_by: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Return code, name and number of open questions of every agency that has any."""
    still = (
        select(question.c.agency.label("code"), func.count().label("open"))
        .where(question_open, seen_by)
        .group_by(question.c.agency)
        .subquery()
    )
    ever = exists().where(question.c.agency == agency.c.code, seen_by)
    number = func.coalesce(still.c.open, 0).label("open")
    wanted: Select[Any] = (
        select(agency.c.code, agency.c.name, number)
        .outerjoin(still, still.c.code == agency.c.code)
        .where(ever)
        .order_by(number.desc(), agency.c.name)
    )
    return connection.execute(wanted).all()


def entries_of(connection: Connection, ids: Sequence[str]) -> list[Entry]:
    """Return the knowledge entries of these ids that are still on record, in their order."""
    wanted = select(entry.c.id, entry.c.merged).where(entry.c.id.in_(list(ids)))
    known = {row.id: Entry.from_json(row.merged) for row in connection.execute(wanted)}
    return [known[entry_id] for entry_id in ids if entry_id in known]


def denunciation_desk(connection: Connection) -> str:
    """Return the agency that receives denunciations (policy "denunciation_desk")."""
    wanted = select(policy.c.value).where(policy.c.key == "denunciation_desk")
    return connection.execute(wanted).scalar_one_or_none() or _DENUNCIATION_DESK


def _seen(seen_by: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return true() if seen_by is None else seen_by


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.agency:
        conditions.append(question.c.agency == filters.agency)
    if filters.states:
        conditions.append(question.c.state.in_([str(state) for state in filters.states]))
    if filters.bucket:
        conditions.append(question.c.bucket == str(filters.bucket))
    if filters.assignee_id is not None:
        held = [str(state) for state in HELD]
        conditions += [question.c.assignee_id == filters.assignee_id, question.c.state.in_(held)]
    if filters.apart is not None:
        in_the_crowd = crowds.set_apart(crowds.crowded(connection))
        conditions.append(in_the_crowd if filters.apart else ~in_the_crowd)
    if code := parse_code(filters.search):
        conditions.append(question.c.code == code)
    elif (matching := found(connection, filters.search)) is not None:
        conditions.append(matching)
    return conditions


def _has_packed(messages: Sequence[Row[Any]]) -> bool:
    return any(not row.text and not row.body for row in messages)


def _messages_of(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """Return the dialogue tied to a question, with how far each reply got.

    The rest of the conversation stays out: it may concern another agency, or name it.
    """
    return connection.execute(
        select(message, outbox.c.state.label("delivery"), outbox.c.receipt)
        .add_columns(outbox.c.id.label("outbox_id"), outbox.c.next_at, outbox.c.reason)
        .outerjoin(outbox, outbox.c.message_id == message.c.id)
        .where(message.c.question_id == row.id)
        .order_by(message.c.seq)
    ).all()
