"""How the answer comes once Zalo is closed: chosen at hand-over, changed at will."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select

from bot.messages import Outgoing
from bot.reach.consents import number_of, roads_of
from bot.reach.roads import Road, number_in
from bot.tables.delivery import message
from bot.tables.desk import consent
from bot.tables.reach import phone, progress
from tests.bot.conversation.chat import Chat
from tests.bot.conversation.conftest import NewChat

ASKED = "khi nào sửa cầu Cái Sắn"


@pytest.fixture
async def zalo(new_chat: NewChat) -> Chat:
    """Return a chat on Zalo with one question at an agency's desk."""
    chat = new_chat(channel="zalo")
    await chat.asks(ASKED)
    return chat


def labels(message: Outgoing) -> list[str]:
    return [button.label for button in message.buttons]


def code(chat: Chat) -> str:
    return str(chat.questions()[0].code)


def consents(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(consent).order_by(consent.c.id)).all()


async def test_the_receipt_offers_the_roads_and_stays_short(zalo: Chat) -> None:
    receipt = zalo.said[-1]
    assert labels(receipt) == ["Tôi tự nhắn lại xem", "Gọi cho tôi", "Xem tới đâu rồi"]
    assert "Quá 7 ngày, ông/bà nhắn lại một chữ là nhận được trả lời" in receipt.text
    assert len(receipt.text) < 700


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_where_nothing_closes_nothing_is_chosen(new_chat: NewChat, channel: str) -> None:
    receipt = await new_chat(channel=channel).asks(ASKED)
    assert labels(receipt) == ["Xem tới đâu rồi"]


async def test_who_chooses_nothing_writes_again(zalo: Chat, connection: Connection) -> None:
    assert roads_of(connection, [zalo.questions()[0].id]) == {}
    (told,) = await zalo.presses(f"#x:roads:{code(zalo)}")
    assert "nhắn lại một chữ là nhận được trả lời" in told.text


async def test_writing_again_is_stored_with_the_words_that_were_shown(
    zalo: Chat, connection: Connection
) -> None:
    await zalo.says("tôi tự nhắn lại xem")
    (given,) = consents(connection)
    assert (given.use, given.granted, given.wording) == ("again", True, "receipt.window.zalo")


async def test_being_called_asks_for_a_number_and_says_what_it_is_for(zalo: Chat) -> None:
    (asks,) = await zalo.presses(f"#x:call:{code(zalo)}")
    assert "Số chỉ dùng cho việc này, xong thì xoá" in asks.text
    (kept,) = await zalo.says("dạ số tui là 0901 234 567 nghen")
    assert "cán bộ gọi số này" in kept.text
    assert "…567" in kept.text
    assert labels(kept) == ["Thôi, tôi tự nhắn lại"]


async def test_a_number_is_kept_for_its_purpose_and_hidden_elsewhere(
    zalo: Chat, connection: Connection
) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("0901234567")
    question_id = zalo.questions()[0].id
    assert number_of(connection, question_id, Road.CALL) == "+84901234567"
    assert number_of(connection, question_id, Road.TEMPLATE) is None
    texts = connection.execute(select(message.c.text)).scalars().all()
    assert [text for text in texts if "234567" in text] == []
    assert "[số điện thoại]" in texts


async def test_a_number_is_taken_though_another_word_came_first(
    zalo: Chat, connection: Connection
) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("toi dau roi")
    await zalo.says("0901 234 567")
    assert number_of(connection, zalo.questions()[0].id, Road.CALL) == "+84901234567"


async def test_the_consent_to_be_called_names_its_words(zalo: Chat, connection: Connection) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("0901234567")
    (given,) = consents(connection)
    assert (given.use, given.wording) == ("call", "road.ask.call")


async def test_changing_ones_mind_takes_consent_and_number_back(
    zalo: Chat, connection: Connection
) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("0901234567")
    await zalo.says("thôi, tôi tự nhắn lại")
    assert roads_of(connection, [zalo.questions()[0].id]) == {zalo.questions()[0].id: Road.AGAIN}
    assert connection.execute(select(phone)).all() == []
    assert [c.use for c in consents(connection) if c.withdrawn_at] == ["call"]


@pytest.mark.parametrize("typed", ["09012345", "0123 456 789", "số 12345678"])
async def test_a_number_that_no_telephone_has_is_asked_for_again(zalo: Chat, typed: str) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    (again,) = await zalo.says(typed)
    assert "Số này chưa gọi được" in again.text.replace("số này", "Số này")
    (kept,) = await zalo.says("+84 901 234 567")
    assert "…567" in kept.text


async def test_whoever_asks_on_instead_of_giving_a_number_is_answered(
    zalo: Chat, connection: Connection
) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("đèn đường hư ai sửa")
    assert len(zalo.questions()) == 2
    assert consents(connection) == []


async def test_leaving_it_leaves_things_as_they_are(zalo: Chat, connection: Connection) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("thôi khỏi")
    assert consents(connection) == []


async def test_an_emergency_goes_before_a_number(zalo: Chat, connection: Connection) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    (urgent,) = await zalo.says("cháy nhà cứu với, số tôi 0901234567")
    assert "114" in urgent.text
    assert connection.execute(select(phone)).all() == []


async def test_a_template_is_offered_only_where_one_can_be_sent(new_chat: NewChat) -> None:
    receipt = await new_chat(channel="zalo", template_to="phone").asks(ASKED)
    assert "Nhắn theo số điện thoại" in labels(receipt)
    assert len(receipt.buttons) <= 5


async def test_the_button_of_a_progress_message_is_noted(
    zalo: Chat, connection: Connection
) -> None:
    row = {"conversation_id": zalo.id, "window_ended": zalo.now, "asked_at": zalo.now}
    connection.execute(progress.insert().values(**row))
    (noted,) = await zalo.presses(f"#x:waiting:{code(zalo)}")
    assert "vẫn chờ" in noted.text
    assert connection.execute(select(progress.c.answered_at)).scalar_one() is not None


@pytest.mark.parametrize(
    "typed", ["gọi cho tôi", "goi lai cho tui nghe", "cán bộ gọi điện cho tôi", "dạ gọi tui đi"]
)
async def test_being_called_can_be_asked_for_in_words(zalo: Chat, typed: str) -> None:
    (asks,) = await zalo.says(typed)
    assert "xin ông/bà nhắn số điện thoại" in asks.text


async def test_of_several_questions_it_is_asked_which(zalo: Chat) -> None:
    await zalo.says("đèn đường hư ai sửa")
    zalo.state = {**zalo.state, "question": None, "offers": []}
    (which,) = await zalo.says("cán bộ gọi lại cho tôi")
    assert [button.payload[:7] for button in which.buttons] == ["#x:call", "#x:call"]


@pytest.mark.parametrize("typed", ["đừng gọi nữa", "thôi không cần gọi cho tôi đâu", "khỏi gọi"])
async def test_a_call_is_declined_in_words(zalo: Chat, connection: Connection, typed: str) -> None:
    await zalo.presses(f"#x:call:{code(zalo)}")
    await zalo.says("0901234567")
    await zalo.says(typed)
    assert connection.execute(select(phone)).all() == []


async def test_the_choice_is_found_again_at_the_status_and_in_words(zalo: Chat) -> None:
    (status,) = await zalo.presses(f"#x:status:{code(zalo)}")
    assert labels(status)[-1] == "Cách nhận trả lời"
    (told,) = await zalo.says("đổi cách nhận trả lời")
    assert labels(told) == ["Tôi tự nhắn lại xem", "Gọi cho tôi"]


async def test_on_the_web_nobody_is_called(new_chat: NewChat) -> None:
    chat = new_chat()
    await chat.asks(ASKED)
    replies = await chat.says("gọi cho tôi")
    assert all("xin ông/bà nhắn số điện thoại" not in reply.text for reply in replies)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0901234567", "+84901234567"),
        ("(+84) 90-123-4567 gặp bà Tư", "+84901234567"),
        ("số bàn 0292 3821 234", "+842923821234"),
        ("+1 212 555 0100", None),
        ("mã 4K7M2P9", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str | None) -> None:
    assert number_in(text) == number
