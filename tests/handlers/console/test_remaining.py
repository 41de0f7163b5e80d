"""Time left, and how a due date came about, in words."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.clock.starter import calendar
from bot.questions import desk, repository
from bot.questions.life import State
from bot.tables.desk import question
from bot.wording import Wording
from handlers.console.remaining import remaining, working_time
from handlers.console.trace import trace_sentences
from tests.bot.questions.samples import NOW, ask, prepare

WORDING = Wording.load()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        pytest.param("2026-11-16T09:00", "2026-11-16T10:30", 1.5, id="in one morning"),
        pytest.param("2026-11-16T10:00", "2026-11-16T14:00", 2, id="over lunch"),
        pytest.param("2026-11-20T16:00", "2026-11-23T08:00", 2, id="over a weekend"),
        pytest.param("2026-11-21T08:00", "2026-11-22T08:00", 0, id="on days off"),
        pytest.param("2026-11-16T10:00", "2026-11-16T09:00", 0, id="backwards"),
    ],
)
def test_only_office_time_counts(since: str, until: str, hours: float) -> None:
    assert working_time(calendar(), at(since), at(until)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param("2026-11-16T09:00", "Còn 15 ngày làm việc", id="at the beginning"),
        pytest.param("2026-12-04T10:00", "Gấp: còn 1 ngày 5 giờ", id="near the end"),
        pytest.param("2026-12-07T16:30", "Gấp: còn 30 phút", id="at the last moment"),
        pytest.param("2026-12-08T10:00", "Quá hạn 3 giờ làm việc", id="late"),
    ],
)
def test_a_badge_says_how_much_is_left(connection: Connection, now: str, words: str) -> None:
    prepare(connection)
    row = repository.by_id(connection, ask(connection).id)
    assert row is not None
    assert words in remaining(row, calendar(), at(now), WORDING).text


def test_a_due_date_is_explained_with_its_pause(connection: Connection) -> None:
    prepare(connection)
    opened = ask(connection)
    connection.execute(question.update().values(state=State.WAITING, waiting_since=NOW))
    desk.add_to_question(connection, opened.id, "ở Tài Văn", NOW + timedelta(days=2))
    row = repository.by_id(connection, opened.id)
    assert row is not None
    told = " ".join(trace_sentences(row.due_trace, calendar(), WORDING))
    assert "Nhận lúc 09:00 16/11/2026" in told
    assert "15 ngày làm việc" in told
    assert "cộng 2 ngày làm việc, hạn mới 17:00 09/12/2026" in told
