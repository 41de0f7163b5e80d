"""Why a question was matched as it was, and what would be decided now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from bot.catalogue import models
from bot.catalogue.repository import PUBLIC, public_entries, with_aliases
from bot.directory.repository import all_places
from bot.questions.codes import find_code
from bot.tables.desk import content, question
from bot.tables.knowledge import alias, entry, entry_version
from knowledge.entries import Entry
from knowledge.explanation import Explanation
from knowledge.matcher import Matcher
from knowledge.model import Model, shipped
from knowledge.places import Place
from knowledge.versions import Version, of_entries, of_lexicon


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision on record: what was asked, when, what was decided with which version."""

    code: str
    at: datetime
    text: str
    decision: Mapping[str, Any]
    titles: Mapping[str, str]

    @property
    def version(self) -> Version:
        """Return what it was decided with."""
        return Version.parse(str(self.decision.get("version", "")))

    @property
    def entries(self) -> Sequence[str]:
        """Return the entries the matcher thought of, best first."""
        return [str(one) for one in self.decision.get("entries", ())]

    def differs(self, now: str) -> tuple[str, ...]:
        """Return what changed since: of index, lexicon, model; all when it is not known."""
        then, today = self.version, Version.parse(now)
        names = ("index", "lexicon", "model")
        return tuple(name for name in names if getattr(then, name) != getattr(today, name))


@dataclass(frozen=True, slots=True)
class Material:
    """What a decision of the past was made from, as far as it can be had again."""

    entries: Sequence[Entry]
    places: Sequence[Place]
    model: Model | None
    exact: tuple[str, ...]  # of index, lexicon, model: those that are the very same


def recorded(connection: Connection, name: str) -> Recorded | None:
    """Return a decision by the question's code, or by its number in the database."""
    code = find_code(name) or name.strip().upper()
    number = int(name) if name.isascii() and name.isdecimal() and len(name) < 18 else -1
    query = (
        select(question, content.c.text)
        .outerjoin(content, content.c.id == question.c.text_id)
        .where(or_(question.c.code == code, question.c.id == number))
    )
    row = connection.execute(query).first()
    return _recorded(connection, row) if row else None


def _recorded(connection: Connection, row: Row[Any]) -> Recorded:
    ids = list(row.decision.get("entries", ()))
    chosen = row.decision.get("chosen")
    query = select(entry.c.id, entry.c.merged).where(entry.c.id.in_([*ids, chosen]))
    titles = {one.id: str(one.merged.get("title", "")) for one in connection.execute(query)}
    return Recorded(row.code, row.received_at, row.text or "", row.decision, titles)


def material(connection: Connection, about: Recorded) -> Material:
    """Return the entries as they were then, and the model of then where it is kept."""
    entries: Sequence[Entry] = public_entries(connection)
    if of_entries(entries) != about.version.index:
        entries = entries_at(connection, about.at)
    model = models.named(connection, about.version.model)
    same = {
        "index": of_entries(entries) == about.version.index,
        "lexicon": of_lexicon() == about.version.lexicon,
        "model": model is not None,
    }
    exact = tuple(name for name, is_same in same.items() if is_same)
    return Material(entries, all_places(connection), model, exact)


def again(made_of: Material, text: str, today: Matcher) -> Explanation:
    """Decide once more as it was decided then; another index than today's takes seconds."""
    if of_entries(made_of.entries) == Version.parse(today.version).index:
        return today.weighing(made_of.model or shipped()).explain(text)
    return Matcher.build(made_of.entries, made_of.places, made_of.model).explain(text)


def entries_at(connection: Connection, moment: datetime) -> list[Entry]:
    """Return public knowledge as it was at a moment, in order of id."""
    phrasings: dict[str, list[str]] = defaultdict(list)
    taken = (alias.c.state == "accepted") & (
        alias.c.decided_at.is_(None) | (alias.c.decided_at <= moment)
    )
    for row in connection.execute(select(alias).where(taken).order_by(alias.c.id)):
        phrasings[row.entry_id].append(row.text)
    said = _said_at(connection, moment)
    return [
        with_aliases(merged, phrasings[entry_id])
        for entry_id, (merged, state) in sorted(said.items())
        if state == PUBLIC
    ]


def _said_at(connection: Connection, moment: datetime) -> dict[str, tuple[Mapping[str, Any], str]]:
    there = entry.c.created_at.is_(None) | (entry.c.created_at <= moment)
    now = select(entry.c.id, entry.c.merged, entry.c.state).where(there)
    said: dict[str, tuple[Mapping[str, Any], str]] = {
        row.id: (row.merged, row.state) for row in connection.execute(now)
    }
    first = (
        select(entry_version.c.entry_id, func.min(entry_version.c.version).label("version"))
        .where(entry_version.c.at > moment)
        .group_by(entry_version.c.entry_id)
        .subquery()
    )
    past = select(entry_version).join(
        first,
        (first.c.entry_id == entry_version.c.entry_id)
        & (first.c.version == entry_version.c.version),
    )
    for row in connection.execute(past):
        if row.entry_id in said:
            said[row.entry_id] = (row.merged, row.state or PUBLIC)
    return said
