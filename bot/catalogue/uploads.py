"""Files of knowledge that officers bring: kept, previewed, imported when somebody confirms."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.catalogue import kinds
from bot.catalogue.files import File, FileImport
from bot.catalogue.imports import Summary
from bot.catalogue.kinds import Kind, UnknownKind, Unreadable
from bot.catalogue.preview import error_json
from bot.errors import BotError
from bot.moments import Clock
from bot.store import Done, Store
from bot.tables.learning import knowledge_file

log = structlog.get_logger()

#: longer than any officer thinks about a preview
_KEPT = timedelta(days=7)
#: work not seen going on for so long has died with its process
_DEAD = timedelta(minutes=2)
_BEAT = 500
_SHOWN = 20


class NoSuchFile(BotError):
    """Không còn tệp này; xin tải lên lại."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; without a kind it is guessed."""

    name: str
    data: bytes
    actor: str
    kind: Kind | None = None
    source: str = ""
    complete: bool = False


class Uploads:
    """Takes a file through its states: reading → ready → importing → done, or failed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def take(self, upload: Upload) -> str:
        """Keep a file and return its id; `read` says what is in it."""
        file_id, now = secrets.token_urlsafe(16), self._clock()
        row: dict[str, Any] = {
            "id": file_id,
            "name": upload.name[-200:],
            "kind": upload.kind or "",
            "at": now,
        }
        row |= {"kind": upload.kind or "", "complete": upload.complete, "data": upload.data}
        row |= {"state": "reading", "actor": upload.actor, "seen_at": now}
        row |= {"preview": {"source": upload.source}}

        def body(connection: Connection) -> Done[None]:
            old = knowledge_file.c.at < now - _KEPT
            connection.execute(delete(knowledge_file).where(old))
            connection.execute(insert(knowledge_file).values(row))
            return Done(None)

        await self._store.write(body)
        return file_id

    async def read(self, file_id: str) -> None:
        """Find out what a file would change."""
        row = await self.get(file_id, with_data=True)
        source = row.preview.get("source", "")
        try:
            kind = Kind(row.kind) if row.kind else await _guessed(row)
            file = File(row.name, row.data, kind, row.complete, source)
            preview = await FileImport(self._store, self._clock, self._beat(file_id)).preview(file)
            found = {**preview.as_json(), "source": source}
            await self._set(
                file_id, state="ready", kind=kind.value, rows=preview.rows, preview=found
            )
        except (UnknownKind, Unreadable) as problem:
            told = error_json(problem.error) if isinstance(problem, Unreadable) else {}
            await self._set(file_id, state="failed", preview={"refused": told}, data=None)
            return
        except Exception:
            await self._set(file_id, state="failed", preview={"refused": {}}, data=None)
            raise

    async def confirm(self, file_id: str) -> bool:
        """Say that a file may be imported; false where it is not ready or somebody else did."""
        this = (knowledge_file.c.id == file_id) & self._may_start()
        values = {"state": "importing", "rows": 0, "seen_at": self._clock()}
        changed = await self._store.write(
            lambda c: Done(c.execute(update(knowledge_file).where(this).values(values)).rowcount)
        )
        return bool(changed)

    async def bring_in(self, file_id: str) -> None:
        """Import a confirmed file; its row says how far it is."""
        row = await self.get(file_id, with_data=True)
        source = row.preview.get("source", "")
        file = File(row.name, row.data, Kind(row.kind), row.complete, source)
        try:
            done = await FileImport(self._store, self._clock, self._beat(file_id)).run(file)
        except Exception:
            await self._set(file_id, state="failed", preview={**row.preview, "refused": {}})
            raise
        await self._finish(file_id, row, done)

    async def forget(self, file_id: str) -> None:
        """Throw a file away that was not imported."""
        this = (knowledge_file.c.id == file_id) & (knowledge_file.c.state != "importing")
        await self._store.write(
            lambda c: Done(c.execute(delete(knowledge_file).where(this)).rowcount)
        )

    async def get(self, file_id: str, *, with_data: bool = False) -> Row[Any]:
        """Return a file's row; raise NoSuchFile. The bytes are read only where asked for."""
        columns = [c for c in knowledge_file.c if with_data or c.name != "data"]
        query = select(*columns).where(knowledge_file.c.id == file_id)
        row = await self._store.read(lambda c: c.execute(query).first())
        if row is None or (with_data and row.data is None):
            raise NoSuchFile
        return row

    async def latest(self) -> Sequence[Row[Any]]:
        """Return what was brought last."""
        columns = [c for c in knowledge_file.c if c.name not in {"data", "preview"}]
        query = select(*columns).order_by(knowledge_file.c.at.desc()).limit(_SHOWN)
        return await self._store.read(lambda c: c.execute(query).all())

    def is_dead(self, row: Row[Any]) -> bool:
        """Whether work on a file was broken off, with its process perhaps."""
        working = row.state in {"reading", "importing"}
        return working and bool(row.seen_at < self._clock() - _DEAD)

    def _may_start(self) -> Any:  # noqa: ANN401 - a condition
        dead = knowledge_file.c.seen_at < self._clock() - _DEAD
        broken = (knowledge_file.c.state == "importing") & dead
        return (knowledge_file.c.state == "ready") | broken

    def _beat(self, file_id: str) -> Callable[[int], None]:
        """Return a progress that is written down now and then."""
        loop, seen, told = asyncio.get_running_loop(), [0, 0], set[asyncio.Task[None]]()

        def advance(rows: int) -> None:
            seen[0] += rows
            if seen[0] - seen[1] >= _BEAT:
                seen[1] = seen[0]
                loop.call_soon_threadsafe(note, seen[0])

        def note(rows: int) -> None:
            task = loop.create_task(self._note(file_id, rows))
            told.add(task)
            task.add_done_callback(told.discard)

        return advance

    async def _finish(self, file_id: str, row: Row[Any], done: Summary) -> None:
        outcome = {**done.counts(), "failed": done.failed}
        preview: Mapping[str, Any] = {**row.preview, "outcome": outcome}
        await self._set(file_id, state="done", rows=done.rows, preview=preview, data=None)
        log.info("knowledge imported", kind=row.kind, changed=done.changed)

    async def _note(self, file_id: str, rows: int) -> None:
        working = knowledge_file.c.state.in_(["reading", "importing"])
        this = update(knowledge_file).where(knowledge_file.c.id == file_id, working)
        values = {"rows": rows, "seen_at": self._clock()}
        await self._store.write(lambda c: Done(c.execute(this.values(values)).rowcount))

    async def _set(self, file_id: str, **values: Any) -> None:  # noqa: ANN401 - columns
        seen: dict[str, datetime] = {"seen_at": self._clock()}
        this = update(knowledge_file).where(knowledge_file.c.id == file_id)
        await self._store.write(lambda c: Done(c.execute(this.values({**values, **seen})).rowcount))


async def _guessed(row: Row[Any]) -> Kind:
    return await asyncio.to_thread(kinds.guess, row.data, row.name)
