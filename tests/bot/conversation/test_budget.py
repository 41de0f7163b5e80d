"""One sender's share of the officers' time: enough for everybody, without end for nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

from bot.tables.desk import crowd
from tests.bot.conversation.chat import FRIDAY, Chat
from tests.bot.conversation.conftest import NewChat

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


@pytest.fixture
def crowd_at_the_desk(connection: Connection) -> None:
    connection.execute(insert(crowd).values(agency="ct-van-phong-ubnd", open=400, since=FRIDAY))


@pytest.fixture
def crowded(crowd_at_the_desk: None, chat: Chat) -> Chat:  # noqa: ARG001
    return chat


BRIDGES = ("bao giờ sửa cầu Nhu Gia", "khi nào làm cầu Mỹ Thanh", "cầu Kênh Xáng chừng nào xong")


async def test_a_crowd_keeps_no_newcomer_out_and_says_that_it_is_one(crowded: Chat) -> None:
    assert "rất nhiều người hỏi nơi đây" in (await crowded.asks(BRIDGES[0])).text
    assert [q.agency for q in crowded.questions()] == ["ct-van-phong-ubnd"]


async def test_in_a_crowd_who_has_asked_twice_lets_others_come_first(crowded: Chat) -> None:
    for text in BRIDGES:
        crowded.now += timedelta(minutes=11)
        (*_, told) = await crowded.says(text)
    assert "2 câu trước của ông/bà vẫn giữ chỗ" in told.text
    assert [button.payload for button in told.buttons] == ["#x:hotlines"]
    assert len(crowded.questions()) == 2


async def test_another_agency_is_not_crowded(crowded: Chat) -> None:
    for text in (*BRIDGES, "khi nào sửa cầu Cái Sắn"):
        crowded.now += timedelta(minutes=11)
        await crowded.says(text)
    assert {q.agency for q in crowded.questions()} == {"ct-van-phong-ubnd", "ct-so-xay-dung"}


@pytest.mark.usefixtures("crowd_at_the_desk")
async def test_who_writes_with_an_account_is_no_part_of_the_crowd(new_chat: NewChat) -> None:
    chat = new_chat(channel="telegram")
    for text in BRIDGES:
        chat.now += timedelta(minutes=11)
        await chat.says(text)
    assert len(chat.questions()) == 3


async def test_after_its_time_a_bar_is_over(barred: Chat) -> None:
    barred.now += timedelta(days=8)
    await barred.says(MATTERS[0])
    assert len(barred.questions()) == 1
