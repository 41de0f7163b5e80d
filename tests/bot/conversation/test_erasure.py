"""When a citizen's data are erased nothing of theirs is left, and the chains still verify."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from bot.broadcast import Article, State
from bot.questions import history
from bot.questions.erasure import erase_citizen
from bot.tables.broadcasts import broadcast
from bot.tables.delivery import conversation, message
from bot.tables.desk import content, officer
from bot.tables.knowledge import alias, alias_asker, entry
from bot.tables.learning import learned_model
from bot.tables.segments import segment, segment_item
from tests.bot.conversation.chat import FRIDAY, Chat


async def erased(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    await chat.says("xoá dữ liệu của tôi")
    erase_citizen(chat.connection, chat.id, "officer:1", FRIDAY)


async def test_no_word_is_left_and_the_history_verifies(chat: Chat) -> None:
    await erased(chat)
    texts = select(message.c.text).where(message.c.conversation_id == chat.id)
    assert set(chat.connection.execute(texts).scalars()) == {""}
    assert set(chat.connection.execute(select(content.c.text)).scalars()) == {None}
    assert history.verify(chat.connection, ZoneInfo("Asia/Ho_Chi_Minh")) == []


async def test_the_memory_begins_anew(chat: Chat) -> None:
    await erased(chat)
    kept = select(conversation.c.state).where(conversation.c.id == chat.id)
    assert chat.connection.execute(kept).scalar_one() == {}


async def test_questions_stay_in_their_buckets(chat: Chat) -> None:
    await erased(chat)
    assert [row.bucket for row in chat.questions()] == ["open", "open"]


async def aired(chat: Chat) -> int:
    """Put what the citizen asks on the month's list; return the item."""
    await chat.says("khi nào sửa cầu Cái Sắn")
    asked = chat.questions()[0]
    chat.connection.execute(
        insert(segment).values(month="2026-11", air_date=FRIDAY.date(), status="open")
    )
    item = {"month": "2026-11", "question_id": asked.id, "answer_id": asked.text_id}
    words = {"question": "Cầu?", "answer": "Đang sửa.", "agency": "ct-so-xay-dung"}
    more = {"position": 1, "state": "approved", "answered_on": FRIDAY.date()}
    made = chat.connection.execute(insert(segment_item).values(**item, **words, **more))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


async def test_what_was_to_go_on_air_is_emptied(chat: Chat) -> None:
    await aired(chat)
    erase_citizen(chat.connection, chat.id, "officer:1", FRIDAY)
    row = chat.connection.execute(select(segment_item)).one()
    assert (row.state, row.question, row.answer) == ("dropped", "", "")


async def test_no_phrasing_names_its_asker_any_more(chat: Chat) -> None:
    of = {"entry_id": "faq:1", "text": "cầu gãy rồi", "state": "rejected", "origin": "confirmed"}
    row = {"id": "faq:1", "kind": "faq", "code": "1", "state": "public", "merged": {}}
    chat.connection.execute(insert(entry).values(**row, folded="", changed_at=FRIDAY))
    chat.connection.execute(insert(alias).values(id=1, **of, at=FRIDAY))
    chat.connection.execute(insert(alias_asker).values(alias_id=1, conversation_id=chat.id))
    await erased(chat)
    assert chat.connection.execute(select(alias_asker)).all() == []


@pytest.mark.parametrize(
    ("state", "left"), [(State.APPROVED, []), (State.SENT, [[]]), (State.UNKNOWN, [[]])]
)
async def test_no_article_keeps_the_words(chat: Chat, state: State, left: list[list[str]]) -> None:
    item = await aired(chat)
    who = {"username": "b", "role": "editor", "password": "", "created_at": FRIDAY}
    chat.connection.execute(insert(officer).values(id=9, **who))
    told = Article("Tháng 11", "UBND", "", "", "", ("Cầu? Đang sửa.",), (item,)).as_json()
    row = {"channel": "zalo", "month": "2026-11", "state": state, "article": told}
    chat.connection.execute(insert(broadcast).values(**row, prepared_by=9, prepared_at=FRIDAY))
    erase_citizen(chat.connection, chat.id, "officer:1", FRIDAY)
    articles = chat.connection.execute(select(broadcast.c.article)).scalars()
    assert [article["body"] for article in articles] == left


async def test_no_report_of_a_training_keeps_the_words(chat: Chat) -> None:
    await chat.says("khi nào sửa cầu Cái Sắn")
    moves = [{"name": code, "text": "cầu"} for code in (chat.questions()[0].code, "2222222")]
    report = {"losses": [], "gains": moves}
    row = {"version": "a", "state": "former", "weights": {}, "report": report, "made_by": "x"}
    chat.connection.execute(insert(learned_model).values(**row, made_at=FRIDAY))
    erase_citizen(chat.connection, chat.id, "officer:1", FRIDAY)
    kept = chat.connection.execute(select(learned_model.c.report)).scalar_one()
    assert [move["text"] for move in kept["gains"]] == ["", "cầu"]
