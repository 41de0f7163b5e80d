"""The citizen's side of what officers really do at the desk."""

import pytest
from sqlalchemy import insert

from bot.office.letters import DeskLetters
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import acts
from bot.questions.guards import Hand
from bot.questions.notices import Answer
from bot.tables.desk import officer
from tests.bot.conversation.chat import WORDING, Chat

NOTICES = DeskLetters(WORDING)


def hand(chat: Chat) -> Hand:
    """Return an officer of the roads department, about to act on the latest question."""
    acting = Officer(7, "hoa", "Lê Thị Hoa", "Chuyên viên", Role.OFFICER, "ct-so-xay-dung")
    added = insert(officer).values(
        id=acting.id,
        username=acting.username,
        password="-",
        role=str(acting.role),
        agency=acting.agency,
        created_at=chat.now,
    )
    chat.connection.execute(added)
    return Hand(acting, chat.questions()[-1].id, chat.now)


async def answered(chat: Chat) -> None:
    """Ask about the bridge and let the officer answer."""
    await chat.says("khi nào sửa cầu Cái Sắn")
    acting = hand(chat)
    acts.claim(chat.connection, acting)
    acts.draft(chat.connection, acting, Answer("Sửa trong tháng 12.", "Kế hoạch năm 2026"))
    acts.send(chat.connection, acting, NOTICES)


async def test_the_answer_may_be_rated_and_agreed_to_by_typing(chat: Chat) -> None:
    await answered(chat)
    for typed in ("rõ rồi", "1", "đồng ý", "đồng ý, giấu tên"):
        await chat.says(typed)
    assert chat.states() == ["rated"]


@pytest.mark.parametrize("typed", ["3", "chưa đúng", "cái cuối"])
async def test_the_answer_may_be_turned_down_by_typing(chat: Chat, typed: str) -> None:
    await answered(chat)
    receipt, asking = await chat.says(typed)
    assert "Sở Xây dựng" in receipt.text
    assert "chưa đúng chỗ nào" in asking.text
    await chat.says("cầu khác, gần chợ")
    assert chat.states() == ["reopened"]
    assert "cau khac" in chat.questions()[0].folded


async def test_an_officers_question_is_answered_in_the_chat(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    acting = hand(chat)
    acts.claim(chat.connection, acting)
    acts.ask(chat.connection, acting, "Cầu nào vậy ông/bà?", NOTICES)
    assert chat.states() == ["waiting"]
    (noted,) = await chat.says("cầu gần chợ")
    assert "đã ghi thêm" in noted.text
    assert chat.states() == ["claimed"]
