"""The history shows every later change, and survives erasure."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Update, delete, select, update

from bot.clock.starter import OFFICE_ZONE
from bot.questions import desk, history, repository
from bot.questions.erasure import erase
from bot.tables.desk import content, question_event
from tests.bot.questions.samples import NOW, ask

LAST = select(question_event.c.id).order_by(question_event.c.id.desc()).limit(1).scalar_subquery()


@pytest.fixture
def question_id(connection: Connection) -> int:
    opened = ask(connection, "Tên tôi là Nguyễn Văn A")
    desk.add_to_question(connection, opened.id, "Tôi ở xã Tài Văn", NOW)
    return opened.id


def test_an_untouched_history_verifies(connection: Connection, question_id: int) -> None:
    assert question_id
    assert history.verify(connection, OFFICE_ZONE) == []


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param(update(question_event).values(actor="officer:1"), id="another actor"),
        pytest.param(update(question_event).values(at=NOW + timedelta(hours=1)), id="a later hour"),
        pytest.param(update(question_event).values(detail={"agency": "x"}), id="another agency"),
        pytest.param(update(content).values(text="khác"), id="other words"),
        pytest.param(update(content).values(digest="0" * 64, text=None, salt=None), id="no words"),
        pytest.param(delete(question_event).where(question_event.c.n == 1), id="a lost event"),
        pytest.param(delete(question_event), id="no history at all"),
    ],
)
def test_tampering_shows(connection: Connection, question_id: int, tampering: Update) -> None:
    connection.execute(tampering)
    faults = history.verify(connection, OFFICE_ZONE)
    assert faults
    assert faults[0].question_id == question_id


def test_erased_words_leave_a_history_that_verifies(
    connection: Connection, question_id: int
) -> None:
    assert question_id
    for content_id in connection.execute(select(content.c.id)).scalars().all():
        history.erase_words(connection, content_id)
    assert connection.execute(select(content.c.text, content.c.salt)).all() == [(None, None)] * 2
    assert history.verify(connection, OFFICE_ZONE) == []


def test_cutting_off_the_last_event_shows_against_the_days_anchor(
    connection: Connection, question_id: int
) -> None:
    assert question_id
    history.anchor(connection, date(2026, 11, 16), OFFICE_ZONE, NOW + timedelta(days=1))
    assert history.verify(connection, OFFICE_ZONE) == []
    connection.execute(delete(question_event).where(question_event.c.id == LAST))
    faults = history.verify(connection, OFFICE_ZONE)
    assert [fault.what for fault in faults] == ["the history differs from its anchor of 2026-11-16"]


def test_a_day_is_anchored_once(connection: Connection, question_id: int) -> None:
    day = date(2026, 11, 16)
    first = history.anchor(connection, day, OFFICE_ZONE, NOW + timedelta(days=1))
    desk.add_to_question(connection, question_id, "sau đó", NOW + timedelta(days=1))
    assert history.anchor(connection, day, OFFICE_ZONE, NOW + timedelta(days=2)) == first
    assert history.verify(connection, OFFICE_ZONE) == []


def test_an_erased_question_keeps_its_bucket_and_nothing_of_what_was_said(
    connection: Connection, question_id: int
) -> None:
    desk.withdraw(connection, question_id, NOW)
    erase(connection, question_id, "officer:1", NOW)
    row = repository.by_id(connection, question_id)
    assert row is not None
    assert (row.bucket, row.text, row.folded, row.key_digest) == ("withdrawn", None, "", None)
    assert history.verify(connection, OFFICE_ZONE) == []
