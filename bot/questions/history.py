"""Append-only events: one hash chain per question, over metadata and salted digests.

People's words stand apart in `content`. Erasing text and salt leaves the digest in the
chain, so that the history still verifies and nothing can be guessed back from it.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from bot.questions.life import Act, State
from bot.store.hot import Hot
from bot.store.upsert import insert as upserting
from bot.tables.desk import chain_anchor, content, question, question_event

GENESIS = "0" * 64


class ContentKind(StrEnum):
    """Whose words, and what for."""

    QUESTION = "question"
    SUPPLEMENT = "supplement"
    ASK = "ask"
    DRAFT = "draft"
    ANSWER = "answer"
    NOTE = "note"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, with the legal basis where it is an answer."""

    kind: ContentKind
    text: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a question. `actor` is "citizen", "service" or "officer:7"."""

    act: Act
    before: State | None
    after: State
    actor: str
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the history does not hold."""

    question_id: int | None
    n: int | None
    what: str


def keep_words(connection: Connection, question_id: int, words: Words, at: datetime) -> int:
    """Store somebody's words beside the history; return the content id."""
    salt = secrets.token_hex(16)
    row = {
        "question_id": question_id,
        "kind": str(words.kind),
        "text": words.text,
        "basis": words.basis or None,
        "salt": salt,
        "digest": content_digest(salt, words.text, words.basis),
        "at": at,
    }
    return int(_KEEP.run(connection, row).scalar_one())


def content_digest(salt: str, text: str, basis: str) -> str:
    """Return what the chain keeps of somebody's words."""
    return hashlib.sha256("\x00".join((salt, text, basis)).encode()).hexdigest()


def append(
    connection: Connection, question_id: int, event: Event, content_id: int | None = None
) -> None:
    """Add an event to the chain. The caller holds the question's row (see repository.lock)."""
    last = _LAST_EVENT.run(connection, {"of_question": question_id}).first()
    values = {
        "question_id": question_id,
        "n": last.n + 1 if last else 1,
        "act": str(event.act),
        "from_state": event.before and str(event.before),
        "to_state": str(event.after),
        "actor": event.actor,
        "at": event.at,
        "detail": event.detail,
        "content_digest": _digest_of(connection, content_id),
        "previous": last.hash if last else GENESIS,
    }
    row = {**values, "content_id": content_id, "hash": event_hash(values)}
    _APPEND.run(connection, row)


def event_hash(values: dict[str, Any]) -> str:
    """Return the hash of an event's metadata, its content's digest and the previous hash."""
    plain = {**values, "at": values["at"].astimezone(UTC).isoformat()}
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def erase_words(connection: Connection, content_id: int) -> None:
    """Forget the words for good; their digest stays in the chain and means nothing alone."""
    connection.execute(
        update(content).where(content.c.id == content_id).values(text=None, basis=None, salt=None)
    )


def verify(connection: Connection, zone: ZoneInfo) -> list[Fault]:
    """Return every fault of every chain, of the kept words and of the daily anchors."""
    return [*_chain_faults(connection), *_content_faults(connection), *_anchors(connection, zone)]


def anchor(connection: Connection, day: date, zone: ZoneInfo, now: datetime) -> str:
    """Note the heads of all chains at the end of a past day; return the head of heads.

    Cutting off the last events of a chain leaves the chain itself intact: only the
    anchor shows it, the better the farther away it is also kept.
    """
    count, head = _head_of_heads(connection, day, zone)
    known = connection.execute(
        select(chain_anchor.c.head).where(chain_anchor.c.day == day)
    ).scalar_one_or_none()
    if known is None:
        values = {"day": day, "questions": count, "head": head, "at": now}
        row = upserting(connection, chain_anchor).values(**values)
        connection.execute(row.on_conflict_do_nothing())
    return known or head


#: of one statement, never of the connection: what follows on it is not read in parts
_IN_PARTS = {"yield_per": 1000}
_HASHED = "question_id n act from_state to_state actor at detail content_digest previous".split()


def _digest_of(connection: Connection, content_id: int | None) -> str | None:
    if content_id is None:
        return None
    return str(_DIGEST.run(connection, {"of_content": content_id}).scalar_one())


_KEEP = Hot(insert(content).returning(content.c.id))
_DIGEST = Hot(select(content.c.digest).where(content.c.id == bindparam("of_content")))
_LAST_EVENT = Hot(
    select(question_event.c.n, question_event.c.hash)
    .where(question_event.c.question_id == bindparam("of_question"))
    .order_by(question_event.c.n.desc())
    .limit(1)
)
_APPEND = Hot(insert(question_event))


def _chain_faults(connection: Connection) -> Iterator[Fault]:
    statement = select(question_event).order_by(question_event.c.question_id, question_event.c.n)
    events = connection.execute(statement, execution_options=_IN_PARTS)
    seen = set()
    for question_id, chain in groupby(events, key=lambda row: row.question_id):
        seen.add(question_id)
        yield from _faults_of_chain(chain)
    for question_id in connection.execute(select(question.c.id)).scalars():
        if question_id not in seen:
            yield Fault(question_id, None, "a question without history")


def _faults_of_chain(chain: Iterable[Row[Any]]) -> Iterator[Fault]:
    previous = GENESIS
    for number, row in enumerate(chain, start=1):
        if row.n != number:
            yield Fault(row.question_id, row.n, f"event {number} is missing")
            return
        if row.previous != previous:
            yield Fault(row.question_id, row.n, "does not follow the event before it")
        if event_hash({name: getattr(row, name) for name in _HASHED}) != row.hash:
            yield Fault(row.question_id, row.n, "was changed")
        previous = row.hash


def _content_faults(connection: Connection) -> Iterator[Fault]:
    statement = (
        select(question_event.c.question_id, question_event.c.n, question_event.c.content_digest)
        .add_columns(content.c.text, content.c.basis, content.c.salt, content.c.digest)
        .join(content, content.c.id == question_event.c.content_id)
    )
    for row in connection.execute(statement, execution_options=_IN_PARTS):
        erased = row.text is None and row.salt is None
        kept = row.salt and content_digest(row.salt, row.text or "", row.basis or "")
        if row.digest != row.content_digest or not (erased or kept == row.digest):
            yield Fault(row.question_id, row.n, "the words kept with it were changed")


def _anchors(connection: Connection, zone: ZoneInfo) -> Iterator[Fault]:
    for row in connection.execute(select(chain_anchor).order_by(chain_anchor.c.day)):
        if _head_of_heads(connection, row.day, zone) != (row.questions, row.head):
            yield Fault(None, None, f"the history differs from its anchor of {row.day}")


def _head_of_heads(connection: Connection, day: date, zone: ZoneInfo) -> tuple[int, str]:
    """Return how many chains there were at the end of a day, and one hash over their heads."""
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    last = (
        select(question_event.c.question_id, func.max(question_event.c.n).label("n"))
        .where(question_event.c.at < end)
        .group_by(question_event.c.question_id)
        .subquery()
    )
    heads = connection.execute(
        select(question_event.c.question_id, question_event.c.hash)
        .join(
            last,
            (question_event.c.question_id == last.c.question_id) & (question_event.c.n == last.c.n),
        )
        .order_by(question_event.c.question_id)
    ).all()
    lines = "\n".join(f"{question_id} {head}" for question_id, head in heads)
    return len(heads), hashlib.sha256(lines.encode()).hexdigest()
