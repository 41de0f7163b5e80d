"""What officers do to questions."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.clock.starter import calendar
from bot.errors import BotError
from bot.office.letters import DeskLetters
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import acts, desk, guards, repository
from bot.questions.history import verify
from bot.questions.life import NotPossible
from bot.questions.notices import Answer, Refusal
from bot.questions.steps import NoSuchQuestion
from bot.reach.notices import untold_since
from bot.tables.delivery import conversation, message
from bot.tables.desk import question, question_event
from bot.wording import Wording
from knowledge.decisions import MatterKind
from tests.bot.questions.counting import counts
from tests.bot.questions.officers import by, hire
from tests.bot.questions.samples import NOW, ask

NOTICES = DeskLetters(Wording.load())
ANSWER = Answer("Ông/bà đến Bảo hiểm xã hội thành phố.", "Luật Bảo hiểm y tế")


@pytest.fixture
def an(connection: Connection) -> Officer:
    return hire(connection, "an", agency="ct-so-y-te")


@pytest.fixture
def binh(connection: Connection) -> Officer:
    return hire(connection, "binh", agency="ct-so-y-te")


@pytest.fixture
def leader(connection: Connection) -> Officer:
    return hire(connection, "cuc", Role.LEADER, "ct-so-noi-vu")


def state_of(connection: Connection, question_id: int) -> str:
    return str(connection.execute(select(question.c.state).filter_by(id=question_id)).scalar_one())


def letters(connection: Connection, conversation_id: int = 1) -> list[str]:
    wanted = select(message.c.text).where(message.c.conversation_id == conversation_id)
    return list(connection.execute(wanted.order_by(message.c.seq)).scalars())


def test_who_claims_second_learns_who_was_first(
    connection: Connection, an: Officer, binh: Officer
) -> None:
    opened = ask(connection)
    acts.claim(connection, by(an, opened.id))
    with pytest.raises(guards.HeldBy) as late:
        acts.claim(connection, by(binh, opened.id))
    assert late.value.holder == "An"


def test_an_answer_reaches_its_asker_with_basis_and_signer(
    connection: Connection, an: Officer
) -> None:
    opened = ask(connection)
    acts.claim(connection, by(an, opened.id))
    acts.draft(connection, by(an, opened.id), ANSWER)
    wakes = acts.send(connection, by(an, opened.id), NOTICES)
    assert [wake.conversation_id for wake in wakes] == [1]
    (text,) = letters(connection)
    assert all(part in text for part in (ANSWER.text, ANSWER.basis, "An, chuyên viên"))
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (row.bucket, row.answer, row.basis) == ("answered", ANSWER.text, ANSWER.basis)


def test_one_answer_serves_everybody_who_asked_the_same(
    connection: Connection, an: Officer
) -> None:
    first, second = ask(connection), ask(connection, conversation_id=2)
    acts.merge(connection, by(an, second.id), first.id)
    acts.claim(connection, by(an, first.id))
    acts.draft(connection, by(an, first.id), ANSWER)
    acts.send(connection, by(an, first.id), NOTICES)
    assert ANSWER.text in letters(connection, 1)[0]
    assert ANSWER.text in letters(connection, 2)[0]
    assert counts(connection, NOW)["bucket:answered"] == 2


def test_the_second_asker_is_not_lost_when_the_first_withdraws(
    connection: Connection, an: Officer
) -> None:
    first, second = ask(connection), ask(connection, conversation_id=2)
    acts.merge(connection, by(an, second.id), first.id)
    desk.withdraw(connection, first.id, NOW)
    assert state_of(connection, second.id) == "queued"


def test_nothing_leaves_unapproved_where_two_persons_are_required(
    connection: Connection, leader: Officer
) -> None:
    opened = ask(connection, at="ct-so-noi-vu")
    officer = hire(connection, "dung", agency="ct-so-noi-vu")
    acts.claim(connection, by(officer, opened.id))
    acts.draft(connection, by(officer, opened.id), ANSWER)
    with pytest.raises(guards.NeedsApproval):
        acts.send(connection, by(officer, opened.id), NOTICES)
    acts.approve(connection, by(leader, opened.id))
    acts.send(connection, by(officer, opened.id), NOTICES)
    assert "Cuc, chuyên viên" in letters(connection)[0]


def test_a_leader_does_not_approve_his_own_draft(connection: Connection, leader: Officer) -> None:
    opened = ask(connection, at="ct-so-noi-vu")
    acts.claim(connection, by(leader, opened.id))
    acts.draft(connection, by(leader, opened.id), ANSWER)
    with pytest.raises(guards.SamePerson):
        acts.approve(connection, by(leader, opened.id))


def test_a_draft_changed_after_approval_needs_approval_again(
    connection: Connection, leader: Officer
) -> None:
    opened = ask(connection, at="ct-so-noi-vu")
    officer = hire(connection, "dung", agency="ct-so-noi-vu")
    acts.claim(connection, by(officer, opened.id))
    acts.draft(connection, by(officer, opened.id), ANSWER)
    acts.approve(connection, by(leader, opened.id))
    acts.draft(connection, by(officer, opened.id), Answer("Khác hẳn."))
    with pytest.raises(guards.NeedsApproval):
        acts.send(connection, by(officer, opened.id), NOTICES)


def test_the_clock_waits_while_the_citizen_is_asked(connection: Connection, an: Officer) -> None:
    opened = ask(connection)
    assert opened.due_at is not None
    acts.claim(connection, by(an, opened.id))
    acts.ask(connection, by(an, opened.id), "Ông/bà ở xã nào?", NOTICES)
    assert "Ông/bà ở xã nào?" in letters(connection)[0]
    desk.add_to_question(connection, opened.id, "Tài Văn", NOW + timedelta(days=3))
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (row.state, row.assignee_id) == ("claimed", an.id)
    assert row.due_at == opened.due_at + timedelta(days=3)


def test_an_officer_need_not_wait_for_ever(connection: Connection, an: Officer) -> None:
    opened = ask(connection)
    assert opened.due_at is not None
    acts.claim(connection, by(an, opened.id))
    acts.ask(connection, by(an, opened.id), "Ông/bà ở xã nào?", NOTICES)
    acts.resume(connection, by(an, opened.id, NOW + timedelta(days=3)))
    acts.draft(connection, by(an, opened.id), ANSWER)
    acts.send(connection, by(an, opened.id), NOTICES)
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (row.state, row.due_at) == ("answered", opened.due_at + timedelta(days=3))


def test_a_question_passed_on_is_seen_by_the_other_agency_only(
    connection: Connection, an: Officer
) -> None:
    opened = ask(connection)
    acts.transfer(connection, by(an, opened.id), "ct-so-noi-vu", "thuộc Sở Nội vụ", NOTICES)
    other = hire(connection, "dung", agency="ct-so-noi-vu")
    with pytest.raises(NoSuchQuestion):
        acts.claim(connection, by(an, opened.id))
    acts.claim(connection, by(other, opened.id))
    assert "Sở Nội vụ" in letters(connection)[0]
    assert verify(connection, calendar().zone) == []


def test_passing_on_after_five_working_days_is_noted_as_late(
    connection: Connection, an: Officer
) -> None:
    opened = ask(connection)
    later = NOW + timedelta(days=8)
    acts.transfer(connection, by(an, opened.id, later), "ct-so-noi-vu", "nhầm nơi", NOTICES)
    last = connection.execute(select(question_event.c.detail).order_by(question_event.c.n.desc()))
    assert last.scalars().first() == {"from": "ct-so-y-te", "to": "ct-so-noi-vu", "late": True}


def test_a_refusal_shows_the_right_door(connection: Connection, an: Officer) -> None:
    opened = ask(connection)
    acts.refuse(connection, by(an, opened.id), Refusal.COMPLAINT, "", NOTICES)
    assert "Trụ sở Tiếp công dân" in letters(connection)[0]
    assert counts(connection, NOW)["bucket:refused"] == 1


def test_a_matter_found_to_be_a_denunciation_leaves_the_agency_at_once(
    connection: Connection, an: Officer
) -> None:
    opened = ask(connection)
    acts.claim(connection, by(an, opened.id))
    acts.reclassify(connection, by(an, opened.id), MatterKind.DENUNCIATION, NOTICES)
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (row.agency, row.sealed, row.assignee_id) == ("ct-thanh-tra", True, None)
    with pytest.raises(NoSuchQuestion):
        acts.note(connection, by(an, opened.id), "xem lại")


def test_an_act_on_an_older_version_is_turned_away(connection: Connection, an: Officer) -> None:
    opened = ask(connection)
    acts.claim(connection, by(an, opened.id, version=1))
    desk.add_to_question(connection, opened.id, "à, tôi ở Tài Văn", NOW)
    with pytest.raises(guards.Outdated):
        acts.draft(connection, by(an, opened.id, version=2), ANSWER)


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        pytest.param(
            lambda c, h: acts.draft(c, h, Answer("  ")), guards.Incomplete, id="empty draft"
        ),
        pytest.param(
            lambda c, h: acts.transfer(c, h, "st-so-y-te", "x", NOTICES),
            guards.UnknownAgency,
            id="agency of former times",
        ),
        pytest.param(lambda c, h: acts.approve(c, h), guards.NotYours, id="approval by an officer"),
        pytest.param(lambda c, h: acts.send(c, h, NOTICES), NotPossible, id="nothing drafted"),
        pytest.param(
            lambda c, h: acts.merge(c, h, h.question_id), guards.NotAlike, id="into itself"
        ),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    connection: Connection,
    an: Officer,
    act: Callable[[Connection, guards.Hand], object],
    problem: type[BotError],
) -> None:
    opened = ask(connection)
    acts.claim(connection, by(an, opened.id))
    with pytest.raises(problem):
        act(connection, by(an, opened.id))
    assert state_of(connection, opened.id) == "claimed"


def answered(connection: Connection, officer: Officer) -> int:
    opened = ask(connection)
    acts.claim(connection, by(officer, opened.id))
    acts.draft(connection, by(officer, opened.id), ANSWER)
    acts.send(connection, by(officer, opened.id), NOTICES)
    return opened.id


def test_a_correction_reaches_the_asker_and_both_stay_in_sight(
    connection: Connection, an: Officer, binh: Officer
) -> None:
    question_id = answered(connection, an)
    acts.correct(connection, by(binh, question_id), "Ở tầng 2, không phải tầng 1.", NOTICES)
    assert letters(connection)[-1].startswith("ĐÍNH CHÍNH trả lời câu hỏi")
    row = repository.by_id(connection, question_id)
    assert row is not None
    assert row.answer.startswith(ANSWER.text)
    assert row.answer.endswith("Ở tầng 2, không phải tầng 1.")
    assert (row.state, row.basis) == ("answered", ANSWER.basis)
    assert verify(connection, calendar().zone) == []


def test_whoever_got_the_same_answer_gets_the_same_correction(
    connection: Connection, an: Officer
) -> None:
    first, second = ask(connection), ask(connection, conversation_id=2)
    acts.claim(connection, by(an, first.id))
    acts.claim(connection, by(an, second.id))
    acts.merge(connection, by(an, second.id), first.id)
    acts.draft(connection, by(an, first.id), ANSWER)
    acts.send(connection, by(an, first.id), NOTICES)
    acts.correct(connection, by(an, first.id), "Ở tầng 2.", NOTICES)
    assert letters(connection, 2)[-1].startswith("ĐÍNH CHÍNH")


def test_only_what_was_answered_can_be_corrected(connection: Connection, an: Officer) -> None:
    opened = ask(connection)
    with pytest.raises(NotPossible):
        acts.correct(connection, by(an, opened.id), "Ở tầng 2.", NOTICES)


def test_where_two_persons_are_required_the_leader_corrects(
    connection: Connection, leader: Officer
) -> None:
    writer = hire(connection, "dung", agency="ct-so-noi-vu")
    opened = ask(connection, at="ct-so-noi-vu")
    acts.claim(connection, by(writer, opened.id))
    acts.draft(connection, by(writer, opened.id), ANSWER)
    acts.approve(connection, by(leader, opened.id))
    acts.send(connection, by(writer, opened.id), NOTICES)
    with pytest.raises(guards.NeedsApproval):
        acts.correct(connection, by(writer, opened.id), "Ở tầng 2.", NOTICES)
    assert acts.correct(connection, by(leader, opened.id), "Ở tầng 2.", NOTICES)


def test_who_wants_no_notices_is_not_told_of_a_transfer_but_counted(
    connection: Connection, an: Officer
) -> None:
    opened = ask(connection)
    connection.execute(conversation.update().values(state={"stopped": True}))
    acts.claim(connection, by(an, opened.id))
    acts.transfer(connection, by(an, opened.id), "ct-so-noi-vu", "thuộc Sở Nội vụ", NOTICES)
    assert letters(connection) == []
    assert [each.kind for each in untold_since(connection, NOW)] == ["transfer"]
