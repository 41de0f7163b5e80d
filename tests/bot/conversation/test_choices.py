"""What was offered may be chosen by typing; a new question is understood as one."""

import pytest

from tests.bot.conversation.chat import Chat
from tests.bot.conversation.conftest import NewChat


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("1", "ĐĂNG KÝ KHAI SINH"),
        ("cái đầu", "ĐĂNG KÝ KHAI SINH"),
        ("2", "KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI"),
        ("số 2", "KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI"),
        ("khai sinh co cha me nuoc ngoai", "KHAI SINH, BÉ SINH Ở NƯỚC NGOÀI"),
        ("cái cuối", "ĐĂNG KÝ LẠI KHAI SINH"),
        ("dạ số 3 ạ", "ĐĂNG KÝ LẠI KHAI SINH"),
    ],
)
async def test_a_choice_may_be_typed(chat: Chat, typed: str, title: str) -> None:
    await chat.says("khai sinh")
    assert (await chat.asks(typed)).text.startswith(title)
    assert chat.states() == ["auto_answered"]


@pytest.mark.parametrize("typed", ["4", "hông phải", "ko", "không có cái nào", "gửi cán bộ"])
async def test_none_of_these_may_be_typed_and_is_never_lost(chat: Chat, typed: str) -> None:
    await chat.says("khai sinh")
    assert "Mã câu hỏi" in (await chat.asks(typed)).text
    assert chat.states() == ["queued"]


@pytest.mark.parametrize("typed", ["9", "ừ", "đúng rồi"])
async def test_a_choice_that_does_not_exist_is_asked_again(chat: Chat, typed: str) -> None:
    await chat.says("khai sinh")
    assert "một số từ 1 đến 4" in (await chat.asks(typed)).text
    assert (await chat.asks("2")).text.startswith("KHAI SINH, BÉ")


@pytest.mark.parametrize("typed", ["thôi khỏi", "thôi", "không cần nữa", "huỷ"])
async def test_who_lets_go_of_the_choices_asks_nothing_any_more(chat: Chat, typed: str) -> None:
    await chat.says("khai sinh")
    await chat.says(typed)
    assert chat.states() == ["withdrawn"]


async def test_a_new_question_while_choices_are_open_is_a_new_question(chat: Chat) -> None:
    await chat.says("khai sinh")
    card = await chat.asks("đăng ký lại khai sinh bị mất giấy thì sao")
    assert card.text.startswith("ĐĂNG KÝ LẠI KHAI SINH")
    assert chat.states() == ["choosing", "auto_answered"]


@pytest.mark.parametrize("typed", ["ừ", "dạ đúng rồi", "rõ rồi", "2"])
async def test_that_it_helped_may_be_typed(chat: Chat, typed: str) -> None:
    await chat.says("làm khai sinh cần gì")
    assert (await chat.asks(typed)).text.startswith("Dạ, cảm ơn ông/bà")


@pytest.mark.parametrize("typed", ["hông", "chưa đúng ý tôi", "không phải", "3", "cái thứ ba"])
async def test_that_it_did_not_help_may_be_typed(chat: Chat, typed: str) -> None:
    await chat.says("làm khai sinh cần gì")
    assert (await chat.asks(typed)).decision == "choices"


@pytest.mark.parametrize("typed", ["1", "nộp trên mạng", "nop tren mang"])
async def test_a_link_may_be_chosen_by_typing(chat: Chat, typed: str) -> None:
    await chat.says("làm khai sinh cần gì")
    told = await chat.asks(typed)
    assert told.text == "Dạ, Nộp trên mạng: https://dichvucong.gov.vn/khai-sinh"
    assert (await chat.asks("ừ")).text.startswith("Dạ, cảm ơn")


async def test_an_officer_asked_for_after_it_helped_is_another_matter(chat: Chat) -> None:
    await chat.says("làm khai sinh cần gì")
    await chat.says("rõ rồi")
    assert "nhắn trong một tin" in (await chat.asks("gặp cán bộ")).text
    assert chat.states() == ["auto_answered"]


async def test_without_other_candidates_the_officer_is_offered(chat: Chat) -> None:
    await chat.says("làm khai sinh")
    (offer,) = await chat.says("chưa đúng")
    assert "gửi câu hỏi này cho cán bộ" in offer.text
    assert "Mã câu hỏi" in (await chat.asks("ừ")).text
    assert chat.states() == ["queued"]


@pytest.mark.parametrize(
    "payload",
    [
        "#x:entry:DROP TABLE",
        "#x:rate:9",
        "#x:",
        "#x:unknown",
        "#x:status:abc",
        "#x:none:1",
        "#x:air:all",
    ],
)
async def test_a_payload_we_never_wrote_gets_a_kind_word(chat: Chat, payload: str) -> None:
    assert "nút này" in (await chat.presses(payload))[0].text
    assert "nút này" in (await chat.says(payload))[0].text
    assert chat.questions() == []


async def test_a_visible_payload_reads_as_the_citizen_would_say_it(chat: Chat) -> None:
    (card,) = await chat.presses("làm khai sinh cần gì")
    assert card.text.startswith("ĐĂNG KÝ KHAI SINH")


async def test_a_button_of_an_entry_that_is_gone_goes_to_the_officer(chat: Chat) -> None:
    await chat.says("khai sinh")
    (receipt,) = await chat.presses("#x:entry:procedure:9.999999")
    assert "Mã câu hỏi" in receipt.text


async def test_a_button_about_somebody_elses_question_tells_its_state_only(
    chat: Chat, new_chat: NewChat
) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    code = chat.questions()[0].code
    stranger = new_chat()
    for act in ("withdraw", "more", "wrong", "clear", "status"):
        (reply,) = await stranger.presses(f"#x:{act}:{code}")
        assert "Cái Sắn" not in reply.text
    assert chat.states() == ["queued"]
