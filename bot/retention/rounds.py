"""The nightly round: each class, in short transactions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.archive import packing
from bot.delivery.policy import Bounded, number
from bot.questions.search import last_erased, merge_erased, settle_erased
from bot.retention.classes import AT_ONCE, CLASSES, Kept
from bot.retention.words import Batch
from bot.store import Done, Store
from bot.store.log import empty_log

#: after so many silent days the bodies of messages are packed by month
PACKED_AFTER = Bounded("archive.packed_after_days", 180, 30, 3653)

#: of the search's index in one transaction
_PAGES = 200


async def forget_all(store: Store, now: datetime) -> Mapping[str, int]:
    """Forget what is due in every class, in tables, index and log; return how many rows of each."""
    gone = {kept.name: await _forget(store, kept, now) for kept in CLASSES}
    await write_over(store)
    return gone


async def write_over(store: Store) -> None:
    """Take what was erased out of the search's index and the database's log, byte by byte.

    The index is merged in steps: with a million questions it takes seconds as a whole.
    """
    noted, pages = await store.read(last_erased), -_PAGES
    if noted is not None:
        while await store.write(partial(_merge, pages)):
            pages = _PAGES
        await store.write(partial(_settle, noted))
    await store.read(empty_log)


def due(connection: Connection, now: datetime) -> Mapping[str, tuple[int, int]]:
    """Return days kept and rows due of every class, changing nothing."""
    found = {}
    for kept in CLASSES:
        days = number(connection, kept.rule)
        found[kept.name] = (days, kept.due(connection, now - timedelta(days=days)))
    return found


async def pack_old(store: Store, now: datetime) -> int:
    """Pack what questions' conversations said long ago; return how many conversations."""
    days = await store.read(lambda connection: number(connection, PACKED_AFTER))
    before, total = now - timedelta(days=days), 0
    while packed := await store.write(lambda c: Done(packing.pack(c, before, AT_ONCE))):
        total += packed
    return total


async def _forget(store: Store, kept: Kept, now: datetime) -> int:
    days = await store.read(lambda connection: number(connection, kept.rule))
    body = partial(_some, kept, Batch(now - timedelta(days=days), now, AT_ONCE))
    total = 0
    while gone := await store.write(body):
        total += gone
        if gone < AT_ONCE:
            break
    return total


def _some(kept: Kept, batch: Batch, connection: Connection) -> Done[int]:
    return Done(kept.forget(connection, batch))


def _merge(pages: int, connection: Connection) -> Done[bool]:
    return Done(merge_erased(connection, pages))


def _settle(noted: str, connection: Connection) -> Done[None]:
    settle_erased(connection, noted)
    return Done(None)
