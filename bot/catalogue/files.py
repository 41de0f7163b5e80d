"""Files of any kind into the database: entries through staging, directories at once."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.catalogue.imports import EntryImport, Source, Summary
from bot.catalogue.kinds import Kind, first
from bot.catalogue.preview import EntryPreview, Preview, error_json
from bot.catalogue.repository import raise_version
from bot.directory import loading, records
from bot.directory.records import good
from bot.directory.starter import with_committees
from bot.moments import Clock
from bot.store import Done, Store
from knowledge.entries import Entry
from knowledge.importers import answers, national, procedures
from knowledge.importers.rows import Record, Row, RowError, layouts, read, rows
from knowledge.layers import Layer

T = TypeVar("T")
Progress = Callable[[int], None]

_ENTRIES: dict[Kind, Callable[[bytes, str, Record], Iterator[Entry | RowError]]] = {
    Kind.PROCEDURES: procedures.read,
    Kind.FAQ: answers.read_faq,
    Kind.HOTLINES: answers.read_hotlines,
}
_MAKERS: dict[Kind, Callable[[Record], object]] = {
    Kind.AGENCIES: records.agency,
    Kind.COMMUNES: records.commune,
    Kind.HOLIDAYS: records.holiday,
    Kind.PLAN: records.plan_item,
}
_NOTES_SHOWN = 100
#: answers name agencies and places, so every node should hear of a change
_NAMES = (Kind.AGENCIES, Kind.COMMUNES)


@dataclass(frozen=True, slots=True)
class File:
    """A file to import: its bytes, the name people know it by, its kind.

    `source` is who says so, where the file itself names nobody.
    """

    name: str
    data: bytes
    kind: Kind
    complete: bool = False
    source: str = ""

    def entries(self) -> Iterator[Entry | RowError]:
        """Yield what the file says of entries."""
        return _ENTRIES[self.kind](self.data, self.name, {"source": self.source})

    @property
    def origin(self) -> Source:
        """Return which layer the file speaks for."""
        is_national = national.recognises(first(self.data, self.name))
        layer = Layer.NATIONAL if is_national else Layer.OFFICE
        return Source(self.name, self.kind.value, layer, self.complete)


class FileImport:
    """Imports files beside a running service."""

    def __init__(self, store: Store, clock: Clock, progress: Progress) -> None:
        self._store = store
        self._clock = clock
        self._progress = progress

    async def run(self, file: File) -> Summary:
        """Import one file and say what became of its rows."""
        if file.kind in _ENTRIES:
            importer = EntryImport(self._store, self._clock, self._progress)
            return await importer.run(file.origin, file.entries())
        return await self._directory(file)

    async def preview(self, file: File) -> Preview:
        """Say what importing the file would do; nothing is written."""
        if file.kind in _ENTRIES:
            looking = EntryPreview(self._store, self._clock, self._progress)
            preview = await looking.run(file.origin, file.entries())
        else:
            preview = await asyncio.to_thread(self._listed, file)
        preview.understood(*await asyncio.to_thread(layouts, file.data, file.name))
        preview.notes = await asyncio.to_thread(_notes, file)
        return preview

    def _listed(self, file: File) -> Preview:
        """A directory is checked row by row; what it changes shows only when it is put in."""
        preview = Preview()
        for row in read(file.data, file.name, _MAKERS[file.kind]):
            if isinstance(row, RowError):
                preview.reject(row)
            else:
                preview.rows += 1
            self._progress(1)
        return preview

    async def _directory(self, file: File) -> Summary:
        today = self._clock().date()
        match file.kind:
            case Kind.AGENCIES:
                return await self._put(file, records.agency, loading.put_agencies)
            case Kind.COMMUNES:
                return await self._put(
                    file,
                    records.commune,
                    lambda c, rows: loading.put_places(c, with_committees(c, rows)),
                )
            case Kind.HOLIDAYS:
                return await self._put(
                    file, records.holiday, lambda c, rows: loading.put_holidays(c, rows, today)
                )
            case _:
                return await self._put(file, records.plan_item, loading.put_plan)

    async def _put(
        self,
        file: File,
        make: Callable[[Record], T],
        put: Callable[[Connection, list[T]], int],
    ) -> Summary:
        taken, errors = good(read(file.data, file.name, make))

        def write(connection: Connection) -> Done[int]:
            changed = put(connection, taken)
            if changed and file.kind in _NAMES:
                raise_version(connection)
            return Done(changed)

        changed = await self._store.write(write)
        self._progress(len(taken) + len(errors))
        return Summary(rows=len(taken), changed=changed, errors=errors)


def _notes(file: File) -> list[Mapping[str, Any]]:
    """Return what was taken otherwise than it stands in the file."""
    told = (
        RowError(row.sheet or file.name, row.number, n.field, "", n.fault, n.values)
        for row in rows(file.data, file.name)
        if isinstance(row, Row)
        for n in row.notes
    )
    return [error_json(note) for note in islice(told, _NOTES_SHOWN)]
