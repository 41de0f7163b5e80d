"""Files of any kind into the database: entries through staging, directories at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from bot.catalogue.imports import EntryImport, Source, Summary
from bot.catalogue.kinds import Kind, first
from bot.catalogue.layers import Layer
from bot.catalogue.repository import raise_version
from bot.directory import loading, records
from bot.directory.records import good
from bot.directory.starter import with_committees
from bot.moments import Clock
from bot.store import Done, Store
from knowledge.entries import Entry
from knowledge.importers import answers, national, procedures
from knowledge.importers.rows import Record, RowError, read

T = TypeVar("T")
Progress = Callable[[int], None]

_ENTRIES: dict[Kind, Callable[[bytes, str], Iterator[Entry | RowError]]] = {
    Kind.PROCEDURES: procedures.read,
    Kind.FAQ: answers.read_faq,
    Kind.HOTLINES: answers.read_hotlines,
}
#: answers name agencies and places, so every node should hear of a change
_NAMES = (Kind.AGENCIES, Kind.COMMUNES)


@dataclass(frozen=True, slots=True)
class File:
    """A file to import: its bytes, the name people know it by, its kind."""

    name: str
    data: bytes
    kind: Kind
    complete: bool = False


class FileImport:
    """Imports files beside a running service."""

    def __init__(self, store: Store, clock: Clock, progress: Progress) -> None:
        self._store = store
        self._clock = clock
        self._progress = progress

    async def run(self, file: File) -> Summary:
        """Import one file and say what became of its rows."""
        if file.kind in _ENTRIES:
            is_national = national.recognises(first(file.data, file.name))
            layer = Layer.NATIONAL if is_national else Layer.OFFICE
            source = Source(file.name, file.kind.value, layer, file.complete)
            importer = EntryImport(self._store, self._clock, self._progress)
            return await importer.run(source, _ENTRIES[file.kind](file.data, file.name))
        return await self._directory(file)

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
