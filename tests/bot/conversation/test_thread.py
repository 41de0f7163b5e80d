"""The thread of a talk is kept: former matters, open choices, the place in a fire, the bereaved."""

import pytest

from bot.conversation.cues import Cue, cue_in, tells_of_a_death
from bot.conversation.danger import danger_in, is_unanswered
from bot.conversation.facets import asked_facet
from bot.conversation.state import Matter, Memory
from tests.bot.conversation.chat import Chat
from tests.bot.conversation.test_citizens import said


async def test_a_former_matter_comes_back_by_its_name(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    await chat.says("đăng ký lại khai sinh bị mất giấy thì sao")
    (card,) = await chat.says("còn cái vụ của cháu hồi nãy")
    assert card.text.startswith("ĐĂNG KÝ KHAI SINH")


async def test_a_former_matter_comes_back_with_the_side_asked(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    await chat.says("đăng ký lại khai sinh bị mất giấy thì sao")
    (card,) = await chat.says("quay lại vụ của cháu hồi nãy ở đâu")
    assert card.text.splitlines()[1].startswith("Nơi làm")


async def test_former_choices_come_back_and_settle_their_own_question(chat: Chat) -> None:
    await chat.says("khai sinh")
    await chat.says("khi nào sửa cầu Cái Sắn")
    (choices,) = await chat.says("còn vụ khai sinh hồi nãy")
    assert "1. Khai sinh cho bé sinh trong nước" in choices.text
    await chat.says("1")
    assert chat.states() == ["auto_answered", "queued"]


async def test_what_was_never_spoken_of_is_understood_by_itself(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    assert "KHAI SINH" not in await said(chat, "còn vụ cầu Cái Sắn hồi nãy")


def test_the_trail_survives_between_turns() -> None:
    kept = Memory(trail=(Matter("khai sinh", ("a", "b"), 7), Matter("rác", ("c",))))
    assert Memory.from_json(kept.as_json()) == kept


@pytest.mark.parametrize("text", ["7", "không hiểu", "nói lại coi", "ok", "giờ làm sao"])
async def test_what_is_still_to_choose_is_told_again_with_its_numbers(
    chat: Chat, text: str
) -> None:
    await chat.says("khai sinh")
    assert "1. Khai sinh cho bé sinh trong nước" in await said(chat, text)
    assert chat.states() == ["choosing"]


async def test_after_a_card_khong_hieu_is_answered_in_fewer_words(chat: Chat) -> None:
    await chat.says("làm khai sinh cho cháu")
    assert "nói gọn" in await said(chat, "tui không hiểu")


@pytest.mark.parametrize("text", ["còn xã Tham Đôn", "xã Tham Đôn thì sao", "xa tham don"])
async def test_the_next_commune_is_told_without_asking_anew(chat: Chat, text: str) -> None:
    await chat.says("xã Đại Tâm giờ thuộc xã nào")
    assert "phần lớn nay thuộc phường Mỹ Xuyên" in await said(chat, text)


async def test_a_matter_that_names_a_commune_is_no_next_commune(chat: Chat) -> None:
    await chat.says("xã Đại Tâm giờ thuộc xã nào")
    assert "nay thuộc" not in await said(chat, "làm khai sinh cho cháu ở xã Đại Tâm")


async def test_a_home_told_first_of_all_is_noted(chat: Chat) -> None:
    chat.state = {}
    assert "phường Mỹ Xuyên" in await said(chat, "lộn rồi, phường Mỹ Xuyên")


async def test_a_former_home_is_known_by_its_new_name(chat: Chat) -> None:
    await chat.says("lộn rồi, phường Mỹ Xuyên")
    assert "nay là phường Mỹ Xuyên" in await said(chat, "giờ là xã gì")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        pytest.param("ở ấp 2 xã Tài Văn", "đọc địa chỉ này", id="commune"),
        pytest.param("ở gần chợ", "đọc địa chỉ này", id="beside"),
        pytest.param("gọi mà không ai bắt máy", "gọi số khác", id="unanswered"),
    ],
)
async def test_whoever_is_in_danger_and_goes_on_writing_hears_of_the_call(
    chat: Chat, text: str, reply: str
) -> None:
    await chat.says("cháy nhà rồi")
    assert reply in await said(chat, text)
    assert chat.states() == []


async def test_when_the_fire_is_out_nobody_is_told_to_call(chat: Chat) -> None:
    await chat.says("cháy nhà rồi")
    assert "qua được là mừng" in await said(chat, "dập được rồi con")


async def test_what_burnt_down_is_not_over(chat: Chat) -> None:
    await chat.says("cháy nhà rồi")
    assert "qua được" not in await said(chat, "chưa tắt được")


async def test_a_side_of_what_came_after_the_alarm_is_told(chat: Chat) -> None:
    await chat.says("chồng đánh tui")
    chat.now = chat.now.replace(second=30)
    await chat.says("làm khai sinh cho cháu")
    assert "Nơi làm" in await said(chat, "nộp đơn ở đâu")


@pytest.mark.parametrize(
    "text",
    [
        "bà hông biết chữ",
        "tui không biết nhắn tin",
        "tui nói miệng được hông",
        "tui mù chữ",
        "có ai viết giùm không",
    ],
)
async def test_who_cannot_write_may_speak(chat: Chat, text: str) -> None:
    assert "tin thoại" in await said(chat, text)


async def test_who_wants_to_call_hears_how_to_reach_people(chat: Chat) -> None:
    assert "Gặp cán bộ" in await said(chat, "gọi điện cho ai")


async def test_the_bereaved_hear_a_word_of_sympathy_once(chat: Chat) -> None:
    assert "chia buồn" in await said(chat, "ba tui mới mất hôm qua")
    assert "chia buồn" not in await said(chat, "ba tui mới mất sáng nay")


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("ba tui mới mất hôm qua", True),
        ("ông nội con vừa qua đời", True),
        ("chồng em mới mất tuần trước", True),
        ("má tui mới mất", True),
        ("mẹ mới mất việc", False),
        ("ba tui mới mất căn cước", False),
        ("mẹ tui mất thẻ bảo hiểm hôm qua", False),
        ("tui mất xe hôm qua", False),
    ],
)
def test_a_death_is_no_lost_paper(text: str, is_told: bool) -> None:
    assert tells_of_a_death(text) is is_told


@pytest.mark.parametrize(
    "text", ["tui là cựu chiến binh", "e là sv", "tui làm ở bình dương mới về"]
)
async def test_who_says_only_who_he_is_is_asked_what_he_needs(chat: Chat, text: str) -> None:
    assert "cần hỏi việc gì" in await said(chat, text)
    assert chat.states() == []


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("nộp ở ubnd phường Ngã Năm", Cue.PLACE),
        ("ủa lộn, xã Gia Hòa", Cue.PLACE),
        ("không phải Gia Hòa, xã Ngọc Tố", Cue.PLACE),
        ("tui ở thị trấn Phú Lộc hồi xưa", Cue.PLACE),
        ("tôi hỏi giùm cho mấy người trong xóm", Cue.OPENER),
        ("cụ thể là trước chợ", Cue.SUPPLEMENT),
        ("tui gửi hình được không", Cue.PICTURES),
        ("co ai noi tieng khmer khong", Cue.SPEAKS_KHMER),
        ("tui là chủ đất muốn sang tên", None),
        ("huyện Mỹ Xuyên còn không", Cue.MERGER),
    ],
)
def test_a_cue_of_the_thread(text: str, cue: Cue | None) -> None:
    assert cue_in(text) is cue


@pytest.mark.parametrize("text", ["nhà cấp 4", "nha cap 4"])
async def test_a_kind_of_house_is_no_code(chat: Chat, text: str) -> None:
    assert "chưa tìm thấy câu hỏi" not in await said(chat, text)


@pytest.mark.parametrize(
    "text", ["tui bận đi làm", "con gái tui lấy chồng", "có được tiền già hông"]
)
def test_words_that_ask_for_no_side(text: str) -> None:
    assert asked_facet(text) is None


@pytest.mark.parametrize(
    "text", ["một tháng được bao nhiêu", "lãnh được mấy tiền", "phạt mấy tiền"]
)
async def test_what_is_paid_out_or_fined_is_no_fee(chat: Chat, text: str) -> None:
    await chat.says("làm khai sinh cho cháu")
    assert "điều này kênh chưa có thông tin chắc chắn" in await said(chat, text)


def test_a_little_is_no_faint() -> None:
    assert danger_in("tui bán có chút xíu") is None
    assert danger_in("má tui xỉu rồi") == "medical"


def test_a_call_that_was_taken_is_no_alarm() -> None:
    assert is_unanswered("gọi hoài không được")
    assert not is_unanswered("gọi được rồi")


async def test_who_is_afraid_at_the_door_hears_that_nothing_was_sent(chat: Chat) -> None:
    await chat.says("tôi tố cáo cán bộ xã nhận tiền")
    assert "chưa gửi lời này cho ai" in await said(chat, "thôi tui sợ")
    assert chat.states() == []
