"""Questions of the past whose right answer is known, for training and for the replay."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, exists, or_, select

from bot.learning.proposals import Origin, Phrasing, propose
from bot.questions.life import State
from bot.tables.desk import content, question, question_event, rating
from bot.tables.knowledge import alias, entry
from knowledge.decisions import DecisionKind, MatterKind
from knowledge.training.past import Past

_MOST_KEPT = 3000
_MOST_PHRASINGS = 5000
#: an answer nobody came back about for so long was kept
_SETTLED = timedelta(days=2)
_DISSATISFIED = 3
#: what comes after an automatic answer that did not help
_TAKEN_BACK = ("queue", "reopen")


def known_answers(connection: Connection, now: datetime) -> list[Past]:
    """Return reviewed and confirmed phrasings, choices, and automatic answers that were kept."""
    found = [*_phrasings(connection), *_chosen(connection), *_kept(connection, now - _SETTLED)]
    return list({(past.text.casefold(), past.entries): past for past in reversed(found)}.values())


def propose_answered(connection: Connection, now: datetime) -> int:
    """Propose the words of answers that askers were satisfied with; return how many were kept."""
    happy = select(question.c.code, question.c.conversation_id).join(
        rating, rating.c.question_id == question.c.id
    )
    askers = {row.code: row.conversation_id for row in connection.execute(happy)}
    return sum(
        propose(connection, Phrasing(p.entries[0], p.text, Origin.ANSWER, askers[p.name]), now)
        for p in _kept(connection, now - _SETTLED)
        if p.name in askers
    )


def name_of(evidence: Iterable[Past]) -> str:
    """Return a name for what can be learned from: the same questions have the same name."""
    digest = hashlib.blake2b(digest_size=8)
    for line in sorted(f"{p.text}|{p.entries}" for p in evidence if p.how != "kept"):
        digest.update(line.encode())
    return digest.hexdigest()


def _phrasings(connection: Connection) -> Iterator[Past]:
    """Accepted phrasings, and those that askers confirmed and nobody has looked at yet."""
    accepted = alias.c.state == "accepted"
    confirmed = (alias.c.state == "proposed") & (alias.c.origin == "confirmed")
    query = (
        select(alias)
        .join(entry, entry.c.id == alias.c.entry_id)
        .where(entry.c.state == "public", or_(accepted, confirmed))
        .order_by(alias.c.id.desc())
        .limit(_MOST_PHRASINGS)
    )
    for row in connection.execute(query):
        how = "reviewed" if row.state == "accepted" else "confirmed"
        yield Past(f"alias:{row.id}", row.text, (row.entry_id,), how)


def _chosen(connection: Connection) -> Iterator[Past]:
    for row in connection.execute(_questions().limit(_MOST_KEPT)):
        if row.decision.get("chosen"):
            yield Past(row.code, row.text, (row.decision["chosen"],), "chosen")


def _kept(connection: Connection, before: datetime) -> Iterator[Past]:
    """Automatic answers that nobody came back about, asked in those words alone."""
    unhappy = exists().where(rating.c.question_id == question.c.id, rating.c.score >= _DISSATISFIED)
    back = exists().where(
        question_event.c.question_id == question.c.id, question_event.c.act.in_(_TAKEN_BACK)
    )
    query = (
        _questions()
        .where(question.c.state.in_([State.AUTO_ANSWERED, State.RATED]))
        .where(question.c.received_at < before)
        .where(~unhappy, ~back)
        .limit(_MOST_KEPT)
    )
    for row in connection.execute(query):
        entries: Sequence[str] = row.decision.get("entries", ())
        answered = row.decision.get("kind") == DecisionKind.ANSWER
        if answered and entries and not row.decision.get("chosen"):
            yield Past(row.code, row.text, (entries[0],), "kept")


def _questions() -> Select[Any]:
    return (
        select(question.c.code, question.c.decision, content.c.text)
        .join(content, content.c.id == question.c.text_id)
        .where(content.c.text.is_not(None), question.c.kind == MatterKind.QUESTION)
        .where(question.c.sealed.is_(False))
        .order_by(question.c.id.desc())
    )
