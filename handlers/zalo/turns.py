"""How many requests a minute: the account's package allows so many, its app allows a few more."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.delivery.pace import Rate, hold, reserve
from bot.moments import Clock
from bot.settings import Settings
from bot.store import Done, Store

_MINUTE = timedelta(minutes=1)
_SAFE = 0.98


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns of one pace, shared with the sender and with all processes through the database.

    The sender takes the turn of a message's first request itself, receipts before answers; all
    other requests take theirs here. What the provider says is left of this minute, over every
    account of the app, holds everybody back.
    """

    store: Store
    name: str
    rate: Rate
    clock: Clock

    async def take(self) -> None:
        """Wait for the next turn."""
        wait = await self.store.write(self._reserve)
        if wait > timedelta():
            await asyncio.sleep(wait.total_seconds())

    async def heed(self, headers: Mapping[str, str]) -> None:
        """Hold everybody until the next minute where the provider says that this one is used."""
        left = headers.get("X-RateLimit-Remain", "").strip()
        if left.isdecimal() and int(left) == 0:
            now = self.clock()
            until = now.replace(second=0, microsecond=0) + _MINUTE
            await self.store.write(partial(self._hold, until))

    def _reserve(self, connection: Connection) -> Done[timedelta]:
        return Done(reserve(connection, self.name, self.rate, self.clock()))

    def _hold(self, until: datetime, connection: Connection) -> Done[None]:
        hold(connection, self.name, self.rate, until)
        return Done(None)


def pace_of(settings: Settings) -> Rate:
    """Return the pace that never exceeds what the account's package allows in any one minute.

    A burst comes on top of the steady rate, and requests arrive a little apart from when they
    left: both are taken off, so that Zalo's own count of a minute stays below its limit.
    """
    allowed, burst = settings.zalo_rate_per_minute, settings.zalo_rate_burst
    burst = min(burst, max(1, allowed // 4))
    return Rate(max(1, int(allowed * _SAFE) - burst), burst)
