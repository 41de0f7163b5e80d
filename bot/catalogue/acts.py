"""What officers do to entries: say, vouch, publish, retire, take up a phrasing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.catalogue.repository import (
    PUBLIC,
    Findings,
    finding_rows,
    folded,
    hold,
    keep_version,
    known,
    raise_version,
)
from bot.errors import BotError
from bot.tables.knowledge import alias, entry, finding, layer
from knowledge.layers import DIFFERS, Data, Layer, assemble, digest

STATES = ("draft", "reviewed", PUBLIC, "stale", "retired")


class NoSuchEntry(BotError):
    """The catalogue has no such entry."""


class NoSuchFinding(BotError):
    """This finding is not open any more."""


class NoSuchAlias(BotError):
    """This phrasing is not waiting for a decision any more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding as an officer saw it; `text_digest` makes sure it is still that text."""

    facet: str
    rule: str
    text_digest: str


@dataclass(frozen=True, slots=True)
class Vouching:
    """Who vouches for a fact, on what ground."""

    officer: str
    source: str


def put_layer(
    connection: Connection, entry_id: str, name: Layer, data: Data, now: datetime, actor: str
) -> int:
    """Let one layer say this of an entry (a new one starts as public); return its version."""
    hold(connection)
    if not connection.scalar(select(entry.c.id).where(entry.c.id == entry_id)):
        _insert_entry(connection, entry_id, now)
    connection.execute(delete(layer).where(layer.c.entry_id == entry_id, layer.c.name == name))
    row = {"entry_id": entry_id, "name": name, "data": data, "digest": digest(data)}
    source = {"source": data.get("source", actor), "changed_at": now}
    connection.execute(insert(layer).values({**row, **source}))
    return refresh(connection, entry_id, now, actor)


def _insert_entry(connection: Connection, entry_id: str, now: datetime) -> None:
    kind, _, code = entry_id.partition(":")
    row: dict[str, object] = {"id": entry_id, "kind": kind, "code": code}
    row |= {"state": PUBLIC, "version": 0}
    row |= {"merged": {}, "folded": "", "changed_at": now, "created_at": now}
    connection.execute(insert(entry).values(row))


def refresh(connection: Connection, entry_id: str, now: datetime, actor: str) -> int:
    """Put an entry together anew from its layers and confirmations; return its version."""
    hold(connection)
    present = known(connection, [entry_id]).get(entry_id)
    if present is None:
        raise NoSuchEntry
    assembled = assemble(entry_id, present.layers, present.confirmations, now.date())
    keep_version(connection, [entry_id], now, actor)
    connection.execute(
        update(entry)
        .where(entry.c.id == entry_id)
        .values(
            merged=assembled.entry.as_json(),
            folded=folded(assembled.entry),
            version=entry.c.version + 1,
            changed_at=now,
        )
    )
    replace_findings(connection, {entry_id: assembled.findings}, now)
    raise_version(connection)
    return present.version + 1


def replace_findings(
    connection: Connection, findings: Mapping[str, Findings], now: datetime
) -> None:
    """Write what is wrong with these entries; a confirmation stays while its text does."""
    for entry_id, faults in findings.items():
        rows = finding_rows(entry_id, faults, now)
        about = finding.c.entry_id == entry_id
        open_or_changed = finding.c.cleared_at.is_(None) & (finding.c.rule != DIFFERS)
        connection.execute(delete(finding).where(about, open_or_changed))
        kept = {
            (row.facet, row.rule): row.text_digest
            for row in connection.execute(select(finding).where(about))
        }
        for row in rows:
            key = row["facet"], row["rule"]
            if kept.get(key) == row["text_digest"]:
                continue
            place = about & (finding.c.facet == key[0]) & (finding.c.rule == key[1])
            connection.execute(delete(finding).where(place))
            connection.execute(insert(finding).values(row))


def clear_finding(
    connection: Connection, entry_id: str, fault: Fault, vouching: Vouching, now: datetime
) -> int:
    """Let an officer vouch for a facet against a rule; return the entry's version.

    The fact goes out, with the officer's source and today's date, once all its findings are
    cleared; it is held back again when its text changes.
    """
    hold(connection)
    changed = connection.execute(
        update(finding)
        .where(finding.c.entry_id == entry_id)
        .where(finding.c.facet == fault.facet, finding.c.rule == fault.rule)
        .where(finding.c.text_digest == fault.text_digest)
        .values(cleared_by=vouching.officer, cleared_at=now, cleared_source=vouching.source)
    )
    if not changed.rowcount:
        raise NoSuchFinding
    return refresh(connection, entry_id, now, vouching.officer)


def open_faults(connection: Connection, entry_id: str) -> list[Fault]:
    """Return what nobody has vouched for yet, for an officer to look at."""
    query = select(finding).where(finding.c.entry_id == entry_id, finding.c.cleared_at.is_(None))
    rows = connection.execute(query.order_by(finding.c.facet, finding.c.rule))
    return [Fault(row.facet, row.rule, row.text_digest) for row in rows]


def set_state(connection: Connection, entry_id: str, state: str, now: datetime, actor: str) -> None:
    """Publish, retire or send back an entry."""
    if state not in STATES:
        raise ValueError(f"{state!r} is none of {', '.join(STATES)}")
    hold(connection)
    keep_version(connection, [entry_id], now, actor)
    values = {"state": state, "version": entry.c.version + 1, "changed_at": now}
    changed = connection.execute(update(entry).where(entry.c.id == entry_id).values(values))
    if not changed.rowcount:
        raise NoSuchEntry
    raise_version(connection)


def decide_alias(connection: Connection, alias_id: int, *, accepted: bool) -> None:
    """Take up a proposed phrasing, or turn it down; the index follows by itself."""
    state = "accepted" if accepted else "rejected"
    waiting = (alias.c.id == alias_id) & (alias.c.state == "proposed")
    if not connection.execute(update(alias).where(waiting).values(state=state)).rowcount:
        raise NoSuchAlias
    if accepted:
        raise_version(connection)
