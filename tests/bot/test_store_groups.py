"""What writes and looks share a transaction on PostgreSQL, and what they do not share."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pytest
from sqlalchemy import Connection, insert, select, text, update

from bot.store import Done, JointBody, JointLook, NotTogether, Wake
from bot.store.postgres import PostgresStore
from bot.tables.delivery import pace
from tests.bot.store_bodies import names, put, refuse
from tests.databases import transaction


@pytest.fixture
def engine_name() -> str:
    return "postgres"


@dataclass(frozen=True, slots=True)
class Putting(JointBody[str]):
    """Puts a row and says how; it refuses company where a name says so."""

    urgent: ClassVar[bool] = False

    name: str

    def __call__(self, connection: Connection) -> Done[str]:
        put(self.name)(connection)
        return Done(f"{self.name} alone")

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[Done[str]]:
        connection.execute(insert(pace), [{"name": body.name, "tat_us": 1} for body in bodies])
        if any(body.name == "shy" for body in bodies):
            raise NotTogether
        return [Done(f"{body.name} together") for body in bodies]


@dataclass(frozen=True, slots=True)
class Counting(JointLook[int]):
    """Says with how many others it looked."""

    def __call__(self, connection: Connection) -> int:  # noqa: ARG002
        return 1

    @classmethod
    def together(cls, connection: Connection, bodies: Sequence[Self]) -> Sequence[int]:  # noqa: ARG003
        return [len(bodies)] * len(bodies)


def divide(connection: Connection) -> int:
    number: int = connection.execute(text("SELECT 1 / 0")).scalar_one()
    return number


async def test_what_waits_shares_a_commit(store: PostgresStore) -> None:
    await asyncio.gather(*(store.write(put(str(n))) for n in range(20)))
    assert store.commits == 1


async def test_a_group_is_announced_once(database_url: str) -> None:
    told: list[list[int]] = []

    def announce(_connection: Connection, wakes: Sequence[Wake]) -> None:
        told.append([wake.conversation_id for wake in wakes])

    store = PostgresStore(database_url, announce=announce)
    await asyncio.gather(*(store.write(put(name)) for name in ("a", "bb", "ccc")))
    await store.close()
    assert told == [[1, 2, 3]]


async def test_one_that_fails_is_taken_out(store: PostgresStore) -> None:
    bodies: list[Callable[[Connection], Done[Any]]] = [put("a"), refuse, Putting("b")]
    kept = await asyncio.gather(*map(store.write, bodies), return_exceptions=True)
    assert [type(each) for each in kept] == [str, LookupError, str]
    assert await store.read(names) == ["a", "b"]


@pytest.mark.parametrize(
    ("those", "how"),
    [
        pytest.param(("a", "b"), "together", id="those who can, together"),
        pytest.param(("a", "shy"), "alone", id="one who cannot: each alone"),
    ],
)
async def test_joint_bodies(store: PostgresStore, those: Sequence[str], how: str) -> None:
    said = await asyncio.gather(*(store.write(Putting(name)) for name in those))
    assert said == [f"{name} {how}" for name in those]
    assert await store.read(names) == sorted(those)


async def test_a_group_gives_way_to_who_holds_a_row(
    database_url: str, store: PostgresStore
) -> None:
    await store.write(put("held"))
    with transaction(database_url) as other:
        other.execute(update(pace).values(tat_us=5))
        add = update(pace).where(pace.c.name == "held").values(tat_us=pace.c.tat_us + 1)
        waiting = asyncio.ensure_future(store.write(lambda c: Done(c.execute(add).rowcount)))
        await asyncio.wait_for(store.write(put("free")), 5)
        assert not waiting.done()
    await waiting
    assert await store.read(lambda c: c.scalars(select(pace.c.tat_us)).all()) == [1, 6]


async def test_looks_that_wait_are_answered_together(store: PostgresStore) -> None:
    assert await asyncio.gather(*(store.read(Counting()) for _ in range(3))) == [3, 3, 3]


async def test_a_look_that_fails_spoils_no_other(store: PostgresStore) -> None:
    await store.write(put("a"))
    seen = await asyncio.gather(
        store.read(names), store.read(divide), store.read(names), return_exceptions=True
    )
    assert [seen[0], seen[2]] == [["a"], ["a"]]
    assert isinstance(seen[1], Exception)


async def test_who_looks_long_keeps_nobody_waiting(store: PostgresStore) -> None:
    slow = asyncio.ensure_future(store.read(lambda c: c.execute(text("SELECT pg_sleep(2)")).all()))
    assert await asyncio.wait_for(store.read(names), 1.9) == []
    assert not slow.done()
    await slow
