"""A question comes in; a card, choices or a receipt goes out."""

import pytest

from bot.messages import Purpose
from knowledge.decisions import DecisionKind
from tests.bot.conversation.chat import Chat
from tests.bot.conversation.library import BIRTH, BIRTH_ABROAD


async def test_a_clear_question_gets_its_card(chat: Chat) -> None:
    card = await chat.asks("làm khai sinh cần gì")
    assert card.decision == DecisionKind.ANSWER
    assert card.codes == ("1.001193",)
    assert card.text.startswith("ĐĂNG KÝ KHAI SINH\nCần mang: giấy chứng sinh")
    assert "Nguồn: Cổng Dịch vụ công quốc gia, kiểm tra ngày 01/11/2026." in card.text


async def test_the_card_asks_whether_it_helped(chat: Chat) -> None:
    card = await chat.asks("làm khai sinh cần gì")
    assert card.text.endswith("Dạ, vậy có giúp được ông/bà không?")
    assert [b.label for b in card.buttons] == ["Nộp trên mạng", "Rõ rồi", "Chưa đúng ý tôi"]


async def test_a_procedure_question_that_speaks_of_files_gets_its_card(chat: Chat) -> None:
    card = await chat.asks("có hồ sơ cá nhân nhưng chưa có khai sinh")
    assert card.codes == ("1.001193",)


async def test_an_answered_question_is_on_record_as_answered(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    assert chat.states() == ["auto_answered"]


async def test_a_doubtful_fee_is_not_told_but_its_counter_is(chat: Chat) -> None:
    card = await chat.asks("làm khai sinh cần gì")
    assert "8.000" not in card.text
    assert "Điều chưa chắc (lệ phí): xin hỏi tại UBND xã, phường nơi ông/bà ở." in card.text


async def test_close_matters_are_offered_with_short_labels(chat: Chat) -> None:
    choices = await chat.asks("khai sinh")
    assert choices.decision == DecisionKind.CHOICES
    assert choices.text.splitlines()[1:5] == [
        "1. Khai sinh cho bé sinh trong nước",
        "2. Khai sinh có cha mẹ nước ngoài",
        "3. Làm lại giấy khai sinh đã mất",
        "4. Không đúng, gửi cán bộ",
    ]
    assert all(len(button.label) <= 35 for button in choices.buttons)
    assert chat.states() == ["choosing"]


async def test_a_choice_is_answered_and_settles_the_question(chat: Chat) -> None:
    await chat.says("khai sinh")
    (card,) = await chat.presses(f"#x:entry:{BIRTH_ABROAD.id}")
    assert card.text.startswith("KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI")
    assert chat.states() == ["auto_answered"]


async def test_none_of_these_goes_to_the_agency_with_a_receipt(chat: Chat) -> None:
    await chat.says("khai sinh")
    (receipt,) = await chat.presses("#x:none")
    assert "Mã câu hỏi:" in receipt.text
    assert chat.states() == ["queued"]


async def test_what_nobody_knows_is_handed_to_the_agency(chat: Chat) -> None:
    receipt = await chat.asks("khi nào sửa cầu Cái Sắn")
    lines = receipt.text.splitlines()
    assert lines[0] == "Dạ, câu hỏi đã chuyển Sở Xây dựng lúc 16 giờ 40, thứ Sáu 06/11."
    assert lines[1].startswith("Mã câu hỏi: ")
    assert lines[2] == "Trả lời chậm nhất thứ Sáu 27/11."
    assert receipt.purpose is Purpose.RECEIPT
    assert receipt.question_id == chat.questions()[0].id


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("thế bao nhiêu tiền", "Lệ phí: kênh chưa có thông tin chắc chắn", id="fee"),
        pytest.param("bao lâu có", "Thời gian: trong ngày", id="time"),
    ],
)
async def test_a_follow_up_is_about_the_last_procedure(chat: Chat, text: str, label: str) -> None:
    await chat.says("làm khai sinh cần gì")
    card = await chat.asks(text)
    assert card.text.splitlines()[1].startswith(label)
    assert "Cần mang" not in card.text, "the card before told it"
    assert len(chat.questions()) == 1, "a follow-up is no new question"


async def test_not_right_shows_the_other_candidates(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    (others,) = await chat.presses("#x:nothelped")
    assert [b.payload for b in others.buttons[:1]] == [f"#x:entry:{BIRTH_ABROAD.id}"]


async def test_not_right_twice_ends_at_the_desk_under_the_same_question(chat: Chat) -> None:
    await chat.says(
        "làm khai sinh cần gì",
    )
    await chat.says("chưa đúng ý tôi")
    (receipt,) = await chat.says("hông có cái nào")
    assert "Mã câu hỏi:" in receipt.text
    assert chat.states() == ["queued"]


async def test_helped_proposes_the_words_for_the_library(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    (thanks,) = await chat.presses("#x:helped")
    assert thanks.text.startswith("Dạ, cảm ơn")
    aliases = chat.connection.exec_driver_sql("select entry_id, text, state from alias").all()
    assert list(map(tuple, aliases)) == [(BIRTH.id, "làm khai sinh cần gì", "proposed")]


async def test_words_with_a_number_of_somebody_teach_nothing(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu, số tôi 0912 345 678")
    await chat.presses("#x:helped")
    assert chat.connection.exec_driver_sql("select count(*) from alias").scalar() == 0
