"""Groups and accounts are tied by one-time codes; questions are claimed by the console's rules."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.liaison import codes, groups
from bot.liaison.codes import Bond
from bot.liaison.orders import Doing
from bot.officers import accounts
from bot.questions import desk
from bot.questions.history import verify
from bot.tables.delivery import conversation
from bot.tables.desk import audit, officer, question_event
from tests.bot.liaison.samples import AGENCY, CHAT, STRANGER, WORDING, Rooms
from tests.bot.questions.samples import ask

BAD = WORDING("liaison.bad_code")


def code_for_group(rooms: Rooms) -> str:
    return rooms.code_for()


def test_a_code_ties_a_group_and_the_group_is_told(rooms: Rooms) -> None:
    rooms.ties_group()
    group = rooms.group()
    assert group is not None
    maker = accounts.by_username(rooms.connection, f"lam-{AGENCY}")
    assert maker is not None
    assert (group.agency, group.linked_by) == (AGENCY, f"officer:{maker.id}")
    assert rooms.heard() == [WORDING("liaison.linked", agency="Sở Y tế")]


def test_a_code_is_good_once(rooms: Rooms) -> None:
    code = code_for_group(rooms)
    rooms.orders(Doing.LINK, code)
    assert rooms.orders(Doing.LINK, code, chat="-4002").toast == BAD


def test_a_code_is_good_for_half_an_hour(rooms: Rooms) -> None:
    code = code_for_group(rooms)
    rooms.now += timedelta(minutes=31)
    assert rooms.orders(Doing.LINK, code).toast == BAD


def shut_out(rooms: Rooms) -> None:
    accounts.set_disabled(rooms.connection, f"lam-{AGENCY}", True, "test", rooms.now)


def moved_away(rooms: Rooms) -> None:
    rooms.connection.execute(officer.update().values(agency="ct-so-noi-vu"))


@pytest.mark.parametrize("changed", [shut_out, moved_away])
def test_a_code_dies_with_its_makers_right_to_make_it(
    rooms: Rooms, changed: Callable[[Rooms], None]
) -> None:
    code = code_for_group(rooms)
    changed(rooms)
    assert rooms.orders(Doing.LINK, code).toast == BAD
    assert rooms.group() is None


def test_who_is_shut_out_ties_no_account(rooms: Rooms) -> None:
    an = rooms.hires("an")
    code = codes.make(rooms.connection, Bond(None, an.id, an.actor), rooms.now)
    accounts.set_disabled(rooms.connection, "an", True, "test", rooms.now)
    assert rooms.orders(Doing.LINK, code, chat=STRANGER).toast == BAD


def test_a_group_of_strangers_is_not_answered_without_end(rooms: Rooms) -> None:
    for _ in range(30):
        rooms.orders(Doing.LINK, "X")
    assert len(rooms.heard()) == 20
    rooms.now += timedelta(minutes=11)
    rooms.orders(Doing.LINK, "X")
    assert len(rooms.heard()) == 21


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDE23456"])
def test_a_guess_ties_nothing(rooms: Rooms, typed: str) -> None:
    assert rooms.orders(Doing.LINK, typed).toast == BAD
    assert rooms.group() is None


def test_a_code_may_be_typed_as_it_was_read_out(rooms: Rooms) -> None:
    code = code_for_group(rooms)
    rooms.orders(Doing.LINK, f" {code[:5]}-{code[5:]} ".lower())
    assert rooms.group() is not None


def test_a_code_for_a_group_is_of_no_use_in_a_private_chat(rooms: Rooms) -> None:
    assert rooms.orders(Doing.LINK, code_for_group(rooms), chat=STRANGER).toast == BAD


def test_a_code_for_an_account_is_of_no_use_in_a_group(rooms: Rooms) -> None:
    officer = rooms.hires("an")
    code = codes.make(rooms.connection, Bond(None, officer.id, officer.actor), rooms.now)
    assert rooms.orders(Doing.LINK, code).toast == BAD


def test_an_account_acts_for_one_officer_and_an_officer_has_one_account(rooms: Rooms) -> None:
    rooms.hires("an", "11")
    binh = rooms.hires("binh", "11")
    behind = groups.officer_behind(rooms.connection, "telegram", "11")
    assert behind is not None
    assert behind.id == binh.id


def test_an_officer_shut_out_of_the_console_is_shut_out_here(rooms: Rooms) -> None:
    rooms.hires("an", "11")
    accounts.set_disabled(rooms.connection, "an", True, "test", rooms.now)
    assert groups.officer_behind(rooms.connection, "telegram", "11") is None


def test_whoever_presses_first_has_the_question_and_the_group_sees_it(rooms: Rooms) -> None:
    rooms.ties_group()
    an = rooms.hires("an", "11")
    asked = ask(rooms.connection)
    rooms.claims(asked.code, "11")
    row = rooms.question(asked.id)
    assert (row.state, row.assignee_id) == ("claimed", an.id)
    assert rooms.heard()[-1].startswith("An đã nhận câu hỏi")


def test_whoever_presses_second_learns_who_was_first(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("an", "11")
    rooms.hires("binh", "12")
    asked = ask(rooms.connection)
    rooms.claims(asked.code, "11")
    heard = len(rooms.heard())
    assert rooms.claims(asked.code, "12").endswith("đang do An giữ.")
    assert len(rooms.heard()) == heard


def test_a_claim_stands_in_the_history_like_one_at_the_console(rooms: Rooms) -> None:
    rooms.ties_group()
    an = rooms.hires("an", "11")
    asked = ask(rooms.connection)
    rooms.claims(asked.code, "11")
    events = select(question_event.c.act, question_event.c.actor).order_by(question_event.c.n)
    assert rooms.connection.execute(events).all()[-1] == ("claim", an.actor)
    assert verify(rooms.connection, ZoneInfo("Asia/Ho_Chi_Minh")) == []


def test_a_stranger_in_the_group_claims_nothing(rooms: Rooms) -> None:
    rooms.ties_group()
    asked = ask(rooms.connection)
    assert rooms.claims(asked.code, STRANGER) == WORDING("liaison.stranger")
    assert rooms.question(asked.id).state == "queued"


def test_an_officer_of_another_agency_claims_nothing(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("noi", "13", agency="ct-so-noi-vu")
    asked = ask(rooms.connection)
    assert rooms.claims(asked.code, "13") == WORDING("liaison.not_seen")


def test_a_question_that_waits_for_nobody_cannot_be_claimed(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("an", "11")
    asked = ask(rooms.connection)

    desk.withdraw(rooms.connection, asked.id, rooms.now)
    assert "không còn chờ nhận" in rooms.claims(asked.code, "11")


def test_in_a_group_that_was_untied_nothing_is_claimed(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("an", "11")
    asked = ask(rooms.connection)
    rooms.orders(Doing.UNLINK, by="11")
    assert rooms.claims(asked.code, "11") == WORDING("liaison.no_group")


def test_only_the_agencys_own_untie_its_group(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("noi", "13", agency="ct-so-noi-vu")
    for account in (STRANGER, "13"):
        assert rooms.orders(Doing.UNLINK, by=account).toast == WORDING("liaison.officers_only")
    assert rooms.group() is not None


def test_taken_out_of_the_group_we_tell_it_nothing_more(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.orders(Doing.REMOVED)
    assert rooms.group() is None
    ask(rooms.connection)
    assert rooms.tells() == 0


def test_a_group_with_a_new_id_stays_tied(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.orders(Doing.MOVED, "-1009")
    assert groups.group_of(rooms.connection, "telegram", "-1009") is not None
    addresses = select(conversation.c.address).where(conversation.c.channel == "telegram")
    assert rooms.connection.execute(addresses).scalars().all() == ["-1009"]


def test_a_group_that_moved_into_one_we_know_changes_nothing_there(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.ties_group("ct-so-noi-vu", "-1009")
    rooms.orders(Doing.MOVED, "-1009")
    there = groups.group_of(rooms.connection, "telegram", "-1009")
    assert there is not None
    assert there.agency == "ct-so-noi-vu"


def test_every_tie_is_on_the_administrators_record(rooms: Rooms) -> None:
    rooms.ties_group()
    rooms.hires("an", "11")
    rooms.orders(Doing.UNLINK, by="11")
    rooms.orders(Doing.UNLINK, by="11", chat="11")
    acts = rooms.connection.execute(select(audit.c.act).order_by(audit.c.id)).scalars().all()
    assert [act for act in acts if act.startswith("liaison")] == [
        "liaison.link", "liaison.account", "liaison.unlink", "liaison.account_off",
    ]  # fmt: skip


def test_an_order_obeyed_again_answers_once(rooms: Rooms) -> None:
    code = code_for_group(rooms)
    rooms.orders(Doing.LINK, code)
    rooms._orders = 0  # noqa: SLF001 - the same update, told again
    rooms.orders(Doing.LINK, code)
    assert len(rooms.heard(CHAT)) == 1
