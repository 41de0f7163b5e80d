"""Who is heard on air: only those who agreed, only what was vouched for."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.questions import acts, desk, erasure
from bot.questions.desk import Opened
from bot.questions.life import State
from bot.segments import editing, repository
from bot.segments.months import Month
from bot.tables.desk import question
from knowledge.decisions import MatterKind
from tests.bot.questions.officers import by
from tests.bot.questions.samples import NOW, ask
from tests.bot.segments import samples
from tests.bot.segments.samples import (
    MONTH,
    SCHEDULE,
    agree,
    answer,
    answered,
    approve_all,
    listed,
    publish,
    refresh,
)


def withdrawn(connection: Connection, opened: Opened) -> None:
    desk.withdraw_consent(connection, opened.id, "air", NOW)


def sealed(connection: Connection, opened: Opened) -> None:
    changed = update(question).where(question.c.id == opened.id)
    connection.execute(changed.values(sealed=True, kind=str(MatterKind.COMPLAINT)))


def erased(connection: Connection, opened: Opened) -> None:
    erasure.erase(connection, opened.id, "officer:1", NOW)


def reopened(connection: Connection, opened: Opened) -> None:
    desk.reopen(connection, opened.id, "chưa đúng", NOW)


def rated(connection: Connection, opened: Opened) -> None:
    desk.rate(connection, opened.id, 2, NOW)


def nothing(connection: Connection, opened: Opened) -> None:
    """Leave everything as it is."""


EVENTS = [
    pytest.param(nothing, True, True, id="nothing happens"),
    pytest.param(rated, True, True, id="the answer is rated"),
    pytest.param(reopened, False, True, id="the question is reopened"),
    pytest.param(withdrawn, False, False, id="consent is withdrawn"),
    pytest.param(sealed, False, False, id="it turns out to be a complaint"),
    pytest.param(erased, False, False, id="the words are erased"),
]


@pytest.mark.parametrize(("event", "before", "after"), EVENTS)
def test_what_happens_before_publishing_and_after(
    connection: Connection,
    event: Callable[[Connection, Opened], None],
    before: bool,
    after: bool,
) -> None:
    first, _ = answered(connection), answered(connection)
    refresh(connection)
    approve_all(connection)
    event(connection, first)
    assert len(listed(connection).items) == 1 + before
    publish(connection)
    assert len(listed(connection).items) == 1 + after


def not_agreed(connection: Connection) -> None:
    answer(connection, ask(connection))


def refused_to_air(connection: Connection) -> None:
    opened = ask(connection)
    answer(connection, opened)
    agree(connection, opened, granted=False)


def only_published(connection: Connection) -> None:
    opened = ask(connection)
    answer(connection, opened)
    agree(connection, opened, "publish")


def denunciation(connection: Connection) -> None:
    opened = ask(connection, kind=MatterKind.DENUNCIATION)
    agree(connection, opened)


def by_machine(connection: Connection) -> None:
    opened = ask(connection, start=State.AUTO_ANSWERED, answer="Dạ, …")
    desk.rate(connection, opened.id, 1, NOW)
    agree(connection, opened)


def unanswered(connection: Connection) -> None:
    agree(connection, ask(connection))


@pytest.mark.parametrize(
    "case", [not_agreed, refused_to_air, only_published, denunciation, by_machine, unanswered]
)
def test_it_is_never_proposed(connection: Connection, case: Callable[[Connection], None]) -> None:
    case(connection)
    assert refresh(connection) == 0


def test_what_no_editor_approved_is_not_listed(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    assert listed(connection).items == ()


def test_what_an_editor_dropped_is_not_listed(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    approve_all(connection)
    (review,) = editing.reviews(connection, MONTH)
    editing.set_state(connection, review.row.id, "dropped", samples.editor(connection), NOW)
    assert listed(connection).items == ()
    assert refresh(connection) == 0


def test_everybody_who_asked_the_same_is_counted(connection: Connection) -> None:
    first, second = ask(connection), ask(connection, conversation_id=2)
    acts.merge(connection, by(samples.officer(connection), second.id), first.id)
    answer(connection, first)
    agree(connection, first)
    agree(connection, second)
    refresh(connection)
    approve_all(connection)
    (item,) = listed(connection).items
    assert item.askers == 2


def test_an_item_carries_who_signed_when_and_on_what_grounds(connection: Connection) -> None:
    answered(connection)
    refresh(connection)
    approve_all(connection)
    (item,) = listed(connection).items
    assert (item.signer, item.basis) == ("An, chuyên viên", "Luật Bảo hiểm y tế")
    assert (item.agency, item.answered_on.isoformat()) == ("Sở Y tế", "2026-11-16")


@pytest.mark.parametrize(
    ("at", "month"),
    [
        pytest.param("2026-10-28T17:00", "2026-10", id="at the close of October"),
        pytest.param("2026-10-28T17:01", "2026-11", id="a minute later"),
        pytest.param("2026-11-25T17:00", "2026-11", id="at the close of November"),
        pytest.param("2026-11-25T17:01", "2026-12", id="after it"),
    ],
)
def test_an_answer_belongs_to_the_month_whose_close_it_met(
    connection: Connection, at: str, month: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=SCHEDULE.calendar.zone)
    opened = ask(connection)
    answer(connection, opened, now=moment)
    agree(connection, opened)
    months = ("2026-10", "2026-11", "2026-12")
    found = [m for m in months if repository.refresh(connection, Month.read(m), SCHEDULE)]
    assert found == [month]


def test_what_was_answered_between_publishing_and_close_goes_to_the_next_month(
    connection: Connection,
) -> None:
    answered(connection)
    refresh(connection)
    approve_all(connection)
    publish(connection)
    late = ask(connection)
    answer(connection, late, now=NOW + timedelta(hours=1))
    agree(connection, late)
    assert refresh(connection) == 0
    assert repository.refresh(connection, MONTH.next, SCHEDULE) == 1


def test_another_answer_is_another_proposal(connection: Connection) -> None:
    opened = answered(connection)
    refresh(connection)
    approve_all(connection)
    reopened(connection, opened)
    answer(connection, opened, "Nay nộp tại phường.", NOW + timedelta(hours=1))
    assert listed(connection).items == ()
    assert refresh(connection) == 1
    (review,) = editing.reviews(connection, MONTH)
    assert (review.row.state, review.row.answer) == ("proposed", "Nay nộp tại phường.")


def test_what_was_answered_just_before_a_close_is_still_proposed(connection: Connection) -> None:
    close = SCHEDULE.close(MONTH)
    opened = ask(connection)
    answer(connection, opened, now=close)
    agree(connection, opened)
    assert repository.propose(connection, SCHEDULE, close + timedelta(hours=1)) == 1
