"""What citizens order in plain words, and which of their questions they mean."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.conversation.cues import Command, command_in, is_minor, topical_order
from knowledge.text import fold
from tests.bot.conversation.chat import Chat

_ROWS = (Path(__file__).parent / "orders.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("spelt", [str, fold], ids=["with tone marks", "without"])
def test_orders_are_understood_in_many_words(spelt: Callable[[str], str]) -> None:
    told = [row.split("\t") for row in _ROWS if not row.startswith("#")]
    found = [(order, text, command_in(spelt(text)) or "-") for order, text in told]
    assert [each for each in found if each[0] != each[2]] == []


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("cái vụ rác tới đâu rồi", (Command.STATUS, "rac")),
        ("hủy câu rác giùm tui", (Command.WITHDRAW, "rac")),
        ("câu hỏi về cây cầu sao rồi", (Command.STATUS, "cay cau")),
        ("làm khai sinh", None),
    ],
)
def test_an_order_may_name_its_question_by_topic(text: str, order: object) -> None:
    assert topical_order(text) == order


async def test_the_topic_tells_open_questions_apart(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    await chat.says("rác đầu hẻm hôi quá")
    rubbish = chat.questions()[1].code
    assert f"{rubbish[:3]} {rubbish[3:6]}" in (await chat.asks("cái vụ rác tới đâu rồi")).text
    await chat.says("hủy câu cầu giùm tui")
    await chat.says("ừ")
    assert chat.states() == ["withdrawn", "queued"]


async def test_erasure_is_asked_for_once(chat: Chat) -> None:
    await chat.says("xoá dữ liệu của tôi")
    await chat.says("xóa hết thông tin của tui")
    assert chat.states() == ["queued"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("con 14 tuổi muốn làm căn cước", True),
        ("em học lớp 8", True),
        ("e moi 13 tuoi", True),
        ("con là học sinh", True),
        ("con tôi 14 tuổi", False),
        ("con gái em học lớp 8", False),
        ("bà ngoại 82 tuổi", False),
        ("tui 17 năm chưa có giấy", False),
        ("tôi 75 tuổi", False),
    ],
)
def test_a_minor_speaks_of_themselves(text: str, *, expected: bool) -> None:
    assert is_minor(text) is expected


async def test_the_number_in_the_list_tells_open_questions_apart(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    await chat.says("rác đầu hẻm hôi quá")
    await chat.says("câu hỏi của tui")
    await chat.says("huỷ câu 1")
    await chat.says("ừ")
    assert chat.states() == ["queued", "withdrawn"]


async def test_notices_are_taken_up_again_in_three_words(chat: Chat) -> None:
    await chat.says("dung nhan nua")
    assert chat.state["stopped"]
    assert "nhắn lại" in (await chat.asks("nhan lai di")).text
    assert "stopped" not in chat.state
