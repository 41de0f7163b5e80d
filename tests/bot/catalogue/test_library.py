"""The live library: knowledge in memory that follows the database."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from bot.catalogue.acts import decide_alias, put_layer, set_state
from bot.catalogue.library import Library
from bot.catalogue.starter import load_starter_if_empty
from bot.store import Done, Store
from bot.store.opening import open_store
from bot.tables.knowledge import alias
from knowledge.decisions import DecisionKind
from knowledge.layers import Layer
from tests.bot.catalogue.samples import NOW, clock

BIRTH = "procedure:1.001193"


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once for all tests here: the same knowledge has the same index."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def shipped(migrated_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped knowledge in it; copy it, never write to it."""
    path = tmp_path_factory.mktemp("shipped") / "danhoi.db"
    shutil.copyfile(migrated_template, path)
    asyncio.run(load_into(f"sqlite:///{path}"))
    return path


async def load_into(url: str) -> None:
    store = open_store(url)
    assert await load_starter_if_empty(store, NOW)
    await store.close()


@pytest.fixture
def database_file(shipped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(shipped, tmp_path / "danhoi.db"))


@pytest.fixture
async def postgres_url(postgres_url: str) -> str:
    await load_into(postgres_url)
    return postgres_url


@pytest.fixture
async def library(store: Store, indexes: Path) -> AsyncIterator[Library]:
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


async def retire(store: Store, entry_id: str) -> None:
    def body(connection: Connection) -> Done[None]:
        set_state(connection, entry_id, "retired", NOW, "lan")
        return Done(None)

    await store.write(body)


async def accept(store: Store, entry_id: str, phrasing: str) -> None:
    def body(connection: Connection) -> Done[None]:
        row = {"entry_id": entry_id, "text": phrasing, "state": "proposed", "at": NOW}
        connection.execute(insert(alias).values({**row, "origin": "confirmed"}))
        decide_alias(connection, connection.scalars(select(alias.c.id)).one(), accepted=True)
        return Done(None)

    await store.write(body)


async def test_a_fresh_database_answers_from_the_shipped_knowledge(library: Library) -> None:
    decision = library.decide("làm khai sanh cho con cần gì")
    assert decision.kind is DecisionKind.ANSWER
    assert decision.entries[0] == BIRTH
    assert library.agency_name("ct-xa-31687") == "UBND xã Tài Văn"


@pytest.mark.usefixtures("library")
async def test_the_shipped_knowledge_is_loaded_once(store: Store) -> None:
    assert not await load_starter_if_empty(store, NOW)


async def test_a_second_start_uses_the_saved_index(
    library: Library, store: Store, indexes: Path
) -> None:
    before = saved(indexes)
    again = Library(store, indexes, clock)
    await again.start()
    await again.stop()
    assert saved(indexes) == before
    assert again.version == library.version


async def test_new_words_of_an_officer_are_told_at_once(library: Library, store: Store) -> None:
    said = {"summary": "Lời mới của cán bộ."}
    await store.write(lambda c: Done(put_layer(c, BIRTH, Layer.LOCAL, said, NOW, "lan")))
    await until(lambda: getattr(library.entry(BIRTH), "summary", "") == "Lời mới của cán bộ.")


async def test_what_is_retired_is_no_more_offered(library: Library, store: Store) -> None:
    await retire(store, BIRTH)
    await until(lambda: library.entry(BIRTH) is None)
    assert BIRTH not in library.decide("làm khai sanh cho con cần gì").entries


async def test_new_entries_and_accepted_phrasings_are_found_once_the_index_is_swapped(
    library: Library, store: Store
) -> None:
    said = {"title": "Cấp phép thả diều sáo", "source": "x"}
    new = "procedure:9.900001"
    await accept(store, BIRTH, "rước giấy hoa niên cho sắp nhỏ")
    await store.write(lambda c: Done(put_layer(c, new, Layer.OFFICE, said, NOW, "lan")))
    await until(lambda: new in library.decide("xin phép thả diều sáo").entries)
    assert library.search("tha dieu sao")[0].id == new
    assert library.decide("rước giấy hoa niên cho sắp nhỏ").entries[0] == BIRTH


async def test_urgent_numbers_come_first(library: Library) -> None:
    phones = [line.phone for line in library.hotlines()]
    assert phones[:3] == ["113", "114", "115"]
    assert sorted(map(len, filter(None, phones))) == [len(phone) for phone in phones if phone]
