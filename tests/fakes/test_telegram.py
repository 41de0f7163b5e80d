"""The fake Telegram holds a bot to the Bot API's rules: asked by PTB's own client, not by ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from tests.fakes.telegram.server import CITIZEN, GROUP, OFFICER, FakeTelegram

#: PTB announces that its waits will be time spans one day
OF_TOMORROW = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram(tmp_path / "deliveries.jsonl")
    await fake.start()
    yield fake
    await fake.stop()


def client(telegram: FakeTelegram, token: str = "") -> Bot:
    """Return PTB's client as it is."""
    base = telegram.address
    polling = HTTPXRequest(connection_pool_size=2)
    return Bot(
        token or telegram.account.token, f"{base}/bot", f"{base}/file/bot",
        get_updates_request=polling,
    )  # fmt: skip


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with client(telegram) as bot:
        yield bot


def button(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Chọn", callback_data=data)]])


async def test_the_bot_knows_who_it_is(bot: Bot, telegram: FakeTelegram) -> None:
    assert (bot.username, bot.id) == (telegram.account.name, telegram.account.id)


@pytest.mark.parametrize("token", ["7012345678:another", "no-token"])
async def test_only_the_bots_own_token_is_taken(telegram: FakeTelegram, token: str) -> None:
    stranger = client(telegram, token)
    with pytest.raises(InvalidToken):
        await stranger.get_me()
    await stranger.request.shutdown()


async def test_nobody_is_written_to_who_never_wrote(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(CITIZEN, "Dạ.")


async def test_who_wrote_is_answered_with_a_quote(bot: Bot, telegram: FakeTelegram) -> None:
    first = telegram.say(CITIZEN, "alo")["message_id"]
    said = await bot.send_message(CITIZEN, "Dạ.", reply_parameters=ReplyParameters(first))
    assert said.reply_to_message is not None
    assert said.reply_to_message.message_id == first
    assert [line["text"] for line in telegram.chats.deliveries(CITIZEN)] == ["Dạ."]


async def test_whoever_blocked_the_bot_hears_nothing(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(CITIZEN, "alo")
    telegram.block(CITIZEN)
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(CITIZEN, "Dạ.")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("ờ" * 4097, "#x:menu", id="a text that is too long"),
        pytest.param("😀" * 2049, "#x:menu", id="emoji count twice"),
        pytest.param(" ", "#x:menu", id="no text"),
        pytest.param("Dạ.", "#" * 65, id="too much under a button"),
    ],
)
async def test_what_telegram_does_not_take_is_refused(
    bot: Bot, telegram: FakeTelegram, text: str, data: str
) -> None:
    telegram.say(CITIZEN, "alo")
    with pytest.raises(BadRequest):
        await bot.send_message(CITIZEN, text, reply_markup=button(data))
    assert telegram.chats.deliveries() == []


async def test_a_link_to_this_machine_is_no_button(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(CITIZEN, "alo")
    here = InlineKeyboardButton("Mở", url="http://localhost:8080/")
    with pytest.raises(BadRequest, match=r"(?i)wrong http url"):
        await bot.send_message(CITIZEN, "Dạ.", reply_markup=InlineKeyboardMarkup([[here]]))


@OF_TOMORROW
async def test_a_flood_is_told_to_wait(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(CITIZEN, "alo")
    for _ in range(5):
        await bot.send_message(CITIZEN, "Dạ.")
    with pytest.raises(RetryAfter):
        await bot.send_message(CITIZEN, "Dạ.")


@OF_TOMORROW
async def test_a_group_takes_twenty_messages_a_minute(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.join(GROUP, "Nhóm", OFFICER)
    for _ in range(20):
        await bot.send_message(GROUP, "Câu hỏi mới")
    with pytest.raises(RetryAfter):
        await bot.send_message(GROUP, "Câu hỏi mới")


async def test_updates_stay_until_they_are_confirmed(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(CITIZEN, "một")
    telegram.say(CITIZEN, "hai")
    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[0].update_id + 1)
    assert [u.message and u.message.text for u in first] == ["một", "hai"]
    assert [u.message and u.message.text for u in again] == ["hai"]


async def test_of_two_who_ask_the_first_is_sent_away(bot: Bot, telegram: FakeTelegram) -> None:
    asking = asyncio.create_task(bot.get_updates(timeout=5))
    while not telegram.api.requests or telegram.api.requests[-1][0] != "getupdates":  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    await bot.get_updates(timeout=0, offset=0)
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await asking


async def test_whoever_has_a_webhook_cannot_ask(bot: Bot) -> None:
    await bot.set_webhook("https://danhoi.example.gov.vn/webhooks/telegram", secret_token="s")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_kinds_nobody_wants_are_not_told(bot: Bot, telegram: FakeTelegram) -> None:
    await bot.get_updates(allowed_updates=["message"])
    said = telegram.say(CITIZEN, "một")
    telegram.edit(CITIZEN, said["message_id"], "hai")
    assert len(await bot.get_updates()) == 1


async def test_a_press_is_answered_once(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(CITIZEN, "alo")
    said = await bot.send_message(CITIZEN, "Chọn ạ.", reply_markup=button("#x:menu"))
    query = telegram.press(CITIZEN, said.message_id, "#x:menu")
    await bot.answer_callback_query(query, "Đã nhận")
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query(query)
    await bot.edit_message_reply_markup(CITIZEN, said.message_id)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(CITIZEN, said.message_id)


async def test_a_file_comes_by_its_id(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.photo(CITIZEN)
    (update,) = await bot.get_updates()
    assert update.message is not None
    found = await bot.get_file(update.message.photo[-1].file_id)
    assert bytes(await found.download_as_bytearray()) == b"\xff\xd8\xff\xe0 a picture"


async def test_a_webhook_is_posted_to_until_it_answers(telegram: FakeTelegram) -> None:
    seen: list[Any] = []

    async def receive(request: web.Request) -> web.Response:
        seen.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], await request.json()))
        return web.Response(status=200 if len(seen) > 2 else 503)

    app = web.Application()
    app.router.add_post("/hook", receive)
    async with TestServer(app) as server:
        telegram.updates.hook(str(server.make_url("/hook")), "bí-mật".encode().hex(), None)
        telegram.say(CITIZEN, "alo")
        await telegram.updates.settled()
    assert (telegram.updates.answers, telegram.updates.pending) == ([503, 503, 200], [])
    assert len({repr(update) for _, update in seen}) == 1


async def test_a_citizen_can_be_played_on_the_page(telegram: FakeTelegram) -> None:
    telegram.chats.people[CITIZEN] = "A"
    markup = {"inline_keyboard": [[{"text": "Đường dây nóng", "callback_data": "#x:hotlines"}]]}
    telegram.chats.deliver(CITIZEN, {"text": "Dạ <chào>", "reply_markup": markup})
    async with ClientSession() as http, http.get(telegram.address) as page:
        text = await page.text()
    assert "Dạ &lt;chào&gt;" in text
    assert 'value="#x:hotlines"' in text
