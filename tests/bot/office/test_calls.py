"""A citizen who wants to be called: who called, when, and what is left afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.office import calls
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions.desk import Opened
from bot.questions.guards import NotYours
from bot.questions.steps import NoSuchQuestion
from bot.reach.consents import Choice, choose, erase_idle_numbers, number_of
from bot.reach.overview import held, reach_of
from bot.reach.roads import Road
from bot.tables.delivery import outbox
from bot.tables.desk import question, question_event
from tests.bot.questions.officers import hire
from tests.bot.questions.samples import NOW, prepare
from tests.bot.reach.samples import ask_on_zalo, close, hold_answer, write

LATER = NOW + timedelta(days=10)
CALL = Choice(Road.CALL, "road.ask.call", "+84901234567")


@pytest.fixture
def connection(connection: Connection) -> Connection:
    prepare(connection)
    return connection


@pytest.fixture
def opened(connection: Connection) -> Opened:
    """Return a question whose asker wants to be called, with its answer held back."""
    opened = ask_on_zalo(connection)
    choose(connection, opened.id, CALL, NOW)
    hold_answer(connection, opened, LATER)
    return opened


@pytest.fixture
def officer(connection: Connection) -> Officer:
    return hire(connection, "an", Role.OFFICER, "ct-so-y-te")


def outbox_row(connection: Connection) -> tuple[str, str]:
    row = connection.execute(select(outbox).order_by(outbox.c.id.desc())).first()
    assert row is not None
    return row.state, row.owner


def test_who_was_reached_counts_as_told_by_whom_and_when(
    connection: Connection, opened: Opened, officer: Officer
) -> None:
    assert calls.settle(connection, officer, opened.code, reached=True, now=LATER)
    assert outbox_row(connection) == ("told", officer.actor)
    told = connection.execute(select(question_event).order_by(question_event.c.id.desc())).first()
    assert told is not None
    assert (told.actor, told.at, told.detail) == (officer.actor, LATER, {"message": "called"})


def test_the_number_goes_with_its_purpose(
    connection: Connection, opened: Opened, officer: Officer
) -> None:
    calls.settle(connection, officer, opened.code, reached=True, now=LATER)
    assert number_of(connection, opened.id, Road.CALL) is None


def test_who_was_not_reached_is_still_to_be_told(
    connection: Connection, opened: Opened, officer: Officer
) -> None:
    calls.settle(connection, officer, opened.code, reached=False, now=LATER)
    assert outbox_row(connection)[0] == "waiting"
    assert [each.road for each in held(connection, question.c.id == opened.id)] == [Road.CALL]


def test_what_was_told_is_not_sent_again_when_the_citizen_writes(
    connection: Connection, opened: Opened, officer: Officer
) -> None:
    calls.settle(connection, officer, opened.code, reached=True, now=LATER)
    write(connection, "alo", LATER + timedelta(days=1))
    assert outbox_row(connection)[0] == "told"
    assert not calls.settle(connection, officer, opened.code, reached=True, now=LATER)


def test_another_agency_cannot_call(connection: Connection, opened: Opened) -> None:
    stranger = hire(connection, "binh", Role.OFFICER, "ct-so-noi-vu")
    with pytest.raises(NoSuchQuestion):
        calls.settle(connection, stranger, opened.code, reached=True, now=LATER)
    editor = hire(connection, "chi", Role.EDITOR)
    with pytest.raises(NotYours):
        calls.settle(connection, editor, opened.code, reached=True, now=LATER)


def test_the_number_is_dialled_only_when_there_is_something_to_tell(
    connection: Connection,
) -> None:
    opened = ask_on_zalo(connection)
    choose(connection, opened.id, CALL, NOW)
    row = connection.execute(select(question).where(question.c.id == opened.id)).one()
    assert not reach_of(connection, row).to_call
    hold_answer(connection, opened, LATER)
    assert reach_of(connection, row).to_call


def test_a_number_nobody_needs_any_more_is_forgotten(
    connection: Connection, opened: Opened
) -> None:
    assert erase_idle_numbers(connection) == 0
    close(connection, opened)
    assert erase_idle_numbers(connection) == 0  # the answer still waits
    connection.execute(outbox.update().values(state="sent"))
    assert erase_idle_numbers(connection) == 1
