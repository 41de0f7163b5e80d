"""Entries judged again: rules begin to hold on their day, and new ones come with a release."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from bot.catalogue.acts import refresh
from bot.catalogue.repository import Known, known
from bot.moments import Clock
from bot.store import Done, Store
from bot.tables.knowledge import entry
from knowledge.layers import Data, assemble

_CHUNK = 100
_BREATH = 0.02


async def lint_again(store: Store, clock: Clock) -> int:
    """Look every entry over by the rules of today; return how many had to change."""
    ids = await store.read(lambda c: c.scalars(select(entry.c.id).order_by(entry.c.id)).all())
    changed = 0
    for start in range(0, len(ids), _CHUNK):
        changed += await _look_over(store, ids[start : start + _CHUNK], clock)
        await asyncio.sleep(_BREATH)
    return changed


async def _look_over(store: Store, ids: Sequence[str], clock: Clock) -> int:
    present, says = await store.read(lambda c: (known(c, ids), _merged(c, ids)))
    differing = await asyncio.to_thread(_differing, present, says, clock().date())

    def write(connection: Connection) -> Done[int]:
        for entry_id in differing:
            refresh(connection, entry_id, clock(), "lint")
        return Done(len(differing))

    return await store.write(write) if differing else 0


def _merged(connection: Connection, ids: Sequence[str]) -> Mapping[str, Data]:
    query = select(entry.c.id, entry.c.merged).where(entry.c.id.in_(ids))
    return {row.id: row.merged for row in connection.execute(query)}


def _differing(present: Mapping[str, Known], says: Mapping[str, Data], on: date) -> list[str]:
    return [
        entry_id
        for entry_id, of_entry in present.items()
        if assemble(entry_id, of_entry.layers, of_entry.confirmations, on).entry.as_json()
        != says[entry_id]
    ]
