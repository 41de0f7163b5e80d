"""A contact form belongs to the question that waits; without one it is not wanted."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bot.messages import IncomingKind
from bot.tables.desk import content
from tests.bot.conversation.chat import Chat

DETAIL = {"name": "Nguyễn Văn Mẫu", "phone": "0900000000"}


@pytest.fixture
def chat(connection: Connection) -> Chat:
    return Chat(connection)


async def fill_in(chat: Chat, **detail: str) -> str:
    event = replace(chat.event(IncomingKind.FORM), detail=detail)
    return "\n".join(reply.text for reply in await chat.sends(event))


async def test_a_form_is_added_to_the_only_open_question(chat: Chat) -> None:
    await chat.says("đường trước nhà ngập hoài không ai sửa")
    said = await fill_in(chat, **DETAIL)
    (asked,) = chat.questions()
    words = select(content.c.text).where(content.c.question_id == asked.id)
    assert any("0900000000" in text for text in chat.connection.execute(words).scalars())
    assert "thông tin liên hệ" in said
    assert "0900000000" not in said


async def test_without_an_open_question_nothing_of_it_is_kept(chat: Chat) -> None:
    assert "không có câu hỏi nào" in await fill_in(chat, **DETAIL)
    assert chat.questions() == []


async def test_an_empty_form_adds_nothing(chat: Chat) -> None:
    await chat.says("đường trước nhà ngập hoài không ai sửa")
    assert "không dùng đến" in await fill_in(chat)


async def test_a_withdrawal_at_the_provider_becomes_a_timed_case(chat: Chat) -> None:
    (reply,) = await chat.presses("#x:erase")
    (case,) = chat.questions()
    assert (case.decision["mark"], case.due_at is not None) == ("erase", True)
    assert "xoá" in reply.text.lower()
