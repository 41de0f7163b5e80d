"""The live library: knowledge in memory that follows the database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bot.catalogue.layers import Layer
from bot.catalogue.library import Library
from bot.catalogue.repository import put_layer, raise_version
from bot.catalogue.starter import load_starter_if_empty
from bot.store import Done
from bot.store.sqlite import SqliteStore
from bot.tables.knowledge import entry
from knowledge.decisions import DecisionKind
from tests.bot.catalogue.samples import NOW, clock

BIRTH = "procedure:1.001193"


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once for all tests here: the same knowledge has the same index."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
async def library(store: SqliteStore, indexes: Path) -> AsyncIterator[Library]:
    library = Library(store, indexes, clock, interval=0.05)
    await library.start()
    yield library
    await library.stop()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - the library tells nobody, it just knows
            await asyncio.sleep(0.02)


def saved(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.glob("*.npz")}


async def retire(store: SqliteStore, entry_id: str) -> None:
    def body(connection: Connection) -> Done[None]:
        gone = update(entry).where(entry.c.id == entry_id).values(state="retired", changed_at=NOW)
        connection.execute(gone)
        raise_version(connection)
        return Done(None)

    await store.write(body)


async def test_a_fresh_database_answers_from_the_shipped_knowledge(library: Library) -> None:
    decision = library.decide("làm khai sanh cho con cần gì")
    assert decision.kind is DecisionKind.ANSWER
    assert decision.entries[0] == BIRTH
    assert library.agency_name("ct-xa-31687") == "UBND xã Tài Văn"


@pytest.mark.usefixtures("library")
async def test_the_shipped_knowledge_is_loaded_once(store: SqliteStore) -> None:
    assert not await load_starter_if_empty(store, NOW)


async def test_a_second_start_uses_the_saved_index(
    library: Library, store: SqliteStore, indexes: Path
) -> None:
    before = saved(indexes)
    again = Library(store, indexes, clock)
    await again.start()
    await again.stop()
    assert saved(indexes) == before
    assert again.version == library.version


async def test_new_words_of_an_officer_are_told_at_once(
    library: Library, store: SqliteStore
) -> None:
    said = {"summary": "Lời mới của cán bộ."}
    await store.write(lambda c: Done(put_layer(c, BIRTH, Layer.LOCAL, said, NOW, "lan")))
    await until(lambda: getattr(library.entry(BIRTH), "summary", "") == "Lời mới của cán bộ.")


async def test_what_is_retired_is_no_more_offered(library: Library, store: SqliteStore) -> None:
    await retire(store, BIRTH)
    await until(lambda: library.entry(BIRTH) is None)
    assert BIRTH not in library.decide("làm khai sanh cho con cần gì").entries


async def test_a_new_entry_is_found_once_its_index_is_swapped_in(
    library: Library, store: SqliteStore
) -> None:
    said = {"title": "Cấp phép thả diều sáo", "aliases": ["xin phép thả diều sáo"], "source": "x"}
    new = "procedure:9.900001"
    await store.write(lambda c: Done(put_layer(c, new, Layer.OFFICE, said, NOW, "lan")))
    await until(lambda: new in library.decide("xin phép thả diều sáo").entries)
    assert library.search("tha dieu sao")[0].id == new


async def test_urgent_numbers_come_first(library: Library) -> None:
    phones = [line.phone for line in library.hotlines()]
    assert phones[0].startswith("11")
    assert sorted(map(len, filter(None, phones))) == [len(phone) for phone in phones if phone]
