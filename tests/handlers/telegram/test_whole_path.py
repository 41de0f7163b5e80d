"""From a citizen at Telegram through the ledger and back, with Telegram misbehaving on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.delivery.backoff import Backoff
from bot.delivery.engine import Engine, embedded_lanes
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.worker import Worker
from bot.settings import TelegramMode
from bot.store import Store
from bot.store.sqlite import SqliteStore
from bot.tables.delivery import conversation, inbox, message, outbox
from handlers.telegram import TelegramParts
from handlers.telegram.webhook import PATH
from tests.bot.delivery.samples import Parrot
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Refusal
from tests.fakes.zalo.trouble import Kind
from tests.handlers.telegram.samples import USER
from tests.handlers.telegram.world import application, parts_for, settings_for

RULES = SenderRules(
    retry=Backoff(timedelta(milliseconds=20), timedelta(milliseconds=50), 20),
    grace=timedelta(milliseconds=100),
)


class WholePath:
    """The service between Telegram's updates and its API."""

    def __init__(self, telegram: FakeTelegram, store: Store, parts: TelegramParts) -> None:
        self.telegram, self.store, self.parts = telegram, store, parts

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something to become true."""
        for _ in range(500):
            if await holds():
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"still {await self.outbox_states()}, seen {self.seen()}")

    async def outbox_states(self) -> list[tuple[str, str | None]]:
        statement = select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id)
        return await self.store.read(lambda c: [tuple(row) for row in c.execute(statement)])

    async def all_sent(self, number: int) -> bool:
        return [state for state, _ in await self.outbox_states()] == ["sent"] * number

    def seen(self) -> list[str]:
        return [line["text"] for line in self.telegram.chats.deliveries(USER)]

    async def answered(self, *texts: str) -> None:
        """Wait until the citizen saw these and nothing else."""

        async def holds() -> bool:
            return self.seen() == list(texts) and await self.all_sent(len(texts))

        await self.until(holds)


BOTH_WAYS = pytest.mark.parametrize(
    "path", [TelegramMode.WEBHOOK, TelegramMode.POLLING], indirect=True
)


@pytest.fixture
async def path(
    request: pytest.FixtureRequest, tmp_path: Path, telegram: FakeTelegram, database_file: Path
) -> AsyncIterator[WholePath]:
    mode: TelegramMode = getattr(request, "param", TelegramMode.WEBHOOK)
    lanes = embedded_lanes(["telegram"])
    store = SqliteStore(database_file, lanes.announce)
    parts = parts_for(telegram, store, settings_for(telegram, tmp_path, mode))
    sender = Sender(store, {"telegram": parts.channel}, "test", RULES)
    engine = Engine(store, lanes, Worker(store, Parrot(one_by_one=True)), sender)
    await engine.start()
    server = TestServer(application(parts))
    await server.start_server()
    parts.registration.webhook = parts.registration.webhook and str(server.make_url(PATH))
    await parts.start()
    while not telegram.api.commands:  # noqa: ASYNC110 - registered in the background
        await asyncio.sleep(0.01)
    yield WholePath(telegram, store, parts)
    await engine.stop()
    await parts.close()
    await server.close()
    await store.close()


@BOTH_WAYS
async def test_a_question_is_answered(path: WholePath) -> None:
    path.telegram.say(USER, "alo")
    await path.answered("re: alo")


@BOTH_WAYS
async def test_duplicates_and_disorder_make_no_second_answer(path: WholePath) -> None:
    path.telegram.updates.copies = 3
    path.telegram.updates.held = []
    path.telegram.say(USER, "alo")
    await path.telegram.updates.release()
    await path.answered("re: alo")
    kept = await path.store.read(lambda c: c.execute(select(inbox.c.id)).all())
    assert len(kept) == 1


@BOTH_WAYS
async def test_a_press_reads_as_its_words_and_leaves_only_links_behind(
    path: WholePath,
) -> None:
    link = {"text": "Nộp trên mạng", "url": "https://dichvucong.gov.vn/"}
    markup = {"inline_keyboard": [[link], [{"text": "Đúng rồi", "callback_data": "#x:helped"}]]}
    path.telegram.chats.people[USER] = "A"
    said = path.telegram.chats.deliver(USER, {"text": "Đã rõ chưa ạ?", "reply_markup": markup})
    path.telegram.press(USER, said["message_id"], "#x:helped")
    lines = select(message.c.text, message.c.body).where(message.c.role == "citizen")

    async def read() -> bool:
        rows = await path.store.read(lambda c: c.execute(lines).all())
        told = [(row.text, row.body["payload"]) for row in rows]
        used = said["reply_markup"] == {"inline_keyboard": [[link]]}
        return told == [("Đúng rồi", "#x:helped")] and not path.telegram.chats.queries and used

    await path.until(read)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(Kind.STATUS, 503, id="503"),
        pytest.param(Kind.HTML, 0, id="page of a gateway"),
        pytest.param(Kind.SILENCE_BEFORE, 0, id="timeout before acceptance"),
        pytest.param(Kind.CUT_BEFORE, 0, id="reset before acceptance"),
    ],
)
async def test_what_did_not_arrive_arrives_once(path: WholePath, kind: Kind, value: int) -> None:
    path.telegram.troubles.add("send", kind, value)
    path.telegram.say(USER, "alo")
    await path.answered("re: alo")


async def test_what_may_have_arrived_is_sent_again_and_listed_as_doubtful(path: WholePath) -> None:
    path.telegram.troubles.add("send", Kind.CUT_AFTER)
    path.telegram.say(USER, "alo")
    await path.until(lambda: path.all_sent(1))
    doubts = await path.store.read(lambda c: c.execute(select(outbox.c.doubts)).scalar_one())
    assert (path.seen(), doubts) == (["re: alo", "re: alo"], 1)


async def test_a_flood_wait_delays_and_loses_nothing(path: WholePath) -> None:
    path.telegram.api.refusals.append(Refusal(429, "Too Many Requests", retry_after=1))
    path.telegram.say(USER, "alo")
    await path.answered("re: alo")


async def test_a_citizen_who_blocked_the_bot_is_named_as_such(path: WholePath) -> None:
    path.telegram.chats.blocked.add(USER)
    path.telegram.say(USER, "alo")
    path.telegram.chats.blocked.add(USER)

    async def failed() -> bool:
        return await path.outbox_states() == [("failed", "recipient_gone")]

    await path.until(failed)
    blocked = select(conversation.c.blocked)
    assert await path.store.read(lambda c: c.execute(blocked).scalars().all()) == [True]
    path.telegram.chats.blocked.clear()
    path.telegram.say(USER, "tôi đây")
    await path.until(lambda: _seen(path, "re: tôi đây"))


@BOTH_WAYS
async def test_leaving_is_noticed_by_itself(path: WholePath) -> None:
    path.telegram.say(USER, "alo")
    await path.answered("re: alo")
    path.telegram.block(USER)
    blocked = select(conversation.c.blocked)

    async def left() -> bool:
        return bool(await path.store.read(lambda c: c.execute(blocked).scalar_one()))

    await path.until(left)


@BOTH_WAYS
async def test_groups_channels_and_bots_are_not_listened_to(path: WholePath) -> None:
    path.telegram.join(-4001, "Tổ dân phố", USER)
    path.telegram.say(USER, "làm khai sinh cần gì", chat=-4001)
    path.telegram.say(USER, "còn đây là riêng")
    await path.answered("re: còn đây là riêng")
    assert path.telegram.chats.deliveries(-4001) == []


async def _seen(path: WholePath, text: str) -> bool:
    return text in path.seen()
