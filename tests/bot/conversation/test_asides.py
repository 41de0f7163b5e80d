"""Short questions that name no matter are answered from what was last spoken of."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation.facets import answers_it, asked_facet, asks_beside
from tests.bot.conversation.chat import Chat

_ROWS = (Path(__file__).parent / "facets.tsv").read_text(encoding="utf-8").splitlines()
_ASKED = [row.split("\t") for row in _ROWS if not row.startswith("#")]


def test_the_side_that_is_asked_for_is_told_from_its_words() -> None:
    found = [(facet, text, asked_facet(text) or "-") for facet, text in _ASKED]
    assert [each for each in found if each[0] != each[2]] == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("bao nhieu tien", "Lệ phí", id="fee"),
        pytest.param("o dau", "Nơi làm", id="place"),
        pytest.param("chung nao co", "Thời gian", id="time"),
        pytest.param("cần giấy tờ gì vậy con", "Cần mang", id="papers"),
        pytest.param("nop online duoc khong", "Làm trên mạng", id="online"),
    ],
)
async def test_a_follow_up_answers_that_side_first(chat: Chat, text: str, label: str) -> None:
    await chat.says("làm khai sinh cho cháu")
    (card,) = await chat.says(text)
    assert card.text.splitlines()[1].startswith(label)
    assert chat.states() == ["auto_answered"]


async def test_where_nobody_vouches_for_going_instead_the_officer_is_offered(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    (offered,) = await chat.says("trễ hạn có bị phạt không")
    assert "chưa có thông tin chắc chắn" in offered.text
    await chat.presses(offered.buttons[0].payload)
    assert chat.states() == ["auto_answered", "queued"]


async def test_a_side_without_a_matter_is_answered_with_the_matter(chat: Chat) -> None:
    (asked,) = await chat.says("bao nhieu tien")
    assert "lệ phí của việc gì" in asked.text
    (card,) = await chat.says("làm khai sinh cho cháu")
    assert card.text.splitlines()[1].startswith("Lệ phí")


async def test_before_a_choice_the_side_waits_for_it(chat: Chat) -> None:
    await chat.says("khai sinh")
    (first,) = await chat.says("o dau")
    assert "bấm nút hoặc nhắn số" in first.text
    (card,) = await chat.says("1")
    assert card.text.splitlines()[1].startswith("Nơi làm")


async def test_when_officers_have_it_chung_nao_co_tells_where_it_stands(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    assert "đang chờ cán bộ" in (await chat.asks("chung nao co")).text


async def test_yesterdays_card_is_not_meant_today(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    chat.now += timedelta(days=2)
    assert "của việc gì" in (await chat.asks("bao nhieu tien")).text


def test_ages_do_not_answer_who_may_go() -> None:
    assert not answers_it("đi thay được hông", "Từ đủ 75 tuổi; hộ nghèo, cận nghèo.")
    assert answers_it("đi thay được hông", "người thân đi làm")
    assert answers_it("điều kiện gì", "Từ đủ 75 tuổi")


def test_opening_hours_are_beside_what_a_card_keeps() -> None:
    assert asks_beside("thứ bảy có làm không")
    assert not asks_beside("làm khai sinh")


async def test_what_goes_on_about_the_matter_just_sent_belongs_to_it(chat: Chat) -> None:
    await chat.says("rác đầu hẻm hôi quá")
    chat.now += timedelta(minutes=1)
    (noted,) = await chat.says("rác đầu hẻm đầy ruồi")
    assert "đã ghi thêm" in noted.text
    assert chat.states() == ["queued"]


async def test_another_matter_is_another_question(chat: Chat) -> None:
    await chat.says("rác đầu hẻm hôi quá")
    await chat.says("khi nào sửa cầu Cái Sắn")
    assert chat.states() == ["queued", "queued"]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["chào cán bộ"], id="small talk"),
        pytest.param(["làm khai sinh cho cháu", "bao nhieu tien"], id="follow-up"),
        pytest.param(["khai sinh trẻ ở nước ngoài", "1"], id="choice by number"),
        pytest.param(["cháy nhà rồi"], id="emergency"),
        pytest.param(["menu"], id="order"),
    ],
)
async def test_what_we_say_by_ourselves_tells_what_it_was_decided_with(
    chat: Chat, texts: list[str]
) -> None:
    for text in texts:
        await chat.says(text)
    assert {reply.as_json()["version"] for reply in chat.said} == {chat.library.version}
