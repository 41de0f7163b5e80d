"""An import of entries in the making: staged in chunks, moved over in one short transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)

from bot.catalogue.repository import (
    PUBLIC,
    Known,
    finding_rows,
    folded,
    hold,
    keep_version,
    known,
    raise_version,
)
from bot.store import upsert
from bot.tables.knowledge import entry, entry_version, finding, import_run, layer, staged
from knowledge.entries import Entry, EntryKind
from knowledge.layers import (
    DIFFERS,
    Confirmation,
    Data,
    Layer,
    assemble,
    changed_beneath,
    data_of,
    digest,
)

StagedRow = dict[str, Any]

_NEW = Known(0, PUBLIC, {}, {}, {})
#: left alone by an import: somebody decided on these
_KEPT_STATES = ("draft", "reviewed", "retired")
_ASIDE = 200
#: an import that began so long ago and is still staging was killed
_ABANDONED = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Run:
    """One import under way."""

    id: int
    layer: Layer
    started_at: datetime


def begin(connection: Connection, file: str, kind: str, into: Layer, now: datetime) -> Run:
    """Open a run, clearing away what broken-off ones left behind."""
    abandoned = (import_run.c.state == "staging") & (import_run.c.started_at < now - _ABANDONED)
    broken = select(import_run.c.id).where((import_run.c.state == "failed") | abandoned)
    connection.execute(delete(staged).where(staged.c.import_id.in_(broken)))
    row = {"kind": kind, "layer": into, "file": file, "state": "staging", "started_at": now}
    number = connection.scalar(insert(import_run).values(row).returning(import_run.c.id))
    return Run(number or 0, into, now)


def unfinished(connection: Connection) -> list[Run]:
    """Return the runs that are public already but were stopped before they were tidied up."""
    query = select(import_run).where(import_run.c.state == "switched")
    return [Run(row.id, Layer(row.layer), row.started_at) for row in connection.execute(query)]


def prepare(
    run: Run, entries: Iterable[Entry], present: Mapping[str, Known]
) -> list[dict[str, Any]]:
    """Return the rows to stage: entries that are new or say something else than before. Pure."""
    rows = []
    for found in entries:
        data = data_of(found)
        before = present.get(found.id, _NEW)
        fingerprint = digest(data)
        if before.digests.get(run.layer) != fingerprint or before.state == "stale":
            rows.append(_row(run, found, data, before) | {"digest": fingerprint})
    return rows


def _row(run: Run, found: Entry, data: Data, before: Known) -> StagedRow:
    layers = {**before.layers, run.layer: data}
    put_together = assemble(found.id, layers, before.confirmations, run.started_at.date())
    above = [before.layers[name] for name in run.layer.stronger() if name in before.layers]
    beneath = changed_beneath(before.layers.get(run.layer, data), data, above)
    rows = finding_rows(found.id, [*put_together.findings, *beneath], run.started_at)
    return {
        "import_id": run.id,
        "entry_id": found.id,
        "kind": found.kind.value,
        "code": found.code,
        "data": data,
        "merged": put_together.entry.as_json(),
        "folded": folded(put_together.entry),
        "state": _state(before, put_together.entry),
        "source": found.source,
        "checked_on": found.checked_on,
        "findings": [_plain(row, before.confirmations) for row in rows],
        "base_version": before.version,
    }


def _state(before: Known, found: Entry) -> str:
    """A frequent question is nothing without its answer: it waits for an officer."""
    if before.state in _KEPT_STATES:
        return before.state
    return "draft" if found.kind is EntryKind.FAQ and not found.summary else PUBLIC


def _plain(
    row: dict[str, Any], confirmations: Mapping[tuple[str, str], Confirmation]
) -> dict[str, Any]:
    """The finding as JSON, with the confirmation that still holds for its text."""
    vouched = confirmations.get((row["facet"], row["rule"]))
    holds = vouched is not None and vouched.text_digest == row["text_digest"]
    kept = (
        {"by": vouched.by, "at": vouched.at.isoformat(), "source": vouched.source}
        if vouched
        else {}
    )
    return {k: row[k] for k in ("facet", "rule", "excerpt", "text_digest")} | {
        "cleared": kept if holds else None
    }


def stage(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lay rows aside; nobody sees them yet."""
    if rows:
        connection.execute(insert(staged), list(rows))


def spoken_of(connection: Connection, into: Layer) -> list[str]:
    """Return the ids of entries that this layer speaks of and that are not stale yet."""
    query = select(layer.c.entry_id).join(entry, entry.c.id == layer.c.entry_id)
    return list(connection.scalars(query.where(layer.c.name == into, entry.c.state != "stale")))


def switch(connection: Connection, run: Run, vanished: Sequence[str], now: datetime) -> int:
    """Make what was staged public, all at once; return how many entries changed.

    Layers and findings, which only officers see, follow in `tidy`; until then the staged rows
    speak for the layer (see `repository.known`), so that messages wait as short as can be.
    """
    hold(connection)
    _catch_up(connection, run)
    mine = select(staged.c.entry_id).where(staged.c.import_id == run.id)
    _keep_versions(connection, mine, run, now)
    changed = _move_entries(connection, run, now)
    for start in range(0, len(vanished), _ASIDE):
        make_stale(connection, vanished[start : start + _ASIDE], now)
    if changed or vanished:
        raise_version(connection)
    _set(connection, run, {"state": "switched"})
    return changed


def tidy(connection: Connection, run: Run, now: datetime) -> bool:
    """Move a part of the layers and findings over; tell whether some are left."""
    hold(connection)
    part = select(staged.c.entry_id).where(staged.c.import_id == run.id).limit(_ASIDE)
    ids = list(connection.scalars(part))
    mine = (staged.c.import_id == run.id) & staged.c.entry_id.in_(ids)
    _move_layers(connection, run, mine, now)
    _move_findings(connection, run, mine)
    connection.execute(delete(staged).where(mine))
    return len(ids) == _ASIDE


def _catch_up(connection: Connection, run: Run) -> None:
    """Put together anew what an officer changed since it was staged."""
    overtaken = (
        select(staged.c.entry_id, staged.c.data)
        .outerjoin(entry, entry.c.id == staged.c.entry_id)
        .where(staged.c.import_id == run.id)
        .where(entry.c.version.is_distinct_from(staged.c.base_version))
        .where((staged.c.base_version > 0) | entry.c.id.is_not(None))
    )
    rows = list(connection.execute(overtaken))
    present = known(connection, [row.entry_id for row in rows])
    for row in rows:
        again = Entry.from_json({**row.data, **_identity(row.entry_id)})
        values = _row(run, again, row.data, present.get(row.entry_id, _NEW))
        this = (staged.c.import_id == run.id) & (staged.c.entry_id == row.entry_id)
        connection.execute(update(staged).where(this).values(values))


def _identity(entry_id: str) -> dict[str, str]:
    kind, _, code = entry_id.partition(":")
    return {"id": entry_id, "kind": kind, "code": code}


def _keep_versions(
    connection: Connection, mine: Select[tuple[str]], run: Run, now: datetime
) -> None:
    columns = ("entry_id", "version", "merged", "state", "actor", "at")
    before = select(
        *(entry.c.id, entry.c.version, entry.c.merged, entry.c.state),
        *(literal(f"import {run.id}"), literal(now, _AT)),
    ).where(entry.c.id.in_(mine), entry.c.version > 0)
    connection.execute(insert(entry_version).from_select(columns, before))


_AT = entry_version.c.at.type


def _move_entries(connection: Connection, run: Run, now: datetime) -> int:
    columns = ("kind", "code", "merged", "folded", "state")
    of_entry = (staged.c.import_id == run.id) & (staged.c.entry_id == entry.c.id)
    says = {name: select(staged.c[name]).where(of_entry).scalar_subquery() for name in columns[2:]}
    changed = connection.execute(
        update(entry)
        .where(exists().where(of_entry))
        .values({**says, "version": entry.c.version + 1, "changed_at": now})
    )
    new = select(
        *(staged.c.entry_id, *(staged.c[name] for name in columns)),
        *(literal(1), literal(now, _AT), literal(now, _AT)),
    ).where(staged.c.import_id == run.id, ~exists().where(entry.c.id == staged.c.entry_id))
    names = ["id", *columns, "version", "changed_at", "created_at"]
    adding = insert(entry).from_select(names, new).execution_options(preserve_rowcount=True)
    added = connection.execute(adding)
    return changed.rowcount + added.rowcount


def _move_layers(
    connection: Connection, run: Run, mine: ColumnElement[bool], now: datetime
) -> None:
    columns = ("entry_id", "data", "digest", "source", "checked_on")
    ids = select(staged.c.entry_id).where(mine)
    connection.execute(delete(layer).where(layer.c.name == run.layer, layer.c.entry_id.in_(ids)))
    source = select(
        *(staged.c[name] for name in columns),
        literal(run.layer.value),
        literal(run.id),
        literal(now, _AT),
    ).where(mine)
    names = [*columns, "name", "import_id", "changed_at"]
    connection.execute(insert(layer).from_select(names, source))


def _move_findings(connection: Connection, run: Run, mine: ColumnElement[bool]) -> None:
    """What differed before and was not reviewed stays to be reviewed."""
    ids = select(staged.c.entry_id).where(mine)
    judged = finding.c.rule != DIFFERS
    connection.execute(delete(finding).where(finding.c.entry_id.in_(ids), judged))
    rows = [
        _finding(row.entry_id, found, run.started_at)
        for row in connection.execute(select(staged.c.entry_id, staged.c.findings).where(mine))
        for found in row.findings
    ]
    if rows:
        connection.execute(upsert.insert(connection, finding).on_conflict_do_nothing(), rows)


def _finding(entry_id: str, found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    kept = found["cleared"] or {}
    at = kept.get("at")
    return {
        **{k: found[k] for k in ("facet", "rule", "excerpt", "text_digest")},
        "entry_id": entry_id,
        "found_at": now,
        "cleared_by": kept.get("by"),
        "cleared_at": datetime.fromisoformat(at) if at else None,
        "cleared_source": kept.get("source"),
    }


def make_stale(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Take entries out of the public eye, since nobody speaks of them any more."""
    keep_version(connection, ids, now, "import")
    gone = {"state": "stale", "version": entry.c.version + 1, "changed_at": now}
    connection.execute(
        update(entry).where(entry.c.id.in_(ids), entry.c.state != "retired").values(gone)
    )


def finish(connection: Connection, run: Run, counts: Mapping[str, int], now: datetime) -> None:
    """Close a run with its counts, once it is tidied up."""
    _set(connection, run, {**counts, "state": "done", "finished_at": now})


def fail(connection: Connection, run: Run, now: datetime) -> None:
    """Close a run that was broken off before anything of it was public."""
    staging = (import_run.c.id == run.id) & (import_run.c.state == "staging")
    values = {"state": "failed", "finished_at": now}
    connection.execute(update(import_run).where(staging).values(values))


def _set(connection: Connection, run: Run, values: Mapping[str, Any]) -> None:
    connection.execute(update(import_run).where(import_run.c.id == run.id).values(values))
