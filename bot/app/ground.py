"""What everything stands on: the database, the lanes, and our place among other processes."""

import os
import secrets
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.app.channels import CHANNELS
from bot.delivery.engine import Lanes, embedded_lanes, sending_lanes
from bot.delivery.news import News
from bot.delivery.nodes import Alone, Membership, Node
from bot.delivery.shared import SharedDispatcher
from bot.moments import Clock
from bot.settings import Settings
from bot.store import Store, Wake
from bot.store.clock import CommonClock, SteadyClock
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from bot.store.urls import sqlite_path


@dataclass(frozen=True)
class Ground:
    """The store with the lanes it announces to, and whether others work on it too."""

    store: Store
    lanes: Lanes
    membership: Membership
    clock: Clock
    owner: str
    alone: bool


async def lay_ground(
    settings: Settings, clock: Clock, stack: AsyncExitStack, *, live: bool
) -> Ground:
    """Open the database: one process on SQLite, any number of them on PostgreSQL.

    Live processes on PostgreSQL go by the database's clock, whatever theirs says; none of them
    goes back in time.
    """
    owner = _owner()
    path = sqlite_path(settings.database_url)
    if path is None:
        return await _shared(settings.database_url, owner, None if live else clock, stack)
    clock = SteadyClock(clock) if live else clock
    lanes = embedded_lanes(CHANNELS, clock=clock)
    store = SqliteStore(path, lanes.announce, exclusive=True)
    stack.push_async_callback(store.close)
    lanes = replace(lanes, is_accepting=store.is_accepting)
    return Ground(store, lanes, Alone(), clock, owner, alone=True)


async def _shared(url: str, owner: str, clock: Clock | None, stack: AsyncExitStack) -> Ground:
    """Beats go through a connection of their own: a busy process is not a dead one."""
    pulse = PostgresStore(url, connections=1)
    stack.push_async_callback(pulse.close)
    if clock is None:
        common = CommonClock(pulse)
        await common.start()
        stack.push_async_callback(common.stop)
        clock = SteadyClock(common)
    node = Node(pulse, owner, clock=clock)
    dispatcher = SharedDispatcher(url, node.holds, clock=clock)
    await dispatcher.open()
    stack.push_async_callback(dispatcher.close)
    lanes = Lanes(dispatcher, sending_lanes(CHANNELS, clock))
    news = News(url, lanes.listeners)

    def announce(connection: Connection, wakes: Sequence[Wake]) -> None:
        if wakes:
            dispatcher.announce(connection, wakes)
            news.announce(connection, wakes)

    store = PostgresStore(url, lanes.announce, announce)
    stack.push_async_callback(store.close)
    await news.start()
    stack.push_async_callback(news.stop)
    return Ground(store, lanes, node, clock, owner, alone=False)


def _owner() -> str:
    """Return a name that no other process has or had: process numbers come back."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
