"""Small entries and files for tests of the catalogue."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime

from bot.catalogue.files import File, FileImport
from bot.catalogue.imports import EntryImport, Source, Summary
from bot.catalogue.kinds import Kind
from bot.store import Store
from knowledge.entries import Entry, EntryKind, Facet, Fact
from knowledge.importers.rows import RowError
from knowledge.layers import Layer

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SOURCE = "Cơ sở dữ liệu thử"


def clock() -> datetime:
    return NOW


def procedure(number: int = 1, **facts: str) -> Entry:
    """A procedure with a code of its own; facts by facet."""
    code = f"1.{number:06}"
    told = {Facet(k): Fact(v, True, SOURCE, date(2026, 7, 1)) for k, v in facts.items()}
    return Entry(
        id=f"procedure:{code}",
        kind=EntryKind.PROCEDURE,
        code=code,
        title=f"Thủ tục số {number}",
        facts=told or {Facet.TIME: Fact("5 ngày", True, SOURCE, date(2026, 7, 1))},
        source=SOURCE,
        checked_on=date(2026, 7, 1),
    )


async def bring_in(
    store: Store,
    entries: Iterable[Entry | RowError],
    layer: Layer = Layer.NATIONAL,
    complete: bool = False,
) -> Summary:
    """Import entries as one file would."""
    source = Source("thu.jsonl", "procedures", layer, complete)
    return await EntryImport(store, clock, lambda _rows: None).run(source, entries)


async def import_text(store: Store, name: str, text: str, kind: Kind) -> Summary:
    """Import a file given as text."""
    file = File(name, text.encode(), kind)
    return await FileImport(store, clock, lambda _rows: None).run(file)


def json_lines(*records: object) -> str:
    """Records as a JSON lines file."""
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
