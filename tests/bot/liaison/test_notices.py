"""What a group is told: new, due and overdue questions, each once and without a citizen's word."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.office.letters import DeskLetters
from bot.questions import acts, desk
from bot.tables.delivery import conversation, outbox
from bot.tables.desk import question
from bot.wording import Wording
from knowledge.decisions import MatterKind
from tests.bot.liaison.samples import CHAT, Rooms
from tests.bot.questions.officers import by
from tests.bot.questions.samples import NOW, ask

NOTICES = DeskLetters(Wording.load())


@pytest.fixture
def tied(rooms: Rooms) -> Rooms:
    rooms.ties_group()
    return rooms


def set_due(rooms: Rooms, question_id: int, **left: float) -> None:
    due = rooms.now + timedelta(**left)
    statement = update(question).where(question.c.id == question_id).values(due_at=due)
    rooms.connection.execute(statement)


def test_a_new_question_is_announced_by_code_agency_and_due_date(tied: Rooms) -> None:
    asked = ask(tied.connection, "Con tôi bị sốt, số 0900000001")
    assert tied.tells() == 1
    told = tied.heard()[-1]
    assert told.splitlines()[1:] == ["Cơ quan: Sở Y tế", "Hạn trả lời: 17:00, thứ Hai 07/12"]
    assert asked.code[:3] in told
    assert "sốt" not in told


def test_under_it_stand_a_button_to_claim_and_the_way_to_the_console(tied: Rooms) -> None:
    asked = ask(tied.connection)
    tied.tells()
    claim, page = tied.last_buttons()
    assert claim["payload"] == f"#lk:claim:{asked.code}"
    assert len(claim["payload"].encode()) <= 64
    assert page["url"].endswith(f"/can-bo/cau-hoi/{asked.code}")


def test_each_thing_is_told_once(tied: Rooms) -> None:
    ask(tied.connection)
    assert [tied.tells() for _ in range(3)] == [1, 0, 0]


def test_what_is_told_goes_out_through_the_outbox(tied: Rooms) -> None:
    ask(tied.connection)
    tied.tells()
    rows = tied.connection.execute(select(outbox.c.state, outbox.c.purpose)).all()
    assert [tuple(row) for row in rows] == [("pending", "notice")] * 2


def test_a_group_hears_of_its_own_agency_only(tied: Rooms) -> None:
    ask(tied.connection, at="ct-so-noi-vu")
    assert tied.tells() == 0


def test_a_question_that_was_transferred_here_is_new_here(tied: Rooms) -> None:
    officer = tied.hires("noi", agency="ct-so-noi-vu")
    asked = ask(tied.connection, at="ct-so-noi-vu")
    acts.claim(tied.connection, by(officer, asked.id))
    acts.transfer(tied.connection, by(officer, asked.id), "ct-so-y-te", "đúng nơi", NOTICES)
    assert tied.tells() == 1


def test_a_question_opened_again_is_new_again(tied: Rooms) -> None:
    officer = tied.hires("an")
    asked = ask(tied.connection)
    tied.tells()
    acts.claim(tied.connection, by(officer, asked.id))
    acts.release(tied.connection, by(officer, asked.id))
    assert [tied.tells(), tied.tells()] == [1, 0]


def test_what_came_before_the_group_was_tied_is_not_poured_over_it(rooms: Rooms) -> None:
    ask(rooms.connection)
    rooms.now = NOW + timedelta(minutes=1)
    rooms.ties_group()
    assert rooms.tells() == 0


def test_a_claimed_question_is_not_announced(tied: Rooms) -> None:
    officer = tied.hires("an")
    asked = ask(tied.connection)
    acts.claim(tied.connection, by(officer, asked.id))
    assert tied.tells() == 0


def test_a_question_due_within_a_day_is_recalled_with_its_holder(tied: Rooms) -> None:
    officer = tied.hires("an")
    asked = ask(tied.connection)
    acts.claim(tied.connection, by(officer, asked.id))
    set_due(tied, asked.id, hours=5)
    assert [tied.tells(), tied.tells()] == [1, 0]
    assert tied.heard()[-1].startswith("Sắp đến hạn")
    assert tied.heard()[-1].endswith("An đang giữ.")
    assert [b["payload"] for b in tied.last_buttons()] == [""]


def test_an_overdue_question_is_recalled_once_more(tied: Rooms) -> None:
    asked = ask(tied.connection)
    set_due(tied, asked.id, hours=5)
    assert tied.tells() == 2
    set_due(tied, asked.id, hours=-1)
    assert [tied.tells(), tied.tells()] == [1, 0]
    assert tied.heard()[-1].endswith("Chưa có ai nhận.")


def test_reminders_keep_to_office_hours_new_questions_do_not(tied: Rooms) -> None:
    asked = ask(tied.connection)
    set_due(tied, asked.id, hours=-1)
    tied.now = NOW.replace(hour=15)  # ten in the evening
    assert tied.tells() == 1
    tied.now = NOW + timedelta(days=1)
    assert tied.tells() == 1


def test_the_clock_of_a_waiting_question_reminds_nobody(tied: Rooms) -> None:
    officer = tied.hires("an")
    asked = ask(tied.connection)
    acts.claim(tied.connection, by(officer, asked.id))
    acts.ask(tied.connection, by(officer, asked.id), "Cho biết nơi ở?", NOTICES)
    set_due(tied, asked.id, hours=-1)
    assert tied.tells() == 0


def test_a_closed_question_is_not_recalled(tied: Rooms) -> None:
    asked = ask(tied.connection)
    set_due(tied, asked.id, hours=-1)
    desk.withdraw(tied.connection, asked.id, tied.now)
    assert tied.tells() == 0


def test_a_denunciation_is_told_only_where_it_is_handled(tied: Rooms) -> None:
    tied.ties_group("ct-thanh-tra", "-4009")
    astray = ask(tied.connection, kind=MatterKind.DENUNCIATION)
    filed = update(question).where(question.c.id == astray.id).values(agency="ct-so-y-te")
    tied.connection.execute(filed)
    ask(tied.connection, kind=MatterKind.DENUNCIATION, at="ct-thanh-tra")
    assert tied.tells() == 1
    assert tied.heard("-4009")[-1].startswith("Câu hỏi mới")


def test_a_crowd_of_questions_is_told_in_portions(tied: Rooms) -> None:
    for _ in range(20):
        ask(tied.connection)
    assert [tied.tells(), tied.tells(), tied.tells()] == [15, 5, 0]


def test_a_group_that_shut_us_out_is_told_nothing(tied: Rooms) -> None:
    ask(tied.connection)
    shut = update(conversation).where(conversation.c.address == CHAT).values(blocked=True)
    tied.connection.execute(shut)
    assert tied.tells() == 0
    tied.ties_group()
    assert tied.tells() == 1
