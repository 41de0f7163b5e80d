"""The rehearsal goes all the way and leaves nothing behind."""

import pytest
import structlog
from sqlalchemy import Connection

from bot.delivery.rehearsal import rehearse
from bot.store import Store
from bot.tables import metadata
from tests.bot.delivery.samples import NOW, Parrot, rows

pytestmark = pytest.mark.engines


def written(connection: Connection) -> set[str]:
    """Return the names of the tables of the ledger that have rows."""
    ledger = ("conversation", "inbox", "message", "outbox", "provider_message")
    return {name for name in ledger if rows(connection, metadata.tables[name])}


async def test_a_rehearsal_decides_and_keeps_nothing(store: Store) -> None:
    mind = Parrot()
    await rehearse(store, mind, "làm khai sinh", NOW)
    assert [turn.pending[0].event.text for turn in mind.turns] == ["làm khai sinh"]
    assert await store.read(written) == set()


async def test_a_rehearsal_that_fails_stops_nobody(store: Store) -> None:
    with structlog.testing.capture_logs() as lines:
        await rehearse(store, Parrot(script=[LookupError("no")]), "chào", NOW)
    assert [line["error"] for line in lines] == ["LookupError"]


async def test_a_rehearsal_records_and_sends_where_numbers_come_again(store: Store) -> None:
    recorded: list[bool] = []
    mind = Parrot(script=[lambda: recorded.append(True)])
    with structlog.testing.capture_logs() as lines:
        await rehearse(store, mind, "chào", NOW)
    assert lines == []
    assert len(recorded) <= 1  # PostgreSQL gives no number twice
