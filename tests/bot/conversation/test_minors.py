"""A self-declared minor is answered like anybody, and nothing of theirs goes public."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.segments.selection import consent_stands, of_age
from bot.tables.desk import consent, question
from tests.bot.conversation.chat import FRIDAY, Chat


async def answered(chat: Chat) -> None:
    """Let an officer have answered the only question, and speak last of it."""
    changed = update(question).where(question.c.conversation_id == chat.id)
    chat.connection.execute(changed.values(state="answered", bucket="answered"))


async def test_a_minor_is_not_asked_for_consent(chat: Chat) -> None:
    await chat.says("con 14 tuổi", "khi nào sửa cầu Cái Sắn")
    await answered(chat)
    await chat.presses(f"#x:clear:{chat.questions()[0].code}")
    assert "cảm ơn" in (await chat.presses("#x:rate:1"))[0].text
    assert chat.connection.execute(select(consent.c.granted)).scalars().all() == []


async def test_an_old_button_does_not_help_either(chat: Chat) -> None:
    await chat.says("em học lớp 8")
    await chat.says("khi nào sửa cầu Cái Sắn")
    await answered(chat)
    await chat.presses(f"#x:clear:{chat.questions()[0].code}")
    assert "người giám hộ" in (await chat.presses("#x:air:named"))[0].text
    assert chat.connection.execute(select(consent.c.granted)).scalars().all() == [False]


async def test_who_says_so_later_takes_back_what_was_agreed(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    asked = chat.questions()[0].id
    given = {"question_id": asked, "use": "air", "granted": True, "at": FRIDAY}
    words = {"wording": "consent.air", "wording_version": "1"}
    chat.connection.execute(consent.insert().values(**given, **words))
    await chat.says("con mới 15 tuổi")
    await chat.goes_on(timedelta(seconds=2))
    may = select(question.c.id).where(question.c.id == asked)
    assert chat.connection.execute(may.where(of_age())).all() == []
    assert chat.connection.execute(may.where(consent_stands())).all() == []


async def test_a_grown_up_is_of_age(chat: Chat) -> None:
    await chat.says("con tôi 14 tuổi")
    asked = len(chat.questions())
    await chat.says("khi nào sửa cầu Cái Sắn")
    found = chat.connection.execute(select(question.c.id).where(of_age())).all()
    assert len(found) == asked + 1
