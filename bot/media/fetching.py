"""Fetches what citizens attached from its provider, at once, and keeps what may be kept."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.media import identity_papers, ledger
from bot.media.content import IdentityPaper, NotTaken, Upload, examine_any
from bot.media.folder import Folder
from bot.media.ledger import Fetch, Kept, Outcome
from bot.media.sources import MediaGone, MediaRefused, MediaSource, MediaTooLarge
from bot.messages import AttachmentKind, Outgoing
from bot.moments import Clock, utc_now
from bot.store import Done, Store, StoreUnavailable

_log = structlog.get_logger()

_MEGABYTE = 1024 * 1024
MOST_BYTES: Mapping[AttachmentKind, int] = {
    AttachmentKind.IMAGE: 10 * _MEGABYTE,
    AttachmentKind.FILE: 10 * _MEGABYTE,
    AttachmentKind.AUDIO: 10 * _MEGABYTE,
    AttachmentKind.VIDEO: 30 * _MEGABYTE,
}
_FINAL = {
    MediaGone: Outcome.GONE,
    MediaTooLarge: Outcome.TOO_LARGE,
    MediaRefused: Outcome.REFUSED,
    NotTaken: Outcome.REFUSED,
}


@dataclass
class Fetcher:
    """Looks for files to fetch every `period` seconds; a few are fetched side by side.

    `told` is what a citizen reads whose picture turned out to show an identity paper.
    """

    store: Store
    folder: Folder
    sources: Mapping[str, MediaSource]
    told: Outgoing
    clock: Clock = utc_now
    period: float = 1.0
    _drawing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _working: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        """Begin to look."""
        self._working = asyncio.create_task(self._look_for_ever())

    async def stop(self) -> None:
        """Stop at once: what is in hand is fetched again later."""
        if self._working is not None:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working

    async def look(self) -> int:
        """Fetch what is due now; return how many files were looked at."""
        ids = await self.store.read(lambda c: ledger.due(c, self.clock()))
        if ids and not self.folder.has_room():
            _log.error("no file fetched: the disk is almost full")
            return 0
        await asyncio.gather(*map(self._fetch, ids))
        return len(ids)

    async def _look_for_ever(self) -> None:
        while True:
            try:
                while await self.look():
                    pass
            except StoreUnavailable:
                _log.warning("fetching put off: the database is unavailable")
            await asyncio.sleep(self.period)

    async def _fetch(self, fetch_id: int) -> None:
        now = self.clock()
        fetch = await self.store.write(lambda c: Done(ledger.take_up(c, fetch_id, now)))
        if fetch is None:
            return
        try:
            upload = await self._brought(fetch)
        except IdentityPaper:
            await self.store.write(partial(self._drop, fetch, now))
        except tuple(_FINAL) as failure:
            outcome = _FINAL[type(failure)]
            reason = str(failure) or type(failure).__name__
            await self._settle(fetch, outcome, reason)
        except Exception as failure:  # noqa: BLE001 - a source of a channel may fail in any way
            reason = type(failure).__name__
            await self._write(lambda c: ledger.put_off(c, fetch, reason, self.clock()))
        else:
            await self._keep(fetch, upload)

    async def _brought(self, fetch: Fetch) -> Upload:
        source = self.sources.get(fetch.channel)
        if source is None:
            raise MediaRefused("the channel has no source")
        most = MOST_BYTES[fetch.attachment.kind]
        if fetch.attachment.size > most:  # as the provider announced it
            raise MediaTooLarge
        content = await source.fetch(fetch.attachment, most)
        async with self._drawing:  # pictures fill the memory: one by one
            return await asyncio.to_thread(examine_any, content)

    async def _keep(self, fetch: Fetch, upload: Upload) -> None:
        digest = hashlib.sha256(upload.content).hexdigest()
        kept = Kept(secrets.token_urlsafe(32), upload.media_type, len(upload.content), digest)
        await asyncio.to_thread(self.folder.keep, kept.id, upload.content)
        if not await self._settle(fetch, Outcome.KEPT, None, kept):
            await asyncio.to_thread(self.folder.remove, kept.id)

    async def _settle(
        self, fetch: Fetch, outcome: Outcome, reason: str | None, kept: Kept | None = None
    ) -> bool:
        def body(connection: Connection) -> bool:
            now = self.clock()
            return ledger.settle(connection, fetch, outcome, now, kept=kept, reason=reason)

        return await self._write(body)

    async def _write(self, body: Callable[[Connection], object]) -> bool:
        return bool(await self.store.write(lambda connection: Done(body(connection))))

    def _drop(self, fetch: Fetch, now: datetime, connection: Connection) -> Done[None]:
        """Take the picture's whole message out of sight and tell the citizen why."""
        wakes = identity_papers.drop(connection, fetch.message_id, self.told, now)
        return Done(None, wakes)
