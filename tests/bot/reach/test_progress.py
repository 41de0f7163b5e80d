"""One word before a window ends: to whom, how often, and what counts as an answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.messages import IncomingKind
from bot.questions.desk import Opened
from bot.questions.life import State
from bot.reach import progress
from bot.tables.delivery import conversation, inbox
from tests.bot.questions.samples import NOW
from tests.bot.reach.samples import ask_on_zalo, close, write

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SIXTH = NOW + timedelta(days=6)


@pytest.fixture(autouse=True)
def opened(connection: Connection) -> Opened:
    return ask_on_zalo(connection)


def due(connection: Connection, now: datetime = SIXTH) -> int:
    return len(progress.due(connection, now, HANOI))


def ask(connection: Connection, now: datetime) -> None:
    """Send what is due."""
    for each in progress.due(connection, now, HANOI):
        assert progress.begin(connection, each, now)


def test_it_is_due_in_the_last_36_hours_by_day(connection: Connection) -> None:
    assert due(connection, NOW + timedelta(days=5)) == 0
    assert due(connection, SIXTH) == 1
    assert due(connection, SIXTH.replace(hour=15)) == 0  # ten in the evening
    assert due(connection, NOW + timedelta(days=8)) == 0


def test_two_nodes_have_one_right(connection: Connection) -> None:
    (each,) = progress.due(connection, SIXTH, HANOI)
    assert [progress.begin(connection, each, SIXTH) for _ in range(2)] == [True, False]
    assert due(connection) == 0


@pytest.mark.parametrize("state", [State.ANSWERED, State.WITHDRAWN])
def test_a_question_that_is_over_needs_no_word(
    connection: Connection, opened: Opened, state: State
) -> None:
    close(connection, opened, state)
    assert due(connection) == 0


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"state": {"stopped": True}}, id="who wants no notices"),
        pytest.param({"blocked": True}, id="who left"),
        pytest.param({"silent_until": SIXTH + timedelta(hours=1)}, id="who talks to an officer"),
    ],
)
def test_some_are_left_in_peace(connection: Connection, values: dict[str, object]) -> None:
    connection.execute(update(conversation).values(**values))
    assert due(connection) == 0


def test_none_after_two_that_nobody_answered(connection: Connection) -> None:
    now = NOW
    for _ in range(2):
        ask(connection, now + timedelta(days=6))
        now += timedelta(days=9)  # the window has closed before the next word
        write(connection, f"late-{now}", now)
        connection.execute(update(inbox).values(state="decided"))
    assert due(connection, now + timedelta(days=6)) == 0


def test_a_sign_of_life_in_time_is_an_answer(connection: Connection) -> None:
    now = NOW
    for number in range(4):
        ask(connection, now + timedelta(days=6))
        now += timedelta(days=6, hours=2)
        write(connection, f"here-{number}", now, kind=IncomingKind.STICKER)
    assert due(connection, now + timedelta(days=6)) == 1


def test_pressing_the_button_late_is_an_answer_too(connection: Connection) -> None:
    now = NOW
    for _ in range(3):
        ask(connection, now + timedelta(days=6))
        now += timedelta(days=9)
        conversation_id = write(connection, f"late-{now}", now)
        progress.confirm(connection, conversation_id, now)
    assert due(connection, now + timedelta(days=6)) == 1
