"""What was erased is in no byte of the database's files any more."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.questions.erasure import erase_citizen
from bot.retention.rounds import forget_all, write_over
from bot.store import Done
from bot.store.log import empty_log
from bot.store.sqlite import SqliteStore
from bot.tables.desk import question
from tests.bot.questions.samples import NOW, ask, prepare
from tests.bot.retention.test_rounds import FIVE_YEARS

#: words that nothing else in the file holds, as they were written and as the index has them
SAID, INDEXED = "Qwyzzle xưởng gỗ zqvvrk", (b"Qwyzzle", b"qwyzzle", b"zqvvrk")


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
async def shop(database_file: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(database_file)

    def furnish(connection: Connection) -> Done[None]:
        prepare(connection)
        for _ in range(3):
            ask(connection, "Hỏi chuyện khác.")
        ask(connection, SAID)
        return Done(None)

    await store.write(furnish)
    yield store
    await store.close()


def kept(file: Path) -> list[bytes]:
    """Return the words that still lie in the database or in its log."""
    lying = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    return [word for word in INDEXED if word in lying]


async def test_words_lie_in_the_files_until_they_are_erased(
    shop: SqliteStore, database_file: Path
) -> None:
    assert await shop.read(empty_log)
    assert kept(database_file) == [*INDEXED]


async def test_an_erased_citizens_words_are_in_no_byte(
    shop: SqliteStore, database_file: Path
) -> None:
    await shop.write(lambda c: Done(erase_citizen(c, 1, "test", NOW)))
    await write_over(shop)
    assert kept(database_file) == []


async def test_what_outlived_its_time_is_in_no_byte(shop: SqliteStore, database_file: Path) -> None:
    closed = question.update().values(bucket="answered", closed_at=NOW)
    await shop.write(lambda c: Done(c.execute(closed).rowcount))
    await forget_all(shop, NOW + FIVE_YEARS)
    assert kept(database_file) == []
