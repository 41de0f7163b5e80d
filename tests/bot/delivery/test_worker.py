"""Deciding: in order, once, and whatever fails the conversation moves on."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, update

from bot.delivery.backoff import Backoff
from bot.delivery.inbox import accept, transcript
from bot.delivery.turns import Stale, Wait
from bot.delivery.worker import Worker, WorkerRules
from bot.messages import Outgoing
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import conversation, inbox
from tests.bot.delivery.samples import NOW, Parrot, Ticker, rows, said, states

pytestmark = pytest.mark.engines

RETRY = Backoff(timedelta(seconds=10), timedelta(minutes=1), attempts=3, chance=lambda: 0.5)
SORRY = Outgoing("Dạ, kênh đã nhận tin và sẽ xem lại.")


def worker(store: Store, mind: Parrot, clock: Ticker | None = None) -> Worker:
    rules = WorkerRules(apology=lambda _incoming: (SORRY,), retry=RETRY)
    return Worker(store, mind, rules, clock or Ticker())


async def receive(store: Store, *texts: str) -> None:
    for text in texts:
        await store.write(partial(accept, incoming=said(text), raw=b"", now=NOW))


async def replies(store: Store) -> list[str]:
    lines = await store.read(lambda connection: transcript(connection, 1))
    return [line.text for line in lines if line.role == "assistant"]


async def test_what_came_in_is_decided_as_one_thought(store: Store) -> None:
    mind = Parrot()
    await receive(store, "cho em hỏi", "khai sinh cần gì")
    assert await worker(store, mind).drain(1) is None
    assert await replies(store) == ["re: cho em hỏi / khai sinh cần gì"]
    assert await store.read(lambda c: states(c, inbox)) == ["decided", "decided"]
    assert (mind.turns[0].recalled, mind.turns[0].pending[1].message_id) == ("recalled", 2)


async def test_a_plan_may_cover_a_part_and_the_rest_is_next(store: Store) -> None:
    mind = Parrot(one_by_one=True)
    await receive(store, "một", "hai")
    for _ in range(3):
        await worker(store, mind).drain(1)
    assert await replies(store) == ["re: một", "re: hai"]
    assert mind.turns[1].state == {"last": "một"}


async def test_too_little_to_decide_on_waits(store: Store) -> None:
    until = NOW + timedelta(seconds=1.5)
    mind = Parrot([Wait(until)])
    await receive(store, "cho em hỏi")
    assert await worker(store, mind).drain(1) == until
    assert await replies(store) == []
    assert await worker(store, mind).drain(1) is None
    assert await replies(store) == ["re: cho em hỏi"]


async def test_a_decision_on_changed_knowledge_is_made_again(store: Store) -> None:
    def changed() -> None:
        raise Stale

    mind = Parrot([changed, changed])
    await receive(store, "lệ phí")
    await worker(store, mind).drain(1)
    assert len(mind.turns) == 3
    assert await replies(store) == ["re: lệ phí"]


async def test_a_failed_message_is_tried_again_later(store: Store) -> None:
    clock, mind = Ticker(), Parrot([RuntimeError("0912345678")])
    await receive(store, "một")
    again = NOW + timedelta(seconds=5)
    assert await worker(store, mind, clock).drain(1) == again
    assert await worker(store, mind, clock).drain(1) == again
    clock.advance(seconds=5)
    assert await worker(store, mind, clock).drain(1) is None
    assert await replies(store) == ["re: một"]
    assert [row["reason"] for row in await store.read(lambda c: rows(c, inbox))] == ["RuntimeError"]


async def test_poison_is_put_aside_with_a_reply_and_the_next_message_goes_on(
    store: Store,
) -> None:
    clock, mind = Ticker(), Parrot([KeyError("x")] * 3, one_by_one=True)
    await receive(store, "độc", "lành")
    for _ in range(4):
        await worker(store, mind, clock).drain(1)
        clock.advance(minutes=2)
    assert await replies(store) == [SORRY.text, "re: lành"]
    first, second = await store.read(lambda c: rows(c, inbox))
    assert (first["state"], first["reason"], first["attempts"]) == ("aside", "KeyError", 3)
    assert second["state"] == "decided"


async def test_a_mind_that_cannot_recall_is_a_failed_decision(store: Store) -> None:
    class Forgetful(Parrot):
        def recall(self, *_: object) -> object:
            raise LookupError

    await receive(store, "một")
    assert await worker(store, Forgetful()).drain(1) == NOW + timedelta(seconds=5)


async def test_a_decision_is_void_when_another_worker_went_on(store: Store) -> None:
    other = worker(store, Parrot())

    class Slow(Parrot):
        async def decide(self, *arguments: object) -> object:  # type: ignore[override]
            await other.drain(1)
            return await super().decide(*arguments)  # type: ignore[arg-type]

    await receive(store, "một")
    assert await worker(store, Slow()).drain(1) == NOW
    assert await replies(store) == ["re: một"]


def take_over(connection: Connection) -> Done[None]:
    connection.execute(update(conversation).values(fence=conversation.c.fence + 1))
    return Done(None)


async def test_a_decision_is_void_after_a_take_over(store: Store) -> None:
    class Frozen(Parrot):
        async def decide(self, *arguments: object) -> object:  # type: ignore[override]
            await store.write(take_over)
            return await super().decide(*arguments)  # type: ignore[arg-type]

    await receive(store, "một")
    assert await worker(store, Frozen()).drain(1) == NOW
    assert await replies(store) == []


async def test_an_unavailable_store_costs_the_message_no_attempt(store: Store) -> None:
    def gone() -> None:
        raise StoreUnavailable

    await receive(store, "một")
    with pytest.raises(StoreUnavailable):
        await worker(store, Parrot([gone])).drain(1)
    assert [row["attempts"] for row in await store.read(lambda c: rows(c, inbox))] == [0]


async def test_a_conversation_with_nothing_to_decide_asks_for_nothing(store: Store) -> None:
    assert await worker(store, Parrot()).drain(1) is None
