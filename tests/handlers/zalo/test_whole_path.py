"""From a citizen at Zalo through the ledger and back, with Zalo misbehaving on the way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.delivery.backoff import Backoff
from bot.delivery.engine import Engine, embedded_lanes
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.worker import Worker
from bot.operations.metrics import Metrics
from bot.store import Store
from bot.store.opening import open_store
from bot.tables.delivery import conversation, inbox, outbox
from handlers.zalo import Conduct, build
from handlers.zalo.webhook import PATH
from tests.bot.delivery.samples import Parrot
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import KEYS, application, settings_for

RULES = SenderRules(
    retry=Backoff(timedelta(milliseconds=20), timedelta(milliseconds=50), 20),
    grace=timedelta(milliseconds=100),
)


class WholePath:
    """The service between a webhook and Zalo's API."""

    def __init__(self, zalo: FakeZalo, store: Store) -> None:
        self.zalo, self.store = zalo, store

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait for something to become true."""
        for _ in range(500):
            if await holds():
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"still {await self.outbox_states()}")

    async def outbox_states(self) -> list[tuple[str, str | None]]:
        statement = select(outbox.c.state, outbox.c.receipt).order_by(outbox.c.id)
        return await self.store.read(lambda c: [tuple(row) for row in c.execute(statement)])

    async def all_sent(self, number: int) -> bool:
        return [state for state, _ in await self.outbox_states()] == ["sent"] * number

    def seen(self) -> list[str]:
        return [line["text"] for line in self.zalo.chats.deliveries(USER)]


@pytest.fixture
async def path(tmp_path: Path, database_url: str) -> AsyncIterator[WholePath]:
    zalo = FakeZalo(tmp_path / "deliveries.jsonl", habits=Habits(seen=True))
    await zalo.start()
    lanes = embedded_lanes(["zalo"])
    store = open_store(database_url, lanes.announce)
    parts = await build(
        settings_for(zalo, tmp_path), store, KEYS, zalo.clock.now, Metrics(),
        Conduct(ClientTimeout(total=0.3)),
    )  # fmt: skip
    sender = Sender(store, {"zalo": parts.channel}, "test", RULES)
    engine = Engine(store, lanes, Worker(store, Parrot(one_by_one=True)), sender)
    await engine.start()
    server = TestServer(application(parts))
    await server.start_server()
    zalo.webhooks.url = str(server.make_url(PATH))
    yield WholePath(zalo, store)
    await engine.stop()
    await parts.close()
    await zalo.stop()
    await server.close()
    await store.close()


async def test_a_question_is_answered_and_its_receipts_are_noted(path: WholePath) -> None:
    path.zalo.say(USER, "alo")

    async def was_seen() -> bool:
        return await path.outbox_states() == [("sent", "seen")]

    await path.until(was_seen)
    assert path.seen() == ["re: alo"]


async def test_an_echo_is_not_answered_and_silences_nobody(
    path: WholePath,
) -> None:
    for word in ("một", "hai"):
        path.zalo.say(USER, word)
        await path.zalo.webhooks.settled()
    await path.until(lambda: path.all_sent(2))
    await path.zalo.webhooks.settled()
    silent = select(conversation.c.silent_until)
    assert await path.store.read(lambda c: c.execute(silent).scalars().all()) == [None]
    assert path.seen() == ["re: một", "re: hai"]


async def test_an_officer_writing_by_hand_silences_the_assistant(path: WholePath) -> None:
    hooks, ours = path.zalo.webhooks, path.zalo.account.oa_id
    by_hand = {"text": "Chào bác, tôi là cán bộ phường.", "msg_id": "d1"}
    await hooks.post(hooks.event("oa_send_text", ours, USER, by_hand))
    silent = select(conversation.c.silent_until)
    (until,) = await path.store.read(lambda c: c.execute(silent).scalars().all())
    assert until is not None


async def test_duplicates_make_no_second_answer(path: WholePath) -> None:
    path.zalo.webhooks.copies = 3
    path.zalo.say(USER, "alo")
    await path.until(lambda: path.all_sent(1))
    await path.zalo.webhooks.settled()
    kept = select(inbox.c.id).where(inbox.c.event_id.contains("user_send_text"))
    assert len(await path.store.read(lambda c: c.execute(kept).all())) == 1
    assert path.seen() == ["re: alo"]


async def test_news_in_the_wrong_order_comes_to_the_same(path: WholePath) -> None:
    path.zalo.say(USER, "alo")
    await path.zalo.webhooks.settled()
    path.zalo.webhooks.held = []
    await path.until(lambda: path.all_sent(1))
    await path.zalo.webhooks.release()
    assert await path.outbox_states() == [("sent", "seen")]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(Kind.STATUS, 503, id="503"),
        pytest.param(Kind.HTML, 0, id="page of a gateway"),
        pytest.param(Kind.SILENCE_BEFORE, 0, id="timeout before acceptance"),
        pytest.param(Kind.SILENCE_AFTER, 0, id="timeout after acceptance"),
        pytest.param(Kind.CUT_BEFORE, 0, id="reset before acceptance"),
        pytest.param(Kind.CUT_AFTER, 0, id="reset after acceptance"),
        pytest.param(Kind.MALFORMED_AFTER, 0, id="half an answer"),
    ],
)
async def test_whatever_happens_the_answer_arrives_once(
    path: WholePath, kind: Kind, value: int
) -> None:
    path.zalo.troubles.add("send", kind, value)
    path.zalo.say(USER, "alo")
    await path.until(lambda: path.all_sent(1))
    assert path.seen() == ["re: alo"]


async def test_a_revoked_token_is_replaced_without_anybody_noticing(path: WholePath) -> None:
    path.zalo.say(USER, "một")
    await path.until(lambda: path.all_sent(1))
    path.zalo.clock.ahead = timedelta(minutes=5)
    path.zalo.tokens.access = "revoked"
    path.zalo.say(USER, "hai")
    await path.until(lambda: path.all_sent(2))
    assert (path.seen(), path.zalo.tokens.calls) == (["re: một", "re: hai"], 2)


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.SILENCE_AFTER, Kind.CUT_BEFORE])
async def test_a_long_answer_broken_off_in_the_middle_is_completed(
    path: WholePath, kind: Kind
) -> None:
    long = "\n\n".join(f"Phần {n}: " + "nội dung " * 180 for n in (1, 2, 3))
    path.zalo.troubles.add("send", Kind.DELAY)
    path.zalo.troubles.add("send", kind)
    path.zalo.say(USER, long)
    await path.until(lambda: path.all_sent(1))
    assert [text.split(":")[-2][-6:] for text in path.seen()] == ["Phần 1", "Phần 2", "Phần 3"]


async def test_without_echoes_the_conversation_itself_is_asked(path: WholePath) -> None:
    path.zalo.habits = Habits(echo=False, received=False)
    path.zalo.troubles.add("send", Kind.CUT_AFTER)
    path.zalo.say(USER, "alo")
    await path.until(lambda: path.all_sent(1))
    assert path.seen() == ["re: alo"]


async def test_after_seven_days_an_answer_waits_for_the_citizen(path: WholePath) -> None:
    path.zalo.chats.refused[USER] = -230
    path.zalo.say(USER, "alo")

    async def waits() -> bool:
        return await path.outbox_states() == [("waiting", None)]

    await path.until(waits)
    path.zalo.chats.refused.clear()
    path.zalo.say(USER, "còn đó không")
    await path.until(lambda: path.all_sent(2))
    assert path.seen() == ["re: alo", "re: còn đó không"]
