"""Entries of the catalogue: what is known of them, what is public, what is to be done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from bot.store.upsert import insert as upserting
from bot.tables.knowledge import (
    alias,
    entry,
    entry_version,
    finding,
    import_run,
    knowledge_version,
    layer,
    staged,
)
from knowledge.entries import Entry
from knowledge.layers import (
    Confirmation,
    Confirmations,
    Data,
)
from knowledge.lint import Finding
from knowledge.text import fold

PUBLIC = "public"
Findings = Iterable[tuple[Finding, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database holds of one entry."""

    version: int
    state: str
    layers: Mapping[str, Data]
    digests: Mapping[str, str]
    confirmations: Confirmations


def known(connection: Connection, ids: Sequence[str]) -> dict[str, Known]:
    """Return what is known of these entries, by id; ids the catalogue lacks are left out."""
    layers: dict[str, dict[str, Data]] = defaultdict(dict)
    digests: dict[str, dict[str, str]] = defaultdict(dict)
    for row in [*connection.execute(_layers(ids)), *connection.execute(_layers_to_come(ids))]:
        layers[row.entry_id][row.name] = row.data
        digests[row.entry_id][row.name] = row.digest
    vouched = _confirmations(connection, ids)
    query = select(entry.c.id, entry.c.version, entry.c.state).where(entry.c.id.in_(ids))
    return {
        row.id: Known(row.version, row.state, layers[row.id], digests[row.id], vouched[row.id])
        for row in connection.execute(query)
    }


def _layers(ids: Sequence[str]) -> Select[Any]:
    columns = (layer.c.entry_id, layer.c.name, layer.c.data, layer.c.digest)
    return select(*columns).where(layer.c.entry_id.in_(ids))


def _layers_to_come(ids: Sequence[str]) -> Select[Any]:
    """Rows of an import that is public already, on their way into `layer`."""
    name = import_run.c.layer.label("name")
    return (
        select(staged.c.entry_id, name, staged.c.data, staged.c.digest)
        .join(import_run, import_run.c.id == staged.c.import_id)
        .where(import_run.c.state == "switched", staged.c.entry_id.in_(ids))
        .order_by(staged.c.import_id)
    )


def _confirmations(connection: Connection, ids: Sequence[str]) -> Mapping[str, Confirmations]:
    found: dict[str, dict[tuple[str, str], Confirmation]] = defaultdict(dict)
    query = select(finding).where(finding.c.entry_id.in_(ids), finding.c.cleared_at.is_not(None))
    for row in connection.execute(query):
        found[row.entry_id][row.facet, row.rule] = Confirmation(
            row.cleared_by, row.cleared_at, row.cleared_source, row.text_digest
        )
    return found


def keep_version(connection: Connection, ids: Sequence[str], now: datetime, actor: str) -> None:
    """Put what these entries say until now into their history, with who changes it (`actor`)."""
    columns = (entry.c.id, entry.c.version, entry.c.merged, entry.c.state)
    for row in connection.execute(select(*columns).where(entry.c.id.in_(ids), entry.c.version > 0)):
        version = {"entry_id": row.id, "version": row.version, "merged": row.merged}
        version["state"] = row.state
        connection.execute(insert(entry_version).values({**version, "actor": actor, "at": now}))


def finding_rows(entry_id: str, faults: Findings, now: datetime) -> list[dict[str, Any]]:
    """Return the rows of the table `finding`, still open."""
    return [
        {
            "entry_id": entry_id,
            "facet": fault.facet,
            "rule": fault.rule,
            "excerpt": fault.excerpt,
            "text_digest": text_digest,
            "found_at": now,
        }
        for fault, text_digest in faults
    ]


def hold(connection: Connection) -> None:
    """Keep every other writer of the catalogue waiting until this transaction ends.

    Entries are put together from what several tables say at one moment; readers do not wait.
    """
    _raise_version(connection, by=0)


def raise_version(connection: Connection) -> None:
    """Tell every node that public knowledge has changed."""
    _raise_version(connection, by=1)


def _raise_version(connection: Connection, by: int) -> None:
    row = upserting(connection, knowledge_version).values(id=1, version=by)
    raised = {"version": knowledge_version.c.version + by}
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=raised))


def version(connection: Connection) -> int:
    """Return the version of public knowledge, 0 while there is none."""
    return connection.scalar(select(knowledge_version.c.version)) or 0


def public_entries(connection: Connection) -> list[Entry]:
    """Return every public entry in order of id, with the aliases accepted since."""
    accepted: dict[str, list[str]] = defaultdict(list)
    taken_up = select(alias).where(alias.c.state == "accepted").order_by(alias.c.id)
    for row in connection.execute(taken_up):
        accepted[row.entry_id].append(row.text)
    query = select(entry.c.id, entry.c.merged).where(entry.c.state == PUBLIC).order_by(entry.c.id)
    return [with_aliases(row.merged, accepted[row.id]) for row in connection.execute(query)]


def with_aliases(merged: Mapping[str, Any], accepted: Iterable[str]) -> Entry:
    """Return an entry with the phrasings that were taken up since its layers were merged."""
    aliases = dict.fromkeys([*merged.get("aliases", ()), *accepted])
    return Entry.from_json({**merged, "aliases": list(aliases)})


def public_entry(connection: Connection, code: str) -> Entry | None:
    """Return the public entry with this code, a procedure before anything else."""
    query = (
        select(entry.c.merged)
        .where(entry.c.code == code, entry.c.state == PUBLIC)
        .order_by(entry.c.kind.desc())
    )
    merged = connection.scalars(query).first()
    return Entry.from_json(merged) if merged else None


def folded(found: Entry) -> str:
    """Return what the search box looks through: title, short label, aliases and code."""
    words = (found.title, found.short_label, *found.aliases, found.phone, found.code)
    return fold(" | ".join(word for word in words if word))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of search results and how many there are in all."""

    entries: tuple[Entry, ...]
    total: int


def search_entries(
    connection: Connection, words: str, page: int = 1, size: int = 20, kind: str = "procedure"
) -> Page:
    """Return the public entries that hold every one of these words, marks or not; page 1 first."""
    holds = [entry.c.folded.contains(word, autoescape=True) for word in fold(words).split()[:12]]
    chosen = [entry.c.state == PUBLIC, entry.c.kind == kind, *holds]
    total = connection.scalar(select(func.count()).select_from(entry).where(*chosen)) or 0
    query = select(entry.c.merged).where(*chosen).order_by(func.length(entry.c.folded), entry.c.id)
    rows = connection.scalars(query.limit(size).offset((max(page, 1) - 1) * size))
    return Page(tuple(Entry.from_json(row) for row in rows), total)


def count_by_state(connection: Connection) -> dict[tuple[str, str], int]:
    """Return how many entries there are by kind and state."""
    query = select(entry.c.kind, entry.c.state, func.count()).group_by(entry.c.kind, entry.c.state)
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def count_open_findings(connection: Connection) -> dict[str, int]:
    """Return how many findings nobody has cleared, by rule."""
    query = (
        select(finding.c.rule, func.count())
        .where(finding.c.cleared_at.is_(None))
        .group_by(finding.c.rule)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
