"""Whatever citizens and officers do in whatever order: nothing is lost, the history holds."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.clock.starter import OFFICE_ZONE
from bot.errors import BotError
from bot.office.letters import DeskLetters
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import acts, desk, repository
from bot.questions.guards import Hand
from bot.questions.history import verify
from bot.questions.life import State
from bot.questions.notices import Answer, Refusal
from bot.wording import Wording
from knowledge.decisions import MatterKind
from tests.bot.questions.counting import counts
from tests.bot.questions.officers import hire
from tests.bot.questions.samples import NOW, ask

NOTICES = DeskLetters(Wording.load())
QUESTIONS = 8
STEPS = 250

OfOfficers = Callable[[Connection, Hand, random.Random], object]

BY_OFFICERS: list[OfOfficers] = [
    lambda c, h, _: acts.claim(c, h),
    lambda c, h, _: acts.claim(c, h),
    lambda c, h, _: acts.release(c, h),
    lambda c, h, _: acts.ask(c, h, "Ở xã nào?", NOTICES),
    lambda c, h, _: acts.draft(c, h, Answer("Ở xã.")),
    lambda c, h, _: acts.draft(c, h, Answer("Ở phường.", "Luật")),
    lambda c, h, _: acts.resume(c, h),
    lambda c, h, _: acts.approve(c, h),
    lambda c, h, _: acts.send_back(c, h, "xem lại"),
    lambda c, h, _: acts.send(c, h, NOTICES),
    lambda c, h, r: acts.transfer(c, h, r.choice(["ct-so-y-te", "ct-so-noi-vu"]), "x", NOTICES),
    lambda c, h, r: acts.merge(c, h, r.randint(1, QUESTIONS)),
    lambda c, h, _: acts.refuse(c, h, Refusal.UNCLEAR, "", NOTICES),
    lambda c, h, r: acts.reclassify(c, h, r.choice(list(MatterKind)), NOTICES),
]
BY_CITIZENS: list[Callable[[Connection, int], object]] = [
    lambda c, q: desk.add_to_question(c, q, "thêm", NOW),
    lambda c, q: desk.withdraw(c, q, NOW),
    lambda c, q: desk.rate(c, q, 2, NOW),
    lambda c, q: desk.reopen(c, q, "chưa đúng", NOW),
    lambda c, q: desk.settle(c, q, "Ở xã.", NOW),
    lambda c, q: desk.queue_question(c, q, "ct-so-y-te", "none", NOW),
]


def staff(connection: Connection) -> list[Officer]:
    agencies = ["ct-so-y-te", "ct-so-noi-vu", "ct-thanh-tra"]
    of_agencies = [
        hire(connection, f"{role}.{agency}", role, agency)
        for agency in agencies
        for role in (Role.OFFICER, Role.LEADER)
    ]
    return [*of_agencies, hire(connection, "dieuphoi", Role.COORDINATOR)]


def something_happens(connection: Connection, officers: list[Officer], dice: random.Random) -> bool:
    """Try one random act; return whether it was possible."""
    question_id = dice.randint(1, QUESTIONS)
    hand = Hand(dice.choice(officers), question_id, NOW + timedelta(hours=dice.randint(0, 300)))
    try:
        with connection.begin_nested():
            if dice.random() < 0.15:
                dice.choice(BY_CITIZENS)(connection, question_id)
            else:
                dice.choice(BY_OFFICERS)(connection, hand, dice)
    except BotError:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_each_question_stays_in_exactly_one_bucket(connection: Connection, seed: int) -> None:
    dice = random.Random(seed)
    starts = [State.QUEUED, State.QUEUED, State.CHOOSING, State.AUTO_ANSWERED]
    for number in range(QUESTIONS):
        ask(connection, start=starts[number % 4], answer="x", conversation_id=number % 3 + 1)
    officers = staff(connection)
    done = sum(something_happens(connection, officers, dice) for _ in range(STEPS))
    assert done > STEPS / 20
    found = counts(connection, NOW)
    buckets = ("open", "answered", "withdrawn", "refused")
    assert sum(found[f"bucket:{bucket}"] for bucket in buckets) == QUESTIONS
    assert verify(connection, OFFICE_ZONE) == []
    rows = repository.queue(connection, repository.Filters()).rows
    leading = {row.id for row in rows if row.bucket == "open" and row.state != State.MERGED}
    assert all(row.merged_into_id in leading for row in rows if row.state == State.MERGED)
