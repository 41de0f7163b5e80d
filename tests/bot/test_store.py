"""What `write` and `read` promise, on either database."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.store import Done, Store, StoreUnavailable, Wake
from bot.store.migrations import SchemaNewer, SchemaOutdated
from bot.store.opening import open_store
from bot.tables.delivery import pace
from tests.bot.store_bodies import names, put, refuse
from tests.databases import transaction

pytestmark = pytest.mark.engines


def add_one(connection: Connection) -> Done[int]:
    bumped = update(pace).where(pace.c.name == "a").values(tat_us=pace.c.tat_us + 1)
    return Done(connection.execute(bumped.returning(pace.c.tat_us)).scalar_one())


async def test_what_was_written_is_there_for_readers(store: Store) -> None:
    assert await store.write(put("a")) == "a"
    assert await store.read(names) == ["a"]


async def test_a_body_that_raises_changes_nothing_and_spares_its_neighbours(store: Store) -> None:
    bodies: list[Callable[[Connection], Done[Any]]] = [put("a"), refuse, put("b"), put("c")]
    writes = [store.write(body) for body in bodies]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [str, LookupError, str, str]
    assert await store.read(names) == ["a", "b", "c"]


async def test_a_row_that_is_there_already_is_refused_by_name(store: Store) -> None:
    await store.write(put("a"))
    with pytest.raises(IntegrityError):
        await store.write(put("a"))


async def test_writes_that_add_to_one_row_lose_nothing(store: Store) -> None:
    await store.write(put("a"))
    numbers = await asyncio.gather(*(store.write(add_one) for _ in range(50)))
    assert sorted(numbers) == list(range(2, 52))


async def test_wakes_fire_only_after_the_commit(database_url: str) -> None:
    woken: list[tuple[int, list[str]]] = []

    def on_wake(wake: Wake) -> None:
        with transaction(database_url) as connection:
            woken.append((wake.conversation_id, names(connection)))

    store = open_store(database_url, on_wake)
    await asyncio.gather(store.write(put("abc")), store.write(refuse), return_exceptions=True)
    await store.close()
    assert woken == [(3, ["abc"])]


async def test_a_reader_sees_one_moment(database_url: str, store: Store) -> None:
    """What is written between two looks of one reader stays out of sight."""
    seen: list[list[str]] = []

    def look_twice(connection: Connection) -> None:
        seen.append(names(connection))
        with transaction(database_url) as other:
            other.execute(insert(pace).values(name="a", tat_us=1))
        seen.append(names(connection))

    await store.read(look_twice)
    assert seen == [[], []]
    assert await store.read(names) == ["a"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await store.read(lambda connection: connection.execute(text("DELETE FROM pace")))


async def test_closing_finishes_what_was_begun(database_url: str) -> None:
    store = open_store(database_url)
    begun = [asyncio.ensure_future(store.write(put(str(n)))) for n in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*begun) == ["0", "1", "2", "3", "4"]


async def test_a_closed_store_is_unavailable(database_url: str) -> None:
    store = open_store(database_url)
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.write(put("a"))
    with pytest.raises(StoreUnavailable):
        await store.read(names)


async def test_a_caller_that_gives_up_harms_nobody(store: Store) -> None:
    leaving = asyncio.ensure_future(store.write(put("a")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await store.write(put("b")) == "b"
    assert set(await store.read(names)) <= {"a", "b"}


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        pytest.param("DELETE FROM alembic_version", SchemaOutdated, id="never migrated"),
        pytest.param("UPDATE alembic_version SET version_num='9999'", SchemaNewer, id="newer"),
    ],
)
async def test_another_schema_is_named(
    database_url: str, statement: str, error: type[Exception]
) -> None:
    with transaction(database_url) as connection:
        connection.execute(text(statement))
    with pytest.raises(error):
        open_store(database_url)
