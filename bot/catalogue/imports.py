"""Entries from files into the catalogue, beside a running service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from bot.catalogue import staging
from bot.catalogue.repository import known
from bot.moments import Clock
from bot.store import Done, Store
from knowledge.entries import Entry
from knowledge.importers.rows import RowError
from knowledge.layers import Layer

T = TypeVar("T")

_CHUNK = 200
#: seconds between two writes, so that the service gets its turn at the database
_BREATH = 0.02
#: an export with so many rows, and most of the codes we know, is the whole national database
_WHOLE_EXPORT = 1000
_WHOLE_SHARE = 0.8


@dataclass(slots=True)
class Summary:
    """What an import did."""

    rows: int = 0
    changed: int = 0
    vanished: int = 0
    errors: list[RowError] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return what the run's row keeps."""
        rejected = len(self.errors)
        return {
            "rows": self.rows,
            "changed": self.changed,
            "vanished": self.vanished,
            "rejected": rejected,
        }

    @property
    def failed(self) -> bool:
        """Whether nothing at all could be taken."""
        return self.rows == 0


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported: a file's name, its kind, the layer it speaks for, and how whole it is."""

    file: str
    kind: str
    layer: Layer
    complete: bool = False


class EntryImport:
    """Stages entries in chunks and makes them public in one short transaction."""

    def __init__(self, store: Store, clock: Clock, progress: Callable[[int], None]) -> None:
        self._store = store
        self._clock = clock
        self._progress = progress

    async def run(self, source: Source, read: Iterable[Entry | RowError]) -> Summary:
        """Import what is read; a bad row is listed in the summary and stops nothing."""
        for left in await self._store.read(staging.unfinished):
            await self._tidy(left, {})
        run = await self._write(
            lambda c: staging.begin(c, source.file, source.kind, source.layer, self._clock())
        )
        try:
            return await self._stage_and_switch(run, source, read)
        except BaseException:
            await self._write(lambda c: staging.fail(c, run, self._clock()))
            raise

    async def _stage_and_switch(
        self, run: staging.Run, source: Source, read: Iterable[Entry | RowError]
    ) -> Summary:
        summary = Summary()
        seen: set[str] = set()
        async for chunk in self._chunks(read, summary):
            seen.update(entry.id for entry in chunk)
            await self._stage(run, chunk)
        summary.rows = len(seen)
        vanished = await self._vanished(source, seen, summary)
        summary.vanished = len(vanished)
        summary.changed = await self._write(
            lambda c: staging.switch(c, run, vanished, self._clock())
        )
        await self._tidy(run, summary.counts())
        return summary

    async def _chunks(
        self, read: Iterable[Entry | RowError], summary: Summary
    ) -> AsyncIterator[list[Entry]]:
        rows = iter(read)
        while chunk := await asyncio.to_thread(lambda: list(islice(rows, _CHUNK))):
            summary.errors += [row for row in chunk if isinstance(row, RowError)]
            yield [row for row in chunk if isinstance(row, Entry)]
            self._progress(len(chunk))

    async def _stage(self, run: staging.Run, chunk: Sequence[Entry]) -> None:
        ids = [entry.id for entry in chunk]
        present = await self._store.read(lambda c: known(c, ids))
        rows = await asyncio.to_thread(staging.prepare, run, chunk, present)
        if rows:
            await self._write(lambda c: staging.stage(c, rows))

    async def _vanished(self, source: Source, seen: set[str], summary: Summary) -> list[str]:
        before = set(await self._store.read(lambda c: staging.spoken_of(c, source.layer)))
        return would_vanish(source, before, seen, whole=not summary.errors)

    async def _tidy(self, run: staging.Run, counts: Mapping[str, int]) -> None:
        left = True
        while left:
            left = await self._write(lambda c: staging.tidy(c, run, self._clock()))
        await self._write(lambda c: staging.finish(c, run, counts, self._clock()))

    async def _write(self, body: Callable[[Connection], T]) -> T:
        """Write, then let the service have its turn at the database."""
        value = await self._store.write(lambda connection: Done(body(connection)))
        await asyncio.sleep(_BREATH)
        return value


def would_vanish(source: Source, before: set[str], seen: set[str], *, whole: bool) -> list[str]:
    """Codes are gone only when the file is whole and every row of it could be read."""
    national = (
        source.layer is Layer.NATIONAL
        and len(seen) >= _WHOLE_EXPORT
        and len(before & seen) >= _WHOLE_SHARE * len(before)
        and whole
    )
    return sorted(before - seen) if source.complete or national else []
