"""PostgreSQL on a disk that runs full: nothing acknowledged is lost, and it recovers."""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.store import Done, Store, StoreUnavailable
from bot.store.opening import open_store
from bot.tables.delivery import quarantine
from tests import postgres
from tests.bot.delivery.samples import NOW
from tests.faults.disk import Disk, small_disk
from tests.faults.server import own_server
from tests.requirements import require

pytestmark = pytest.mark.long


@pytest.fixture
def disk() -> Iterator[Disk]:
    require("postgres")
    with small_disk(megabytes=260) as disk:
        yield disk


def keep(size: int) -> Callable[[Connection], Done[None]]:
    def body(connection: Connection) -> Done[None]:
        row = {"channel": "web", "headers": {}, "reason": "test", "received_at": NOW}
        connection.execute(insert(quarantine).values(**row, raw=os.urandom(size)))
        return Done(None)

    return body


async def fill(store: Store) -> int:
    """Write until there is no room; return how much was acknowledged."""
    for acknowledged in itertools.count():
        try:
            await store.write(keep(1_000_000))
        except StoreUnavailable:
            return acknowledged
    raise AssertionError


async def until_taken(store: Store) -> None:
    """Write until it is taken again."""
    async with asyncio.timeout(60):
        while True:
            with suppress(StoreUnavailable):
                return await store.write(keep(10))
            await asyncio.sleep(0.2)


async def test_a_full_disk_refuses_and_recovers(disk: Disk) -> None:
    with own_server(disk.folder / "data") as own, postgres.migrated_template(own.server) as name:
        own.database = name
        store = open_store(own.url)
        acknowledged = await fill(store)
        disk.throw_away()
        await until_taken(store)
        kept = await store.read(lambda c: c.scalar(select(func.count()).select_from(quarantine)))
        await store.close()
    assert kept in (acknowledged + 1, acknowledged + 2)  # one may be kept without our knowing
