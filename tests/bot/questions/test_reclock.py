"""A day off that becomes known moves the due dates it touches, and says so."""

from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from bot.clock.starter import OFFICE_ZONE, special_days
from bot.delivery.numbering import open_conversation
from bot.directory.loading import put_holidays
from bot.questions import desk
from bot.questions.desk import NewQuestion
from bot.questions.reclock import reclock_if_changed
from bot.tables.desk import question, question_event
from bot.tables.directory import holiday
from knowledge.decisions import MatterKind

ASKED = datetime(2026, 11, 20, 9, 0, tzinfo=OFFICE_ZONE)
CULTURE_DAY = date(2026, 11, 24)


def ask(connection: Connection) -> int:
    """Ask on Friday 20 November: due on Friday 11 December."""
    put_holidays(connection, special_days(), date(2026, 11, 20))
    conversation = open_conversation(connection, "web", "somebody", ASKED)
    new = NewQuestion(conversation, "web", MatterKind.FEEDBACK, "ct-xa", None, "đèn đường hư")
    question_id = desk.open_question(connection, new, ASKED).id
    assert reclock_if_changed(connection, ASKED) == 0
    return question_id


def close_on_culture_day(connection: Connection) -> None:
    """Enter the act that makes 24 November a day off."""
    row = {"calendar": "standard", "day": CULTURE_DAY, "working": False, "name": "Ngày Văn hóa"}
    connection.execute(insert(holiday).values(**row, source="thử nghiệm"))


def due_day(connection: Connection, question_id: int) -> date:
    due: datetime = connection.execute(
        select(question.c.due_at).where(question.c.id == question_id)
    ).scalar_one()
    return due.astimezone(OFFICE_ZONE).date()


def test_a_new_day_off_moves_an_open_due_date(connection: Connection) -> None:
    question_id = ask(connection)
    close_on_culture_day(connection)
    assert reclock_if_changed(connection, ASKED) == 1
    assert due_day(connection, question_id) == date(2026, 12, 14)


def test_the_move_is_an_event_and_the_trace_names_the_day(connection: Connection) -> None:
    question_id = ask(connection)
    close_on_culture_day(connection)
    reclock_if_changed(connection, ASKED)
    acts = select(question_event.c.act).where(question_event.c.question_id == question_id)
    trace = connection.execute(select(question.c.due_trace)).scalar_one()
    assert "reclock" in connection.execute(acts).scalars().all()
    assert "Ngày Văn hóa" in [day["name"] for day in trace["answer"]["skipped"]]


def test_an_unchanged_calendar_moves_nothing(connection: Connection) -> None:
    question_id = ask(connection)
    assert reclock_if_changed(connection, ASKED) == 0
    assert due_day(connection, question_id) == date(2026, 12, 11)
