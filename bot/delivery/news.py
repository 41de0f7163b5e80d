"""News of conversations for the open pages of every node: LISTEN and NOTIFY."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, String, bindparam, func, select

from bot.delivery.listeners import Listeners
from bot.store import Wake
from bot.store.engines import LINE
from bot.store.hot import Hot

_log = structlog.get_logger()

_CHANNEL = "danhoi_news"
_TELL = Hot(select(func.pg_notify(_CHANNEL, bindparam("conversations", type_=String))))
#: PostgreSQL takes 8,000 bytes at a time
_TOGETHER = 300


class News:
    """Tells all nodes which conversations changed, and the listeners of this one what it hears.

    A line that breaks is made anew; what was said meanwhile nobody heard, so that everybody
    who listens is told to look.
    """

    def __init__(self, url: str, listeners: Listeners, *, again: float = 0.5) -> None:
        self._url = url
        self._listeners = listeners
        self._again = again
        self._hearing: asyncio.Task[None] | None = None

    def announce(self, connection: Connection, wakes: Sequence[Wake]) -> None:
        """Tell everybody, once the transaction is committed."""
        told = sorted({wake.conversation_id for wake in wakes if wake.at is None})
        for start in range(0, len(told), _TOGETHER):
            some = ",".join(map(str, told[start : start + _TOGETHER]))
            _TELL.run(connection, {"conversations": some})

    async def start(self) -> None:
        """Begin to listen."""
        self._hearing = asyncio.create_task(self._hear_for_ever())

    async def stop(self) -> None:
        """Listen no more."""
        if self._hearing is not None:
            self._hearing.cancel()
            with suppress(asyncio.CancelledError):
                await self._hearing

    async def _hear_for_ever(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as error:
                _log.warning("no news from other nodes", error=type(error).__name__)
            await asyncio.sleep(self._again)

    async def _hear(self) -> None:
        line = make_conninfo(self._url, application_name="danhoi news", **LINE)
        connection = await psycopg.AsyncConnection.connect(line, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {_CHANNEL}")
            self._listeners.tell_all()
            async for notice in connection.notifies():
                for conversation in filter(str.isdecimal, notice.payload.split(",")):
                    self._listeners.notify(Wake(int(conversation)))
