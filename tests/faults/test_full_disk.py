"""PostgreSQL on a disk that runs full: nothing acknowledged is lost, and it recovers."""

import asyncio
import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.store import Done, Store, StoreUnavailable
from bot.store.opening import open_store
from bot.tables.delivery import quarantine
from tests import postgres
from tests.bot.delivery.samples import NOW
from tests.faults.server import own_server
from tests.requirements import require

pytestmark = pytest.mark.long

_BALLAST = 48 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own, where this machine lets us make one."""
    require("postgres")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount") or "mount"
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=260m,mode=755", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("a small disk can be mounted by root only")
    (folder / "ballast").write_bytes(os.urandom(_BALLAST))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


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


async def test_a_full_disk_refuses_and_recovers(small_disk: Path) -> None:
    with own_server(small_disk / "data") as own, postgres.migrated_template(own.server) as name:
        own.database = name
        store = open_store(own.url)
        acknowledged = await fill(store)
        (small_disk / "ballast").unlink()
        await until_taken(store)
        kept = await store.read(lambda c: c.scalar(select(func.count()).select_from(quarantine)))
        await store.close()
    assert kept in (acknowledged + 1, acknowledged + 2)  # one may be kept without our knowing
