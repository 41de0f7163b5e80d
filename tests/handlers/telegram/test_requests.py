"""Messages of ours as the exact requests that the Bot API receives."""

from typing import Any

import pytest

from bot.channels import Delivery
from bot.conversation.payloads import payload
from bot.messages import Button, Outgoing
from handlers.splitting import units
from handlers.telegram import TelegramParts
from handlers.telegram.reception import is_spent
from handlers.telegram.requests import LONGEST, data_of, is_digest, parts, payload_of
from tests.fakes.telegram.server import FakeTelegram
from tests.handlers.telegram.samples import CHAT, USER, delivery

PLAIN = {"chat_id": str(USER), "link_preview_options": {"is_disabled": True}}


def keyboard(*rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


CONTRACT = [
    pytest.param(Outgoing("Dạ <b>chào</b> _ông_ & bà."),
                 [{"text": "Dạ <b>chào</b> _ông_ & bà."}], id="plain text stays plain"),
    pytest.param(
        Outgoing("Chọn ạ.", buttons=(Button("Đúng rồi", "#x:helped"), Button("Chưa", "#x:wrong"))),
        [{"text": "Chọn ạ.", "reply_markup": keyboard(
            [{"text": "Đúng rồi", "callback_data": "#x:helped"},
             {"text": "Chưa", "callback_data": "#x:wrong"}])}], id="short buttons share a row"),
    pytest.param(
        Outgoing("Chọn ạ.", buttons=(Button("Đăng ký khai sinh", "#x:entry:procedure:1"),
                                     Button("Khác", "#x:none"))),
        [{"text": "Chọn ạ.", "reply_markup": keyboard(
            [{"text": "Đăng ký khai sinh", "callback_data": "#x:entry:procedure:1"}],
            [{"text": "Khác", "callback_data": "#x:none"}])}], id="long buttons have their own"),
    pytest.param(
        Outgoing("Mở ạ.", buttons=(Button("Nộp trên mạng", url="https://dichvucong.gov.vn/"),)),
        [{"text": "Mở ạ.", "reply_markup": keyboard(
            [{"text": "Nộp trên mạng", "url": "https://dichvucong.gov.vn/"}])}], id="a link"),
    pytest.param(
        Outgoing("Mở ạ.", buttons=(Button("Xem", url="http://127.0.0.1:8080/tra-cuu/X"),)),
        [{"text": "Mở ạ.\n- Xem: http://127.0.0.1:8080/tra-cuu/X"}], id="a link of this machine"),
    pytest.param(
        Outgoing("Gọi ạ.", buttons=(Button("Gọi 113", phone="113"),
                                    Button("Gọi xã", phone="0900 000 001"))),
        [{"text": "Gọi ạ.\n- Gọi 113\n- Gọi xã: 0900 000 001"}], id="telephones in the text"),
    pytest.param(
        Outgoing("Dạ.", quotes=f"{USER}:7"),
        [{"text": "Dạ.", "reply_parameters": {"message_id": 7,
                                              "allow_sending_without_reply": True}}],
        id="a quote"),
    pytest.param(Outgoing("Dạ.", quotes="999:7"), [{"text": "Dạ."}], id="a quote of elsewhere"),
    pytest.param(Outgoing("  "), [{"text": "…"}], id="nothing to say"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), CONTRACT)
async def test_each_message_is_exactly_these_requests(
    parts: TelegramParts,
    telegram: FakeTelegram,
    message: Outgoing,
    expected: list[dict[str, Any]],
) -> None:
    telegram.say(USER, "alo")
    await parts.channel.send(Delivery(1, 1, CHAT, message))
    assert telegram.api.requests == [("sendmessage", {**PLAIN, **each}) for each in expected]


@pytest.mark.parametrize("text", [
    pytest.param("ờ" * LONGEST, id="exactly as long as allowed"),
    pytest.param("ờ" * (LONGEST + 1), id="one more"),
    pytest.param("😀" * (LONGEST // 2 + 1), id="emoji count twice"),
    pytest.param("https://x.vn/" + "a" * 2 * LONGEST, id="a link longer than a message"),
    pytest.param("o\u0302\u0301 " * LONGEST, id="decomposed accents"),
])  # fmt: skip
def test_no_part_is_longer_than_telegram_takes(text: str) -> None:
    said = parts(CHAT, Outgoing(text, buttons=(Button("Một", "#x:menu"),)))
    assert all(0 < units(part.text) <= LONGEST for part in said)
    assert [part.keyboard is not None for part in said] == [False] * (len(said) - 1) + [True]


async def test_the_longest_text_is_taken(parts: TelegramParts, telegram: FakeTelegram) -> None:
    telegram.say(USER, "alo")
    await parts.channel.send(delivery("ờ" * LONGEST))
    assert len(telegram.chats.deliveries(USER)) == 1


def test_a_payload_too_long_for_a_button_goes_by_its_digest() -> None:
    long = payload("entry", "faq:" + "dan-hoi-rat-dai-" * 4)
    data = data_of(long)
    assert len(data.encode()) <= 64
    assert is_digest(data)
    assert payload_of(data, ["#x:menu", long]) == long
    assert payload_of(data, ["#x:menu"]) == ""
    assert data_of("#x:menu") == "#x:menu"


@pytest.mark.parametrize(("pressed", "spent"), [
    (payload("helped"), True), (payload("rate", "2"), True), (payload("keep"), True),
    (payload("menu"), False), (payload("entry", "procedure:1"), False), ("trạng thái", False),
])  # fmt: skip
def test_only_what_is_answered_once_loses_its_keyboard(pressed: str, spent: bool) -> None:
    assert is_spent(pressed) is spent
