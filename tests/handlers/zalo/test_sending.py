"""Sending against the fake: what each trouble is called, and what the citizen got."""

from datetime import timedelta
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
    WindowClosed,
)
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.delivery.sender import Searchable
from bot.messages import Outgoing
from bot.store import Done, Store
from handlers.zalo import ZaloParts
from handlers.zalo.channel import NAME
from handlers.zalo.codes import CODES
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.samples import USER, choices, delivery

LONG = "\n\n".join(f"Phần {n}: " + "nội dung " * 180 for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def citizen(zalo: FakeZalo) -> None:
    """Let the citizen have written a moment ago."""
    zalo.chats.wrote(USER, "b000000000000000000a", "cho tôi hỏi")


async def intend(store: Store, zalo: FakeZalo, text: str) -> Delivery:
    """Return a message that stands in the outbox."""
    now = zalo.clock.now()

    def body(connection: Any) -> Done[int]:  # noqa: ANN401
        conversation = open_conversation(connection, NAME, USER, now)
        return Done(conversation, post(connection, conversation, "test", [Outgoing(text)], now))

    await store.write(body)
    return delivery(text)


def starts(zalo: FakeZalo) -> list[str]:
    """Return how what the citizen got begins."""
    return [line["text"][:6] for line in zalo.chats.deliveries(USER)]


async def test_an_accepted_message_comes_back_with_its_id(parts: ZaloParts, zalo: FakeZalo) -> None:
    sent = await parts.channel.send(
        delivery("Dạ.", buttons=choices(5), quotes="b000000000000000000a")
    )
    (seen,) = zalo.chats.deliveries(USER)
    assert sent.message_ids == (seen["message_id"],)
    assert (seen["text"], seen["quote"]) == ("Dạ.", "b000000000000000000a")
    assert seen["buttons"][0]["payload"] == "#x:entry:procedure:1"


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
    pytest.param(Kind.STATUS, 503, ChannelUnavailable, 0, id="503"),
    pytest.param(Kind.HTML, 0, ChannelUnavailable, 0, id="page of a gateway"),
    pytest.param(Kind.STATUS, 429, RateLimited, 0, id="429"),
    pytest.param(Kind.CODE, -32, RateLimited, 0, id="-32"),
    pytest.param(Kind.STATUS, 400, MessageRefused, 0, id="400"),
    pytest.param(Kind.STATUS, 403, ChannelMisconfigured, 0, id="403"),
    pytest.param(Kind.STATUS, 302, ChannelMisconfigured, 0, id="redirect is not followed"),
    pytest.param(Kind.CODE, -201, MessageRefused, 0, id="-201"),
    pytest.param(Kind.CODE, -213, RecipientGone, 0, id="-213"),
    pytest.param(Kind.CODE, -230, WindowClosed, 0, id="-230"),
    pytest.param(Kind.CODE, -320, ChannelMisconfigured, 0, id="-320"),
    pytest.param(Kind.CODE, -99999, MessageRefused, 0, id="unknown code"),
]


@pytest.mark.parametrize(("kind", "value", "error", "arrived"), TROUBLES)
async def test_a_trouble_is_called_by_its_name(
    parts: ZaloParts, zalo: FakeZalo, kind: Kind, value: int, error: type[SendError], arrived: int
) -> None:
    zalo.troubles.add("send", kind, value)
    with pytest.raises(error) as raised:
        await parts.channel.send(delivery("Dạ, chuyện riêng."))
    assert "chuyện riêng" not in str(raised.value)
    assert len(zalo.chats.deliveries(USER)) == arrived


async def test_nobody_listening_is_no_message(parts: ZaloParts, zalo: FakeZalo) -> None:
    await parts.channel.send(delivery())
    await zalo.stop()
    with pytest.raises((ChannelUnavailable, OutcomeUnknown)):
        await parts.channel.send(delivery())
    with pytest.raises(ChannelUnavailable):
        await parts.channel.send(delivery())


async def test_every_code_is_called_as_the_table_says(parts: ZaloParts, zalo: FakeZalo) -> None:
    for code in set(CODES) - {-100, -124, -200, -216, -220}:
        zalo.troubles.add("send", Kind.CODE, code)
        with pytest.raises(CODES[code].error, match=str(code)):
            await parts.channel.send(delivery())


@pytest.mark.parametrize("code", [-216, -220, -124, 216, 401])
async def test_a_rejected_token_is_renewed_once_and_the_message_goes_out(
    parts: ZaloParts, zalo: FakeZalo, code: int
) -> None:
    await parts.channel.send(delivery("Một"))
    zalo.clock.ahead = timedelta(minutes=2)
    zalo.troubles.add("send", Kind.CODE, code)
    await parts.channel.send(delivery("Hai"))
    assert [line["text"] for line in zalo.chats.deliveries(USER)] == ["Một", "Hai"]
    assert zalo.tokens.calls == 2


async def test_a_new_token_that_is_rejected_too_is_not_renewed_for_ever(
    parts: ZaloParts, zalo: FakeZalo
) -> None:
    zalo.troubles.add("send", Kind.CODE, -216, times=9)
    for _ in range(3):
        with pytest.raises(ChannelMisconfigured):
            await parts.channel.send(delivery())
    assert zalo.tokens.calls == 1


async def test_a_stale_quote_is_left_out(parts: ZaloParts, zalo: FakeZalo) -> None:
    await parts.channel.send(delivery("Dạ.", quotes="too-old"))
    assert [line["quote"] for line in zalo.chats.deliveries(USER)] == [None]


async def test_a_failed_sending_is_tried_once_more(parts: ZaloParts, zalo: FakeZalo) -> None:
    zalo.troubles.add("send", Kind.CODE, -200)
    await parts.channel.send(delivery("Dạ."))
    zalo.troubles.add("send", Kind.CODE, -200, times=2)
    with pytest.raises(MessageRefused):
        await parts.channel.send(delivery("Dạ nữa."))
    assert [line["text"] for line in zalo.chats.deliveries(USER)] == ["Dạ."]


async def test_after_seven_days_nobody_can_write(parts: ZaloParts, zalo: FakeZalo) -> None:
    zalo.clock.ahead = timedelta(days=7, minutes=1)
    with pytest.raises(WindowClosed):
        await parts.channel.send(delivery())


async def test_a_long_message_arrives_in_order(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    sent = await parts.channel.send(await intend(store, zalo, LONG))
    assert [line["text"][:6] for line in zalo.chats.deliveries(USER)] == [
        "Phần 1",
        "Phần 2",
        "Phần 3",
    ]
    assert len(sent.message_ids) == 3


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.STATUS, 503), (Kind.CODE, -32), (Kind.CUT_BEFORE, 0)]
)
async def test_parts_that_arrived_are_not_sent_again(
    parts: ZaloParts, zalo: FakeZalo, store: Store, kind: Kind, value: int
) -> None:
    message = await intend(store, zalo, LONG)
    zalo.troubles.add("send", Kind.DELAY)
    zalo.troubles.add("send", kind, value)
    with pytest.raises(SendError):
        await parts.channel.send(message)
    sent = await parts.channel.send(message)
    seen = zalo.chats.deliveries(USER)
    assert starts(zalo) == ["Phần 1", "Phần 2", "Phần 3"]
    assert sent.message_ids == tuple(line["message_id"] for line in seen)


async def found(parts: ZaloParts, message: Delivery) -> tuple[str, ...] | None:
    assert isinstance(parts.channel, Searchable)
    sent = await parts.channel.find_sent(message)
    return sent.message_ids if sent else None


async def test_a_message_that_arrived_unanswered_is_found(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    message = await intend(store, zalo, "Dạ, mã của ông/bà đây.")
    assert await found(parts, message) is None
    zalo.troubles.add("send", Kind.SILENCE_AFTER)
    with pytest.raises(OutcomeUnknown):
        await parts.channel.send(message)
    (seen,) = zalo.chats.deliveries(USER)
    assert await found(parts, message) == (seen["message_id"],)


async def test_the_same_words_of_yesterday_are_not_taken_for_it(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    await parts.channel.send(delivery("Dạ, chào ông/bà."))
    zalo.clock.ahead = timedelta(days=1)
    assert await found(parts, await intend(store, zalo, "Dạ, chào ông/bà.")) is None


async def test_of_a_long_message_only_the_missing_parts_follow(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    message = await intend(store, zalo, LONG)
    zalo.troubles.add("send", Kind.DELAY)
    zalo.troubles.add("send", Kind.CUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await parts.channel.send(message)
    assert await found(parts, message) is None
    await parts.channel.send(message)
    assert [line["text"][:6] for line in zalo.chats.deliveries(USER)] == [
        "Phần 1",
        "Phần 2",
        "Phần 3",
    ]


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.CUT_BEFORE, Kind.HTML])
async def test_where_history_cannot_be_read_nothing_is_claimed(
    parts: ZaloParts, zalo: FakeZalo, store: Store, kind: Kind
) -> None:
    message = await intend(store, zalo, "Dạ.")
    zalo.troubles.add("conversation", kind, 503, times=9)
    assert await found(parts, message) is None


async def test_without_the_database_nothing_goes_out_and_nothing_is_in_doubt(
    parts: ZaloParts, zalo: FakeZalo, store: Store
) -> None:
    await store.close()
    for words in ("Dạ.", LONG):
        with pytest.raises(ChannelUnavailable):
            await parts.channel.send(delivery(words))
    assert zalo.chats.deliveries() == []
