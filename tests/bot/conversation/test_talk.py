"""Talk that names no matter of its own: somebody's age, anger, a second "không hiểu"."""

import pytest
from sqlalchemy import Connection

from bot.conversation.cues import (
    Command,
    blames,
    command_in,
    finds_too_dear,
    goes_on_grumbling,
    names_where,
    tells_a_mishap,
    tells_of_a_death,
    tells_of_somebody,
)
from bot.conversation.danger import danger_in
from bot.conversation.facets import asks_beside, asks_how_much
from bot.conversation.words import pointed_label
from knowledge.decisions import Decision, DecisionKind
from knowledge.matcher import Context
from tests.bot.conversation.chat import Chat
from tests.bot.conversation.library import SmallLibrary

FLOOD = "đường trước nhà ngập hoài"
BIRTH = "làm khai sinh cho cháu"


@pytest.mark.parametrize(
    "text",
    ["nó 17 tuổi", "bà 76 tuổi rồi", "ổng 81", "còn chồng thì sao", "nghỉ đc 8 tháng r"],
)
def test_who_somebody_is_asks_for_no_new_matter(text: str) -> None:
    assert tells_of_somebody(text)


@pytest.mark.parametrize(
    "text", ["con trai 17 tuổi muốn kết hôn", "còn học phí thì sao", "đóng 3 triệu", "ông Ba"]
)
def test_a_matter_beside_it_is_heard_as_one(text: str) -> None:
    assert not tells_of_somebody(text)


@pytest.mark.parametrize(
    ("text", "hears"),
    [
        pytest.param("làm ăn cái kiểu gì vậy", blames, id="blame"),
        pytest.param("sao thuế nhiều vậy", finds_too_dear, id="tax"),
        pytest.param("tiền điện tháng này cao quá", finds_too_dear, id="electricity"),
        pytest.param("hẹn tới hẹn lui", goes_on_grumbling, id="put off"),
        pytest.param("3 tháng rồi không ai sửa", goes_on_grumbling, id="nobody came"),
        pytest.param("mất rồi", tells_a_mishap, id="a paper lost"),
    ],
)
def test_anger_and_mishaps_are_heard(text: str, hears: object) -> None:
    assert callable(hears)
    assert hears(text)


def test_anger_with_a_matter_is_no_mere_blame() -> None:
    assert not blames("làm ăn kiểu gì, 2 tháng chưa xong")
    assert not finds_too_dear("thuế đất hằng năm khai sao")


def test_a_wife_who_may_go_is_not_dead() -> None:
    assert not tells_of_a_death("vợ tui đi được không")
    assert tells_of_a_death("ba tui mới mất hôm qua")


def test_money_for_a_birth_is_no_emergency() -> None:
    assert danger_in("vợ tui sắp sanh, tiền thai sản sao") is None
    assert danger_in("vợ tui sắp sanh, gấp lắm") == "medical"


@pytest.mark.parametrize(
    "text", ["thôi bỏ đi", "thôi để bà hỏi thằng út", "thôi để sau", "thôi không làm nữa"]
)
def test_who_lets_it_be_is_let_be(text: str) -> None:
    assert command_in(text) is Command.DROP


def test_a_word_of_a_label_with_a_pointing_one_chooses_it() -> None:
    labels = ["Tiền tuất hằng tháng", "Sang tên xe"]
    assert pointed_label("cái xe trước đi", labels) == 1
    assert pointed_label("xe", labels) is None


async def test_not_understood_twice_is_answered_twice_differently(chat: Chat) -> None:
    await chat.says(BIRTH)
    (first,), (second,) = await chat.says("không hiểu"), await chat.says("vẫn không hiểu")
    assert first.text != second.text
    assert first.sources
    assert "Gửi cán bộ trả lời" in [button.label for button in second.buttons]


async def test_choices_not_taken_are_not_listed_in_the_same_words(chat: Chat) -> None:
    await chat.says("khai sinh")
    said = [(await chat.asks("không hiểu")).text for _ in range(3)]
    assert said[0] != said[1] != said[2]


async def test_thanks_twice_end_in_a_farewell(chat: Chat) -> None:
    (first,), (second,) = await chat.says("cảm ơn"), await chat.says("cảm ơn con")
    assert first.text != second.text


async def test_an_age_after_a_card_asks_who_may(chat: Chat) -> None:
    await chat.says(BIRTH)
    (reply,) = await chat.says("nó 5 tuổi")
    assert "Điều kiện" in reply.text
    assert chat.states() == ["auto_answered"]


class UnsureLibrary(SmallLibrary):
    """Takes "ở nông thôn" for many things, the birth among them."""

    def decide(self, text: str, context: Context) -> Decision:
        """Return what a text means."""
        if text != "ở nông thôn":
            return super().decide(text, context)
        entries = ("procedure:1.004884", "procedure:1.001193")
        return Decision(DecisionKind.CHOICES, entries, confidence=0.7)


async def test_words_that_may_mean_anything_are_of_the_matter_shown(
    connection: Connection,
) -> None:
    chat = Chat(connection, library=UnsureLibrary())
    await chat.says(BIRTH)
    assert "chưa có thông tin chắc chắn" in (await chat.asks("ở nông thôn")).text
    assert "nhận đủ các ý" in (await chat.asks("ở nông thôn")).text
    assert chat.states() == ["auto_answered"]


async def test_what_a_card_does_not_say_is_sent_by_any_words(chat: Chat) -> None:
    await chat.says(BIRTH)
    await chat.says("trễ hạn có bị phạt không")
    await chat.says("gặp cán bộ")
    assert chat.states() == ["auto_answered", "queued"]


async def test_blame_without_a_matter_opens_nothing(chat: Chat) -> None:
    (reply,) = await chat.says("làm ăn cái kiểu gì vậy")
    assert "đang bực" in reply.text
    assert chat.states() == []


async def test_anger_that_goes_on_stays_with_its_matter(chat: Chat) -> None:
    await chat.says(FLOOD)
    await chat.says("3 tháng rồi không ai sửa")
    assert chat.states() == ["queued"]


async def test_a_file_s_number_goes_with_the_file_asked_for(chat: Chat) -> None:
    await chat.says("hồ sơ của tôi tới đâu rồi")
    (told,) = await chat.says("mã H21.99-251001-0012")
    assert "tra cứu" in told.text
    await chat.says("trễ hẹn 20 ngày rồi")
    assert [(late.kind, late.state) for late in chat.questions()] == [("feedback", "queued")]


def test_a_commune_whose_name_holds_a_word_of_asking_is_a_place() -> None:
    assert names_where("xã Lịch Hội Thượng")
    assert not names_where("xã nào làm khai sinh")


def test_how_much_a_benefit_is_is_no_fee() -> None:
    assert asks_beside("lãnh được mấy tháng")
    assert asks_how_much("bao nhiêu")
    assert not asks_how_much("đóng phí bao nhiêu")


async def test_understood_ends_a_choice_kindly(chat: Chat) -> None:
    await chat.says("khai sinh")
    assert "từ 1 đến" not in (await chat.asks("dạ hiểu rồi")).text


async def test_vietnamese_beside_khmer_is_welcome(chat: Chat) -> None:
    await chat.says("សួស្តី ខ្ញុំចង់ធ្វើសំបុត្រកំណើតកូន")
    assert "Ông/bà cứ nhắn tiếng Việt" in (await chat.asks("nói tiếng Việt được không")).text
    assert chat.states() == ["queued"]
