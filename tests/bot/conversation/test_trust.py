"""The channel's own words: no money, no code, no link off the list; and who we are."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot.wording
from bot.office.trust import check_trust
from tests.bot.conversation.chat import Chat

VI = Path(bot.wording.__file__).parent / "vi"


@pytest.mark.parametrize("domain", ["citizen", "pages"])
def test_no_sentence_asks_for_money_or_a_code_or_leads_astray(domain: str) -> None:
    with (VI / f"{domain}.po").open("rb") as stream:
        for message in read_po(stream):
            check_trust(str(message.string))


@pytest.mark.parametrize(
    "text",
    [
        "co nguoi goi keu cap nhat vneid",
        "Có người gọi kêu đóng tiền",
        "công an gọi nói tui dính vụ án kêu chuyển tiền",
        "ngan hang nhan tin khoa tai khoan",
        "nhận được link nộp phạt nguội",
        "cán bộ thuế gọi kêu cài etax",
    ],
)
async def test_a_swindle_is_warned_of_at_once(chat: Chat, text: str) -> None:
    (warning,) = await chat.says(text)
    for promise in ("Đừng cài", "đừng chuyển tiền", "đừng đọc mã", "113", "công an xã"):
        assert promise in warning.text


@pytest.mark.parametrize("text", ["Kênh này thật không?", "lam sao biet day la chinh quyen that"])
async def test_whether_the_channel_is_real(new_chat: object, text: str) -> None:
    chat: Chat = new_chat(public_url="https://danhoi.example")  # type: ignore[operator]
    (told,) = await chat.says(text)
    for sign in ("Dân hỏi – Chính quyền trả lời", "https://danhoi.example", "một cửa"):
        assert sign in told.text


async def test_a_machine_says_that_it_is_one(chat: Chat) -> None:
    assert "do máy trả lời" in (await chat.asks("bot hay người vậy")).text


async def test_nobody_is_asked_for_a_picture_of_a_card(chat: Chat) -> None:
    assert "đừng gửi ảnh Căn cước" in (await chat.asks("gửi cccd cho kênh được không")).text
