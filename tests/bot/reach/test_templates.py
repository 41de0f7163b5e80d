"""The books of template messages: one for an answer held back, never a second in doubt."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.channels import ChannelUnavailable, OutcomeUnknown, RecipientGone, SendError
from bot.questions.desk import Opened
from bot.reach import templates
from bot.reach.consents import Choice, choose, number_of
from bot.reach.roads import Road
from bot.reach.templates import Note
from bot.tables.reach import template_note
from tests.bot.questions.samples import NOW
from tests.bot.reach.samples import ask_on_zalo, hold_answer

LATER = NOW + timedelta(days=10)
TEMPLATE = Choice(Road.TEMPLATE, "road.ask.template", "+84901234567")


@pytest.fixture
def opened(connection: Connection) -> Opened:
    opened = ask_on_zalo(connection)
    choose(connection, opened.id, TEMPLATE, NOW)
    hold_answer(connection, opened, LATER)
    return opened


def due(connection: Connection, to: str = "phone") -> list[Note]:
    return templates.due(connection, "zalo", to)


def states(connection: Connection) -> list[str]:
    return list(connection.execute(select(template_note.c.state)).scalars())


def test_a_held_answer_is_announced_to_the_number_given_for_it(
    connection: Connection, opened: Opened
) -> None:
    (note,) = due(connection)
    assert (note.phone, note.code.replace(" ", "")) == ("+84901234567", opened.code)


def test_nobody_gets_one_who_did_not_ask_for_it(connection: Connection) -> None:
    opened = ask_on_zalo(connection)
    hold_answer(connection, opened, LATER)
    assert due(connection, "user") == []
    choose(connection, opened.id, Choice(Road.CALL, "road.ask.call", "+84901234567"), LATER)
    assert due(connection, "user") == []


def test_without_a_number_only_the_user_id_will_do(connection: Connection) -> None:
    opened = ask_on_zalo(connection)
    choose(connection, opened.id, Choice(Road.TEMPLATE, "receipt.window.zalo"), NOW)
    hold_answer(connection, opened, LATER)
    assert due(connection) == []
    assert len(due(connection, "user")) == 1


@pytest.mark.usefixtures("opened")
def test_two_senders_have_one_right(connection: Connection) -> None:
    (note,) = due(connection)
    assert [templates.begin(connection, note, LATER) for _ in range(2)] == [True, False]
    assert due(connection) == []


def test_the_number_is_erased_once_it_has_served(connection: Connection, opened: Opened) -> None:
    (note,) = due(connection)
    templates.begin(connection, note, LATER)
    templates.sent(connection, note, "p1", LATER)
    assert states(connection) == ["sent"]
    assert number_of(connection, opened.id, Road.TEMPLATE) is None


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("error", "left"),
    [
        pytest.param(ChannelUnavailable(), [], id="what passes is tried again"),
        pytest.param(OutcomeUnknown(), ["unknown"], id="what may have arrived is not"),
        pytest.param(RecipientGone(), ["failed"], id="what never arrives is given up"),
    ],
)
def test_failures(connection: Connection, error: SendError, left: list[str]) -> None:
    (note,) = due(connection)
    templates.begin(connection, note, LATER)
    templates.not_sent(connection, note, error, LATER)
    assert states(connection) == left
    assert len(due(connection)) == (0 if left else 1)


@pytest.mark.usefixtures("opened")
def test_a_sender_that_died_leaves_a_doubt_not_a_second_message(connection: Connection) -> None:
    (note,) = due(connection)
    templates.begin(connection, note, LATER)
    assert templates.settle_broken(connection, LATER + timedelta(minutes=1)) == 0
    assert templates.settle_broken(connection, LATER + timedelta(minutes=6)) == 1
    assert (states(connection), due(connection)) == (["unknown"], [])
