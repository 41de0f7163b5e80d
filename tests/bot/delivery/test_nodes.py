"""Who is alive among several processes, and when one of them stops acting by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from functools import partial

import pytest
from sqlalchemy import Connection, delete, select

from bot.delivery import nodes
from bot.delivery.nodes import Node, Pulse, Watch
from bot.store import Done, Store
from bot.tables.nodes import node
from tests.bot.delivery.samples import NOW

pytestmark = pytest.mark.engines

QUICK = Pulse(seconds=0.01, looks=3, holds_for=5.0)


def owners(connection: Connection) -> set[str]:
    return set(connection.scalars(select(node.c.owner)))


class Heir:
    """Remembers who was said to be left."""

    def __init__(self) -> None:
        self.told: list[set[str]] = []

    async def __call__(self, alive: Collection[str]) -> None:
        self.told.append(set(alive))

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - told by a task
                await asyncio.sleep(0.01)


@pytest.fixture
def heir() -> Heir:
    return Heir()


@pytest.fixture
async def member(store: Store, heir: Heir) -> AsyncIterator[Node]:
    member = Node(store, "me", QUICK)
    await member.join(heir)
    yield member
    await member.leave()


async def test_who_comes_in_looks_after_all_that_were_not_alive(member: Node, heir: Heir) -> None:
    assert member.holds()
    assert heir.told == [{"me"}]


async def test_a_node_that_stands_still_is_taken_over(
    member: Node, heir: Heir, store: Store
) -> None:
    assert member.holds()
    await store.write(partial(nodes._beat, "dead", NOW))  # noqa: SLF001 - one beat and no more
    await heir.until(lambda: len(heir.told) == 2)
    assert heir.told[-1] == {"me"}
    assert await store.read(owners) == {"me"}


async def test_of_two_heirs_both_look_and_neither_is_harmed(
    member: Node, heir: Heir, store: Store
) -> None:
    assert member.holds()
    other, second = Node(store, "other", QUICK), Heir()
    await other.join(second)
    await store.write(partial(nodes._beat, "dead", NOW))  # noqa: SLF001
    await heir.until(lambda: len(heir.told) > 1 or len(second.told) > 1)
    await other.leave()
    assert "dead" not in await store.read(owners)


async def test_who_was_given_up_comes_back(member: Node, store: Store, heir: Heir) -> None:
    await store.write(lambda c: Done(c.execute(delete(node)).rowcount))
    await heir.until(member.holds)
    async with asyncio.timeout(5):
        while await store.read(owners) != {"me"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_leaving_needs_no_heir(store: Store, heir: Heir) -> None:
    member = Node(store, "me", QUICK)
    await member.join(heir)
    await member.leave()
    assert not member.holds()
    assert await store.read(owners) == set()


async def test_without_a_beat_for_a_while_it_acts_no_more(store: Store, heir: Heir) -> None:
    now = [100.0]
    member = Node(store, "me", Pulse(seconds=60, holds_for=3.0), seconds=lambda: now[0])
    await member.join(heir)
    now[0] = 102.9
    assert member.holds()
    now[0] = 103.0
    assert not member.holds()
    await member.leave()


def test_only_looks_count_and_a_beat_forgives_all() -> None:
    watch = Watch(looks=3)
    assert [watch.look({"a": 1}) for _ in range(3)] == [frozenset()] * 3
    assert watch.look({"a": 2}) == frozenset()
    assert [bool(watch.look({"a": 2})) for _ in range(3)] == [False, False, True]
