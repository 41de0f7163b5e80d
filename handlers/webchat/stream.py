"""Server-sent events: what is said appears on the page as it is written."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.delivery.listeners import Listeners
from bot.store import Store, StoreUnavailable
from handlers.callers import caller_of
from handlers.webchat.lines import read_lines

HEARTBEAT_SECONDS = 15.0
MOST_STREAMS = 4
#: of one address, which a whole office may share
MOST_OF_A_CALLER = 40


class Streams:
    """Open event streams of this process."""

    def __init__(
        self,
        store: Store,
        listeners: Listeners,
        *,
        heartbeat: float = HEARTBEAT_SECONDS,
        most_of_a_caller: int = MOST_OF_A_CALLER,
    ) -> None:
        self._store = store
        self._listeners = listeners
        self._heartbeat = heartbeat
        self._most_of_a_caller = most_of_a_caller
        self._callers: Counter[str] = Counter()
        self._closing = False

    def is_full(self, conversation_id: int, caller: str) -> bool:
        """Whether a conversation or a caller has as many streams as it may."""
        return (
            self._listeners.count(conversation_id) >= MOST_STREAMS
            or self._callers[caller] >= self._most_of_a_caller
        )

    async def close(self) -> None:
        """End every stream, so that the server can stop at once."""
        self._closing = True
        self._listeners.close()

    async def serve(
        self, request: web.Request, conversation_id: int, after: int
    ) -> web.StreamResponse:
        """Send lines after a seq as they come, with a heartbeat, until either side closes."""
        response = web.StreamResponse(headers=_HEADERS)
        with self._counted(caller_of(request)), self._listeners.subscribe(conversation_id) as news:
            await response.prepare(request)
            await response.write(b"retry: 2000\n\n")
            with suppress(ConnectionResetError, StoreUnavailable):
                while not self._closing:
                    after = await self._send_lines(response, conversation_id, after)
                    if not await news.wait(self._heartbeat) and not self._closing:
                        await response.write(b": nhip\n\n")
        with suppress(ConnectionResetError, asyncio.CancelledError):
            await response.write_eof()
        return response

    @contextmanager
    def _counted(self, caller: str) -> Iterator[None]:
        self._callers[caller] += 1
        try:
            yield
        finally:
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]

    async def _send_lines(
        self, response: web.StreamResponse, conversation_id: int, after: int
    ) -> int:
        while lines := await self._store.read(partial(_after, conversation_id, after)):
            for line in lines:
                await response.write(_event(line))
                after = line["seq"]
        return after


def _after(conversation_id: int, after: int, connection: Connection) -> list[dict[str, Any]]:
    return read_lines(connection, conversation_id, after)


_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


def _event(line: dict[str, Any]) -> bytes:
    data = json.dumps(line, ensure_ascii=False)
    return f"event: message\nid: {line['seq']}\ndata: {data}\n\n".encode()
