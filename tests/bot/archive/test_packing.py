"""Bodies of old messages are packed by month, read as before, and erased as before."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.archive.packing import bodies, pack, packable
from bot.questions.erasure import erase
from bot.questions.life import State
from bot.questions.repository import with_history
from bot.store import Done, Store, migrations
from bot.tables.delivery import conversation, message, message_archive
from bot.tables.desk import question
from handlers.console.dialogue import dialogue_lines
from tests.bot.questions.samples import NOW, ask, prepare

pytestmark = pytest.mark.engines
LATER = NOW + timedelta(days=200)
SAID = ["Làm thẻ bảo hiểm ở đâu?", "Dạ, ở bảo hiểm xã hội ạ.", "Cảm ơn ạ"]


def furnish(connection: Connection, *, start: State = State.AUTO_ANSWERED) -> int:
    """Open a question with three messages over two months."""
    prepare(connection)
    asked = ask(connection, start=start)
    for number, text in enumerate(SAID):
        line = {"conversation_id": 1, "seq": 100 + number, "role": "citizen", "text": text}
        at = NOW + timedelta(days=20 * number)
        row = {**line, "body": {"attachments": []}, "at": at, "question_id": asked.id}
        connection.execute(insert(message).values(row))
    return asked.id


def shown(connection: Connection, question_id: int) -> list[str]:
    dossier = with_history(connection, question_id)
    assert dossier is not None
    lines = dialogue_lines(dossier.messages, set(), dossier.packed)
    return [line.text for line in lines if line.text in SAID]


def kept_in_rows(connection: Connection) -> int:
    filled = select(func.count()).where(message.c.text.in_(SAID))
    return connection.execute(filled).scalar_one()


def test_an_officer_reads_a_packed_dialogue_as_it_was(connection: Connection) -> None:
    question_id = furnish(connection)
    assert shown(connection, question_id) == SAID
    assert pack(connection, LATER, 10) == 1
    assert kept_in_rows(connection) == 0
    assert shown(connection, question_id) == SAID


def test_each_month_is_a_blob_of_its_own(connection: Connection) -> None:
    furnish(connection)
    pack(connection, LATER, 10)
    months = select(message_archive.c.month).order_by(message_archive.c.month)
    assert connection.execute(months).scalars().all() == ["2026-11", "2026-12"]


def test_packing_twice_packs_nothing_more(connection: Connection) -> None:
    furnish(connection)
    assert packable(connection, LATER) == pack(connection, LATER, 10) == 1
    assert packable(connection, LATER) == pack(connection, LATER, 10) == 0


def test_an_open_question_is_not_packed(connection: Connection) -> None:
    furnish(connection, start=State.QUEUED)
    assert pack(connection, LATER, 10) == 0


def test_who_wrote_since_is_not_packed(connection: Connection) -> None:
    furnish(connection)
    connection.execute(update(conversation).values(last_inbound_at=LATER))
    assert pack(connection, LATER, 10) == 0


def test_what_comes_after_the_packing_joins_it(connection: Connection) -> None:
    question_id = furnish(connection)
    pack(connection, LATER, 10)
    line = {"conversation_id": 1, "seq": 200, "role": "citizen", "text": "Tôi hỏi lại"}
    again = {**line, "body": {}, "at": NOW + timedelta(days=1), "question_id": question_id}
    connection.execute(insert(message).values(again))
    assert pack(connection, LATER, 10) == 1
    assert {body.text for body in bodies(connection, 1).values()} >= {*SAID, "Tôi hỏi lại"}


def test_what_is_erased_is_gone_from_the_archive(connection: Connection) -> None:
    question_id = furnish(connection)
    pack(connection, LATER, 10)
    erase(connection, question_id, "test", LATER)
    assert bodies(connection, 1) == {}
    assert connection.execute(select(func.count()).select_from(message_archive)).scalar() == 0


async def test_going_back_to_an_older_version_unpacks(database_url: str, store: Store) -> None:
    question_id = await store.write(lambda c: Done(furnish(c)))
    await store.write(lambda c: Done(pack(c, LATER, 10)))
    migrations.downgrade(database_url, "0009")
    migrations.upgrade(database_url)
    assert await store.read(kept_in_rows) == len(SAID)
    assert await store.read(lambda c: shown(c, question_id)) == SAID
    assert await store.read(lambda c: c.execute(select(question.c.id)).scalar()) == question_id
