"""Sending against the fake: what each trouble is called, and what the citizen got."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    Delivery,
    MessageRefused,
    OutcomeUnknown,
    RateLimited,
    RecipientGone,
    SendError,
)
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.media.sources import MediaGone, MediaRefused, MediaTooLarge, MediaUnavailable
from bot.messages import Attachment, Outgoing
from bot.store import Done, Store
from bot.tables.delivery import conversation
from handlers.telegram import NAME, TelegramParts, spacing
from handlers.telegram.floods import Floods
from tests.fakes.telegram.server import GROUP, FakeTelegram
from tests.fakes.telegram.world import Refusal
from tests.fakes.zalo.trouble import Kind
from tests.handlers.telegram.samples import CHAT, USER, choices, delivery

LONG = "\n\n".join(f"Phần {n}: " + "nội dung " * 400 for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def citizen(telegram: FakeTelegram) -> None:
    """Let the citizen have written a moment ago."""
    telegram.say(USER, "cho tôi hỏi")


async def intend(store: Store, telegram: FakeTelegram, text: str, chat: str = CHAT) -> Delivery:
    """Return a message that stands in the outbox."""
    now = telegram.clock.now()

    def body(connection: Any) -> Done[int]:  # noqa: ANN401
        opened = open_conversation(connection, NAME, chat, now)
        return Done(opened, post(connection, opened, "test", [Outgoing(text)], now))

    await store.write(body)
    return Delivery(1, 1, chat, Outgoing(text))


def starts(telegram: FakeTelegram) -> list[str]:
    """Return how what the citizen got begins."""
    return [line["text"][:6] for line in telegram.chats.deliveries(USER)]


async def test_an_accepted_message_comes_back_with_its_id(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    first = telegram.chats.history[USER][0]["message_id"]
    quoted = f"{USER}:{first}"
    sent = await parts.channel.send(delivery("Dạ.", buttons=choices(5), quotes=quoted))
    (seen,) = telegram.chats.deliveries(USER)
    assert sent.message_ids == (f"{USER}:{seen['message_id']}",)
    assert (seen["text"], seen["quote"]) == ("Dạ.", first)
    assert [button["callback_data"] for button in seen["buttons"]][:1] == ["#x:entry:procedure:1"]


TROUBLES = [
    pytest.param(Kind.SILENCE_BEFORE, 0, OutcomeUnknown, 0, id="timeout before acceptance"),
    pytest.param(Kind.SILENCE_AFTER, 0, OutcomeUnknown, 1, id="timeout after acceptance"),
    pytest.param(Kind.SLOW_BODY_AFTER, 0, OutcomeUnknown, 1, id="slow body"),
    pytest.param(Kind.CUT_BEFORE, 0, OutcomeUnknown, 0, id="connection reset before"),
    pytest.param(Kind.CUT_AFTER, 0, OutcomeUnknown, 1, id="connection reset after"),
    pytest.param(Kind.MALFORMED_AFTER, 0, OutcomeUnknown, 1, id="malformed body"),
    pytest.param(Kind.STATUS_AFTER, 504, OutcomeUnknown, 1, id="gateway gave up waiting"),
    pytest.param(Kind.STATUS, 500, ChannelUnavailable, 0, id="500"),
    pytest.param(Kind.STATUS, 502, ChannelUnavailable, 0, id="502"),
    pytest.param(Kind.HTML, 0, ChannelUnavailable, 0, id="page of a gateway"),
    pytest.param(Kind.STATUS, 429, RateLimited, 0, id="429 of a gateway"),
    pytest.param(Kind.STATUS, 400, MessageRefused, 0, id="400 of a gateway"),
    pytest.param(Kind.STATUS, 302, ChannelMisconfigured, 0, id="redirect is not followed"),
]


@pytest.mark.parametrize(("kind", "value", "error", "arrived"), TROUBLES)
async def test_a_trouble_is_called_by_its_name(
    parts: TelegramParts,
    telegram: FakeTelegram,
    kind: Kind,
    value: int,
    error: type[SendError],
    arrived: int,
) -> None:
    telegram.troubles.add("send", kind, value)
    with pytest.raises(error) as raised:
        await parts.channel.send(delivery("Dạ, chuyện riêng."))
    assert "chuyện riêng" not in str(raised.value)
    assert len(telegram.chats.deliveries(USER)) == arrived


REFUSALS = [
    pytest.param(403, "Forbidden: bot was blocked by the user", RecipientGone, id="blocked"),
    pytest.param(403, "Forbidden: user is deactivated", RecipientGone, id="deactivated"),
    pytest.param(400, "Bad Request: chat not found", RecipientGone, id="no chat"),
    pytest.param(400, "Bad Request: message is too long", MessageRefused, id="too long"),
    pytest.param(400, "Bad Request: something new", MessageRefused, id="unknown 400"),
    pytest.param(401, "Unauthorized", ChannelMisconfigured, id="revoked token"),
    pytest.param(409, "Conflict: whatever", ChannelMisconfigured, id="conflict"),
]


@pytest.mark.parametrize(("status", "description", "error"), REFUSALS)
async def test_a_refusal_is_called_by_its_name(
    parts: TelegramParts,
    telegram: FakeTelegram,
    status: int,
    description: str,
    error: type[SendError],
) -> None:
    telegram.api.refusals.append(Refusal(status, description))
    with pytest.raises(error):
        await parts.channel.send(delivery())


async def test_nobody_listening_is_no_message(parts: TelegramParts, telegram: FakeTelegram) -> None:
    await telegram.stop()
    with pytest.raises(ChannelUnavailable):
        await parts.channel.send(delivery())


async def test_a_flood_wait_is_as_long_as_telegram_says(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    telegram.api.refusals.append(Refusal(429, "Too Many Requests", retry_after=7))
    with pytest.raises(RateLimited) as raised:
        await parts.channel.send(delivery())
    assert raised.value.retry_after is not None
    assert 7 <= raised.value.retry_after < 8
    assert not raised.value.everywhere


def test_a_flood_wait_in_a_second_chat_is_everybodys() -> None:
    now = [100.0]
    floods = Floods(lambda: now[0])
    assert [floods.note("1", 5), floods.note("1", 5), floods.note("2", 5)] == [False, False, True]
    now[0] += 6
    assert not floods.note("3", 5)


def test_groups_are_written_to_at_most_twenty_times_a_minute() -> None:
    assert (spacing("5100200300"), 60 / spacing(str(GROUP))) == (1.0, 20.0)


async def test_a_quote_of_a_message_that_is_gone_is_left_out(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    await parts.channel.send(delivery("Dạ.", quotes=f"{USER}:999999"))
    assert [line["quote"] for line in telegram.chats.deliveries(USER)] == [None]


async def test_a_long_message_arrives_in_order(
    parts: TelegramParts, telegram: FakeTelegram, store: Store
) -> None:
    sent = await parts.channel.send(await intend(store, telegram, LONG))
    assert starts(telegram) == ["Phần 1", "Phần 2", "Phần 3"]
    assert len(sent.message_ids) == 3


@pytest.mark.parametrize(("kind", "value"), [(Kind.STATUS, 503), (Kind.CUT_BEFORE, 0)])
async def test_parts_that_arrived_are_not_sent_again(
    parts: TelegramParts, telegram: FakeTelegram, store: Store, kind: Kind, value: int
) -> None:
    message = await intend(store, telegram, LONG)
    telegram.troubles.add("send", Kind.DELAY)
    telegram.troubles.add("send", kind, value)
    with pytest.raises(SendError):
        await parts.channel.send(message)
    sent = await parts.channel.send(message)
    assert starts(telegram) == ["Phần 1", "Phần 2", "Phần 3"]
    assert len(sent.message_ids) == 3


async def test_a_group_that_became_a_supergroup_is_followed(
    parts: TelegramParts, telegram: FakeTelegram, store: Store
) -> None:
    telegram.join(GROUP, "Nhóm", USER)
    message = await intend(store, telegram, "Câu hỏi mới", str(GROUP))
    telegram.upgrade(GROUP, -1_001_234_567_890)
    await parts.channel.send(message)
    assert [line["text"] for line in telegram.chats.deliveries(-1_001_234_567_890)]
    known = await store.read(lambda c: c.execute(conversation.select()).one().address)
    assert known == "-1001234567890"


async def test_without_the_database_nothing_goes_out_and_nothing_is_in_doubt(
    parts: TelegramParts, telegram: FakeTelegram, store: Store
) -> None:
    await store.close()
    with pytest.raises(ChannelUnavailable):
        await parts.channel.send(delivery(LONG))
    assert telegram.chats.deliveries() == []


def pictured(parts: TelegramParts, telegram: FakeTelegram) -> Attachment:
    """Return the picture that a citizen has just sent."""
    (event,) = parts.channel.reader.read({"update_id": 1, "message": telegram.photo(USER)})
    return event.attachments[0]


async def test_a_file_is_fetched_with_the_bots_token(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    picture = pictured(parts, telegram)
    assert await parts.channel.fetch(picture, 100) == b"\xff\xd8\xff\xe0 a picture"


async def test_a_file_larger_than_wanted_is_not_fetched(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    picture = pictured(parts, telegram)
    for announced in (picture, replace(picture, size=0)):
        with pytest.raises(MediaTooLarge):
            await parts.channel.fetch(announced, 5)


async def test_why_a_file_does_not_come_is_named(
    parts: TelegramParts, telegram: FakeTelegram
) -> None:
    picture = pictured(parts, telegram)
    telegram.troubles.add("getfile", Kind.CUT_BEFORE)
    with pytest.raises(MediaUnavailable):
        await parts.channel.fetch(picture, 100)
    telegram.chats.files.clear()
    with pytest.raises(MediaGone):
        await parts.channel.fetch(picture, 100)
    with pytest.raises(MediaRefused):
        await parts.channel.fetch(replace(picture, url="http://127.0.0.1/x"), 100)


async def test_the_token_stands_in_no_log_and_in_no_error(
    parts: TelegramParts, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for kind in (Kind.CUT_BEFORE, Kind.HTML, Kind.MALFORMED_AFTER, Kind.SILENCE_BEFORE):
        telegram.troubles.add("send", kind)
        with pytest.raises(SendError) as raised:
            await parts.channel.send(delivery("Dạ, chuyện riêng."))
        told = [repr(raised.value), repr(raised.value.__cause__), repr(raised.value.__context__)]
        assert not [text for text in told if telegram.account.token in text]
    assert telegram.account.token not in caplog.text
    assert "chuyện riêng" not in caplog.text
