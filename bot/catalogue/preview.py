"""What a file would do to the catalogue, before it does it: nothing is written here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from bot.catalogue import staging
from bot.catalogue.imports import Source, would_vanish
from bot.catalogue.repository import Known, known
from bot.moments import Clock
from bot.store import Store
from knowledge.entries import Entry, Facet
from knowledge.importers.layout import Layout
from knowledge.importers.rows import RowError
from knowledge.layers import DIFFERS, assemble

_CHUNK = 200
_SHOWN = 100
_LONG = 240
Shown = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that would be new or say something else: field, what it says, what it would."""

    entry: str
    code: str
    title: str
    new: bool
    fields: Sequence[Sequence[str]]
    faults: Sequence[Sequence[str]]  # rule and facet of each finding


@dataclass(slots=True)
class Preview:
    """The outcome of a dry run; lists are cut at a hundred, counts are not."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    vanished: int = 0
    rejected: int = 0
    encoding: str = ""
    layer: str = ""
    columns: list[Mapping[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=dict)
    samples: list[Mapping[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    def reject(self, error: RowError) -> None:
        """Count a row that cannot be taken, and keep the first to be shown."""
        self.rejected += 1
        if len(self.errors) < _SHOWN:
            self.errors.append(error_json(error))

    def understood(self, encoding: str, layouts: Iterable[Layout]) -> None:
        """Keep how tables were read."""
        self.encoding = encoding
        self.columns = [
            {
                "sheet": layout.sheet,
                "row": layout.row,
                "columns": [(column.heading, column.field) for column in layout.columns],
            }
            for layout in layouts
        ]


def error_json(error: RowError) -> dict[str, Any]:
    """Return an error as JSON, its fault by name so that a page finds words for it."""
    return {
        "file": error.file,
        "row": error.row,
        "field": error.field,
        "why": error.why,
        "fault": error.fault.name,
        "values": {name: str(value) for name, value in error.values.items()},
    }


class EntryPreview:
    """Compares entries of a file with those of the catalogue."""

    def __init__(self, store: Store, clock: Clock, progress: Callable[[int], None]) -> None:
        self._store = store
        self._clock = clock
        self._progress = progress

    async def run(self, source: Source, read: Iterable[Entry | RowError]) -> Preview:
        """Return what importing these entries would change."""
        preview, seen = Preview(layer=source.layer.value), set[str]()
        run = staging.Run(0, source.layer, self._clock())
        async for chunk in self._chunks(read, preview):
            seen.update(entry.id for entry in chunk)
            ids = [entry.id for entry in chunk]
            present = await self._store.read(lambda c, ids=ids: known(c, ids))  # type: ignore[misc]
            await asyncio.to_thread(_compare, preview, run, chunk, present)
        preview.rows = len(seen)
        preview.same = preview.rows - preview.new - preview.changed
        before = set(await self._store.read(lambda c: staging.spoken_of(c, source.layer)))
        whole = would_vanish(source, before, seen, whole=not preview.rejected)
        preview.vanished = len(whole)
        return preview

    async def _chunks(
        self, read: Iterable[Entry | RowError], preview: Preview
    ) -> AsyncIterator[list[Entry]]:
        rows = iter(read)
        while chunk := await asyncio.to_thread(lambda: list(islice(rows, _CHUNK))):
            for row in chunk:
                if isinstance(row, RowError):
                    preview.reject(row)
            yield [row for row in chunk if isinstance(row, Entry)]
            self._progress(len(chunk))


def _compare(
    preview: Preview, run: staging.Run, chunk: Sequence[Entry], present: Mapping[str, Known]
) -> None:
    preview.samples += [_sample(entry) for entry in chunk[: 10 - len(preview.samples)]]
    for row in staging.prepare(run, chunk, present):
        before = present.get(row["entry_id"])
        preview.new += before is None
        preview.changed += before is not None
        faults = [f for f in row["findings"] if not f["cleared"]]
        for rule in (fault["rule"] for fault in faults if fault["rule"] != DIFFERS):
            preview.findings[rule] = preview.findings.get(rule, 0) + 1
        if len(preview.changes) < _SHOWN:
            preview.changes.append(_change(row, before, run, faults))


def _change(
    row: Mapping[str, Any],
    before: Known | None,
    run: staging.Run,
    faults: Sequence[Mapping[str, Any]],
) -> Change:
    on = run.started_at.date()
    was = (
        assemble(row["entry_id"], before.layers, before.confirmations, on).entry.as_json()
        if before
        else {}
    )
    return Change(
        row["entry_id"],
        row["code"],
        row["merged"]["title"],
        before is None,
        _differences(was, row["merged"]) if before else (),
        [(fault["rule"], fault["facet"]) for fault in faults],
    )


def _differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> Shown:
    names = ("title", "summary", "agency_text", "field", "level", "phone", "legal_basis")
    pairs = [(name, _plain(was.get(name)), _plain(now.get(name))) for name in names]
    old, new = was.get("facts", {}), now.get("facts", {})
    facets = dict.fromkeys([*old, *new])
    pairs += [
        (f, _plain(old.get(f, {}).get("text")), _plain(new.get(f, {}).get("text"))) for f in facets
    ]
    return tuple((name, a[:_LONG], b[:_LONG]) for name, a, b in pairs if a != b)


def _plain(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _sample(entry: Entry) -> dict[str, str]:
    told = {"summary": entry.summary, Facet.LEGAL_BASIS.value: "; ".join(entry.legal_basis)}
    told |= {facet.value: fact.text for facet, fact in entry.facts.items()}
    cut = {name: text[:_LONG] for name, text in told.items()}
    return {"code": entry.code, "title": entry.title, **cut}
