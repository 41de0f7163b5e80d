"""One sender's share of the officers' time: enough for everybody, without end for nobody."""

from datetime import timedelta

import pytest

from tests.bot.conversation.chat import Chat

MATTERS = (
    "đường trước nhà ngập hoài",
    "rác đầu hẻm hôi quá",
    "đèn đường hư mấy tuần",
    "quán karaoke ồn suốt đêm",
    "cống xóm tôi nghẹt",
    "cầu ván sắp sập",
    "nước máy đục ngầu",
    "chợ lấn chiếm lề đường",
    "chó thả rông cắn người",
    "cây xanh ngã chắn lối đi",
    "điện cúp hoài không ai sửa",
    "lộ đất trước xóm sình lầy quá",
    "trạm bơm kêu cả ngày",
)


async def file_all(chat: Chat) -> str:
    """File one matter after the other until the chat says that it is enough."""
    for text in MATTERS:
        replies = await chat.says(text)
        chat.now += timedelta(minutes=11)
        if replies and "chờ cán bộ trả lời" in replies[0].text:
            return replies[0].text
    raise AssertionError("nothing held it back")


async def test_ten_questions_may_wait_at_once_and_the_next_waits_for_an_answer(chat: Chat) -> None:
    told = await file_all(chat)
    assert "đang có 10 câu hỏi chờ" in told
    assert len(chat.questions()) == 10


async def test_a_denunciation_is_taken_however_many_wait(chat: Chat) -> None:
    await file_all(chat)
    await chat.says("tôi tố cáo cán bộ xã nhận tiền")
    await chat.says("vẫn gửi")
    assert chat.questions()[-1].kind == "denunciation"


async def test_procedures_are_explained_however_many_wait(chat: Chat) -> None:
    await file_all(chat)
    choices = await chat.asks("khai sinh")
    assert len(choices.buttons) > 1
    assert "chờ cán bộ" not in choices.text


@pytest.fixture
def barred(chat: Chat) -> Chat:
    chat.barred_until = chat.now + timedelta(days=7)
    return chat


async def test_a_barred_sender_is_told_until_when_and_files_nothing(barred: Chat) -> None:
    (told,) = await barred.says(MATTERS[0])
    assert "đến hết ngày 13/11/2026" in told.text
    assert barred.questions() == []


async def test_a_barred_sender_in_danger_is_told_whom_to_call(barred: Chat) -> None:
    assert "114" in (await barred.asks("nhà tôi đang cháy cứu với")).text


async def test_after_its_time_a_bar_is_over(barred: Chat) -> None:
    barred.now += timedelta(days=8)
    await barred.says(MATTERS[0])
    assert len(barred.questions()) == 1
