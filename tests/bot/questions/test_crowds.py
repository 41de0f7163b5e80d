"""A crowd at one agency: who comes in numbers waits behind the others, nobody is shut out."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.delivery.policy import change
from bot.questions import crowds, repository
from bot.questions.life import Bucket
from bot.questions.repository import Filters
from bot.tables.delivery import conversation
from bot.tables.desk import question
from tests.bot.questions.samples import NOW, ask

AT = "ct-so-y-te"


def newcomer(connection: Connection, origin: str | None, channel: str = "web") -> int:
    """Open a conversation from some place; one place may open any number."""
    number = connection.execute(select(conversation.c.id)).all()
    row = {"channel": channel, "address": f"n{len(number)}", "created_at": NOW, "origin": origin}
    return int(connection.execute(insert(conversation).values(**row)).inserted_primary_key[0])  # type: ignore[index]


@pytest.fixture
def flooded(connection: Connection) -> Connection:
    """One place has sent thirty questions as thirty newcomers; two others have sent one each."""
    change(connection, crowds.BOUND, 20, "test", NOW)
    for _ in range(30):
        ask(connection, "spam spam", conversation_id=newcomer(connection, "flood"))
    for origin in ("home", None):
        ask(connection, "Hỏi thật.", conversation_id=newcomer(connection, origin))
    crowds.look(connection, NOW)
    return connection


def listed(connection: Connection, *, apart: bool | None) -> list[int]:
    rows = repository.queue(connection, Filters(bucket=Bucket.OPEN, apart=apart)).rows
    return sorted(row.share for row in rows)


def test_a_place_is_known_by_what_it_has_open_with_the_agency(flooded: Connection) -> None:
    shares = flooded.execute(select(question.c.share).order_by(question.c.id)).scalars().all()
    assert list(shares) == [*range(1, 31), 1, 1]


def test_what_comes_from_one_place_in_numbers_is_listed_apart(flooded: Connection) -> None:
    assert listed(flooded, apart=False) == [1, 1, 1, 2, 3, 4, 5]
    assert listed(flooded, apart=True) == list(range(6, 31))


def test_nothing_is_kept_from_who_looks_for_it(flooded: Connection) -> None:
    assert len(listed(flooded, apart=None)) == 32


def test_without_a_crowd_nothing_is_listed_apart(flooded: Connection) -> None:
    flooded.execute(update(question).where(question.c.share > 10).values(bucket="refused"))
    assert crowds.look(flooded, NOW) == []
    assert len(listed(flooded, apart=False)) == 12
    assert repository.count_apart(flooded, question.c.id > 0) == 0


def test_who_writes_with_an_account_makes_no_crowd(connection: Connection) -> None:
    change(connection, crowds.BOUND, 20, "test", NOW)
    for _ in range(25):
        ask(connection, conversation_id=newcomer(connection, None, "zalo"))
    connection.execute(update(question).values(channel="zalo"))
    assert crowds.look(connection, NOW) == []


def test_a_crowd_keeps_its_beginning_and_changes_its_number(flooded: Connection) -> None:
    ask(flooded, "spam", conversation_id=newcomer(flooded, "flood"))
    crowds.look(flooded, NOW + timedelta(minutes=1))
    assert crowds.crowded(flooded) == {AT: 33}


def test_a_process_looks_every_half_minute(flooded: Connection) -> None:
    seconds = 100.0
    known = crowds.Crowds(lambda: seconds)
    assert known.known(flooded) == {AT}
    flooded.execute(update(question).values(bucket="refused"))
    crowds.look(flooded, NOW)
    assert known.known(flooded) == {AT}
    seconds += 31
    assert known.known(flooded) == frozenset()
