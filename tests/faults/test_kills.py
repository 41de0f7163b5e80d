"""kill -9 at every moment: nothing accepted is lost, nothing said twice in silence, order kept."""

import os
from pathlib import Path
from random import Random

import pytest

from bot.delivery.crashpoints import CrashPoint
from tests.faults.provider import Provider
from tests.faults.trial import Books, Kill, Trial


def provable(books: Books) -> tuple[list[str], list[str], list[str]]:
    return books.lost, books.doubled, books.disordered


async def trial(database: Path, seed: int, kills: list[Kill], chats: int, messages: int) -> Books:
    chance = Random(seed)
    provider = Provider(database.with_name("delivered.log"), chance, trouble=0.01)
    books = await Trial(database, provider, chance).run(chats, messages, kills)
    print(f"seed {seed}: {books}")  # noqa: T201 - the figures of a trial are its result
    return books


async def test_three_kills_lose_and_double_nothing(database_file: Path) -> None:
    kills: list[Kill] = [
        (CrashPoint.AFTER_ACCEPT_COMMIT, 9),
        (CrashPoint.AFTER_RECORD_COMMIT, 12),
        (CrashPoint.AFTER_HTTP_BEFORE_MARK, 10),
    ]
    books = await trial(database_file, seed=20261121, kills=kills, chats=12, messages=10)
    assert provable(books) == ([], [], [])
    assert (books.kills, books.accepted, dict(books.states)) == (3, 120, {"decided": 120})
    assert books.doubtful >= 1


@pytest.mark.long
async def test_twenty_kills_in_every_window_and_at_random(database_file: Path) -> None:
    seed = int(os.environ.get("DANHOI_TEST_SEED", Random().randrange(1_000_000)))
    chance = Random(seed)
    kills: list[Kill] = [(point, chance.randint(1, 40)) for point in CrashPoint]
    kills += [chance.uniform(0.05, 0.6) for _ in range(20 - len(kills))]
    chance.shuffle(kills)
    books = await trial(database_file, seed, kills, chats=200, messages=10)
    assert provable(books) == ([], [], [])
    assert (books.kills, books.accepted, dict(books.states)) == (20, 2000, {"decided": 2000})
