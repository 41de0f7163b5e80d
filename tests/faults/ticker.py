"""A process that does nothing but keep to a schedule, beside others like it."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.delivery.counters import count
from bot.delivery.nodes import Node
from bot.delivery.schedule import Periodic, Schedule, every
from bot.delivery.slots import key
from bot.moments import utc_now
from bot.store import Done, Store
from bot.store.opening import open_store

NAME = "tick"
PERIOD = timedelta(seconds=0.5)


def tick(url: str, owner: str, seconds: float) -> None:
    """Count every slot this process runs, each for some seconds, until it is killed."""
    asyncio.run(_tick(url, owner, seconds))


async def _tick(url: str, owner: str, seconds: float) -> None:
    store = open_store(url)
    work = partial(_work, store, seconds)
    member = Node(store, owner)
    await member.join(_look_on)
    periodic = Periodic(NAME, every(PERIOD), work)
    await Schedule(store, [periodic], owner, holds=member.holds, tick_every=0.1).start()
    await asyncio.Event().wait()


async def _look_on(_alive: Collection[str]) -> None:
    """The dead leave nothing but slots."""


async def _work(store: Store, seconds: float, slot: datetime) -> None:
    def body(connection: Connection) -> Done[None]:
        count(connection, NAME, key(slot), utc_now())
        return Done(None)

    await asyncio.sleep(seconds)
    await store.write(body)
