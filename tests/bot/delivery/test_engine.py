"""The engine as a whole, in one process: from an accepted message to a delivered reply."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.channels import Delivery, Sent
from bot.delivery.dispatcher import EmbeddedDispatcher
from bot.delivery.engine import Engine, embedded_lanes
from bot.delivery.inbox import accept, transcript
from bot.delivery.sender import Sender
from bot.delivery.worker import Worker
from bot.store import Store
from bot.store.opening import open_store
from bot.tables.delivery import inbox, outbox
from tests.bot.delivery.samples import NOW, Parrot, ScriptedChannel, said, states

pytestmark = pytest.mark.engines


class Box(ScriptedChannel):
    """A channel that tells when it has seen enough."""

    def __init__(self) -> None:
        super().__init__()
        self.by_chat: dict[int, list[str]] = {}
        self.news = asyncio.Condition()

    async def send(self, delivery: Delivery) -> Sent:
        sent = await super().send(delivery)
        self.by_chat.setdefault(delivery.conversation_id, []).append(delivery.message.text)
        async with self.news:
            self.news.notify_all()
        return sent

    async def until(self, number: int) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.seen) >= number)


@asynccontextmanager
async def running(url: str, channel: ScriptedChannel) -> AsyncIterator[tuple[Store, Engine]]:
    lanes = embedded_lanes(["fake"])
    store = open_store(url, lanes.announce)
    worker = Worker(store, Parrot(one_by_one=True))
    engine = Engine(store, lanes, worker, Sender(store, {"fake": channel}, "me"))
    await engine.start()
    try:
        yield store, engine
    finally:
        await engine.stop()
        await store.close()


async def receive(store: Store, text: str, who: str = "an") -> int:
    event = said(text, who=who)
    accepted = await store.write(partial(accept, incoming=event, raw=b"", now=NOW))
    return accepted.conversation_id


async def test_every_message_is_answered_in_the_order_of_its_conversation(
    database_url: str,
) -> None:
    box = Box()
    async with running(database_url, box) as (store, _):
        for n in range(20):
            await asyncio.gather(*(receive(store, f"{who}{n}", who) for who in "abc"))
        await box.until(60)
    expected = [[f"re: {who}{n}" for n in range(20)] for who in "abc"]
    assert sorted(box.by_chat.values()) == expected


async def test_what_a_process_left_open_is_finished_by_the_next(database_url: str) -> None:
    store = open_store(database_url)
    await receive(store, "một")
    await store.close()
    box = Box()
    async with running(database_url, box) as (store, _):
        await box.until(1)
    assert box.seen == ["re: một"]


async def test_a_listener_hears_of_the_reply(database_url: str) -> None:
    async with running(database_url, Box()) as (store, engine):
        chat = await receive(store, "một")
        with engine.listeners.subscribe(chat) as news:
            while True:
                lines = await store.read(partial(transcript, conversation_id=chat))
                if len(lines) == 2:
                    break
                assert await news.wait(5)
        assert engine.listeners.count(chat) == 0
    assert [line.text for line in lines] == ["một", "re: một"]


async def test_a_listener_of_a_quiet_conversation_can_send_a_heartbeat(
    database_url: str,
) -> None:
    async with running(database_url, Box()) as (_, engine):
        with engine.listeners.subscribe(1) as news:
            assert not await news.wait(0.01)


async def test_stopping_leaves_everything_finished_or_durable(database_url: str) -> None:
    box = Box()
    async with running(database_url, box) as (store, _):
        await asyncio.gather(*(receive(store, f"{n}", f"{n}") for n in range(30)))
    store = open_store(database_url)
    decided = (await store.read(lambda c: states(c, inbox))).count("decided")
    sent = await store.read(lambda c: states(c, outbox))
    await store.close()
    assert len(sent) == decided
    assert sent.count("sent") == len(box.seen)
    assert set(sent) <= {"sent", "pending"}


async def test_a_sweep_leaves_alone_what_waits_for_a_channel_that_is_off(
    database_url: str,
) -> None:
    lanes, store = embedded_lanes([]), open_store(database_url)
    worker = Worker(store, Parrot())
    await worker.drain(await receive(store, "một"))
    await Engine(store, lanes, worker, Sender(store, {}, "me")).sweep()
    assert isinstance(lanes.deciding, EmbeddedDispatcher)
    assert (await store.read(lambda c: states(c, outbox)), lanes.deciding.busy()) == (
        ["pending"],
        0,
    )
    await store.close()
