"""What a citizen's side does to questions."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.clock.starter import calendar
from bot.questions import desk, repository
from bot.questions.history import verify
from bot.questions.life import NotPossible, State
from bot.tables.desk import consent, question, question_event
from bot.tables.directory import policy
from knowledge.decisions import MatterKind
from tests.bot.questions.counting import counts
from tests.bot.questions.samples import NOW, ask


def test_a_question_is_due_after_fifteen_working_days_and_says_why(connection: Connection) -> None:
    opened = ask(connection)
    assert opened.due_at is not None
    assert calendar().local(opened.due_at).isoformat() == "2026-12-07T17:00:00+07:00"
    row = repository.by_code(connection, opened.code)
    assert row is not None
    assert row.due_trace["answer"]["limit"] == 15
    assert row.acknowledge_by - NOW == timedelta(days=1)


def test_an_agency_may_have_its_own_limit(connection: Connection) -> None:
    values = {"key": "answer_days:ct-so-y-te", "value": 1, "updated_at": NOW, "updated_by": "test"}
    connection.execute(insert(policy).values(**values))
    due_at = ask(connection).due_at
    assert due_at is not None
    assert calendar().local(due_at).isoformat() == "2026-11-17T17:00:00+07:00"


def test_the_key_is_told_once_and_kept_hashed(connection: Connection) -> None:
    opened = ask(connection)
    row = repository.by_code(connection, opened.code)
    assert row is not None
    assert row.key_digest != opened.key
    assert repository.key_opens(row, desk.key_digest(opened.key))
    assert not repository.key_opens(row, desk.key_digest("something else"))


def test_a_denunciation_goes_to_the_inspectorate_and_is_sealed(connection: Connection) -> None:
    opened = ask(connection, kind=MatterKind.DENUNCIATION)
    row = repository.by_code(connection, opened.code)
    assert row is not None
    assert (row.agency, row.sealed) == ("ct-thanh-tra", True)


def test_a_supplement_ends_the_wait_and_moves_the_due_date(connection: Connection) -> None:
    opened = ask(connection)
    assert opened.due_at is not None
    waiting = {"state": State.WAITING, "waiting_since": NOW}
    connection.execute(question.update().values(**waiting))
    state = desk.add_to_question(connection, opened.id, "Tôi ở Tài Văn", NOW + timedelta(days=2))
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (state, row.waiting_since) == (State.CLAIMED, None)
    assert row.due_at - opened.due_at == timedelta(days=2)


def test_a_withdrawn_question_is_closed_and_takes_nothing_more(connection: Connection) -> None:
    opened = ask(connection)
    desk.withdraw(connection, opened.id, NOW)
    assert counts(connection, NOW)["bucket:withdrawn"] == 1
    with pytest.raises(NotPossible):
        desk.add_to_question(connection, opened.id, "còn nữa", NOW)


def test_choices_left_for_a_day_go_to_the_queue(connection: Connection) -> None:
    opened = ask(connection, start=State.CHOOSING)
    tomorrow = NOW + timedelta(days=1, minutes=1)
    queued = desk.queue_abandoned_choices(connection, tomorrow - timedelta(days=1), tomorrow)
    assert queued == [opened.id]
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert row.state == State.QUEUED


def test_an_answer_that_was_not_right_is_opened_again(connection: Connection) -> None:
    opened = ask(connection, start=State.AUTO_ANSWERED, answer="Ở xã.")
    due_at = desk.reopen(connection, opened.id, "không phải", NOW)
    row = repository.by_id(connection, opened.id)
    assert row is not None
    assert (row.state, row.bucket, row.due_at) == ("reopened", "open", due_at)


def test_a_consent_keeps_the_words_and_can_be_taken_back(connection: Connection) -> None:
    opened = ask(connection)
    given = desk.Consent("air", granted=True, wording="consent.air")
    desk.record_consent(connection, opened.id, given, NOW)
    assert desk.withdraw_consent(connection, opened.id, "air", NOW)
    assert not desk.withdraw_consent(connection, opened.id, "air", NOW)
    row = connection.execute(select(consent)).one()
    assert (row.wording, row.withdrawn_at) == ("consent.air", NOW)


def test_the_history_does_not_tell_officers_how_an_answer_was_rated(
    connection: Connection,
) -> None:
    opened = ask(connection, start=State.AUTO_ANSWERED, answer="Ở xã.")
    desk.rate(connection, opened.id, 3, NOW)
    last = connection.execute(select(question_event).order_by(question_event.c.n.desc())).first()
    assert last is not None
    assert (last.act, last.detail) == ("rate", {})
    assert verify(connection, calendar().zone) == []
