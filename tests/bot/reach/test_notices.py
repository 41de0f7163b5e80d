"""What we tell of our own accord: once, to whoever wants it, and counted where it fails."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.delivery.numbering import open_conversation
from bot.messages import Outgoing, Purpose
from bot.reach.notices import (
    Notice,
    Untold,
    cause_of,
    give_up_lapsed,
    kind_of,
    tell,
    told_of,
    untold_since,
)
from bot.tables.delivery import conversation, message, outbox
from tests.bot.questions.samples import NOW
from tests.bot.reach.samples import ask_on_zalo, hold_answer, write

DAY = timedelta(days=1)


def notice(connection: Connection, kind: str = "air", number: int = 1) -> Notice:
    told = Outgoing("Dạ, tối thứ Bảy.", purpose=Purpose.NOTICE, until=NOW + DAY)
    return Notice(cause_of(kind, "2026-11", number), write(connection, f"e{number}"), told)


def test_a_notice_is_told_once_whoever_repeats_it(connection: Connection) -> None:
    tonight = notice(connection)
    assert tell(connection, tonight, NOW) != ()
    assert tell(connection, tonight, NOW) == ()
    assert len(connection.execute(select(outbox)).all()) == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"state": {"stopped": True}}, "stopped", id="ngừng nhận tin"),
        pytest.param({"blocked": True}, "recipient_gone", id="left the channel"),
        pytest.param({"expires_at": NOW - DAY}, "recipient_gone", id="conversation ended"),
    ],
)
def test_who_is_not_told_is_counted_once(
    connection: Connection, values: dict[str, object], reason: str
) -> None:
    tonight = notice(connection)
    connection.execute(update(conversation).values(**values))
    for _ in range(2):
        assert tell(connection, tonight, NOW) == ()
    assert connection.execute(select(message.c.id).where(message.c.role != "citizen")).all() == []
    assert untold_since(connection, NOW) == [Untold("air", reason, 1)]


def test_what_waits_and_what_failed_is_counted_by_kind_and_reason(connection: Connection) -> None:
    opened = ask_on_zalo(connection)
    hold_answer(connection, opened, NOW + 10 * DAY)
    tell(connection, notice(connection), NOW)
    gave_up = {"state": "failed", "reason": "MessageRefused: -248"}
    connection.execute(update(outbox).where(outbox.c.state == "pending").values(**gave_up))
    assert untold_since(connection, NOW) == [
        Untold("air", "MessageRefused", 1),
        Untold("answer", "window_closed", 1),
    ]


def test_a_held_notice_that_would_be_wrong_is_given_up_and_counted(connection: Connection) -> None:
    tell(connection, notice(connection), NOW)
    waiting = {"state": "waiting", "reason": "window_closed", "next_at": NOW}
    connection.execute(update(outbox).values(**waiting))
    assert give_up_lapsed(connection, NOW) == 0
    assert give_up_lapsed(connection, NOW + 2 * DAY) == 1
    assert untold_since(connection, NOW) == [Untold("air", "lapsed", 1)]


def test_an_answer_is_never_given_up(connection: Connection) -> None:
    hold_answer(connection, ask_on_zalo(connection), NOW + 10 * DAY)
    assert give_up_lapsed(connection, NOW + 400 * DAY) == 0


def test_a_months_list_knows_how_many_were_told(connection: Connection) -> None:
    for number in range(3):
        tell(connection, notice(connection, "air", number), NOW)
    open_conversation(connection, "zalo", "other", NOW)
    tell(connection, notice(connection, "aired"), NOW)
    first = select(outbox.c.id).order_by(outbox.c.id).limit(1).scalar_subquery()
    connection.execute(update(outbox).where(outbox.c.id == first).values(state="sent"))
    assert told_of(connection, "air", "2026-11") == {"told": 1, "waiting": 2, "untold": 0}


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("question:5:answer:2", "answer"),
        ("notice:air:2026-11:5", "air"),
        ("progress:12:20261121T030000", "progress"),
        ("inbox:12", "other"),
    ],
)
def test_causes_say_what_a_message_was_about(cause: str, kind: str) -> None:
    assert kind_of(cause) == kind
