"""What several conversations need together stands in the ledger as if it had come one by one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text, update

from bot.channels import Sent
from bot.delivery.inbox import accept
from bot.delivery.joint_deciding import Look, Recording
from bot.delivery.joint_sending import Claim, NextUp, Settlement
from bot.delivery.outbox import post
from bot.delivery.recording import Fenced
from bot.delivery.sending import Head, Outcome
from bot.messages import IncomingKind, Outgoing, Purpose
from bot.store import Done, JointBody, NotTogether
from bot.tables.delivery import conversation, inbox, message, outbox, provider_message
from tests.bot.delivery.samples import NOW, Parrot, Repeat, rows, said, told

PEOPLE = ("an", "bình", "chi")
TABLES = (conversation, inbox, message, outbox, provider_message)
#: PostgreSQL takes back rows, but no numbers
COUNT_ANEW = text("SELECT setval(oid::regclass, 1000, false) FROM pg_class WHERE relkind = 'S'")
Bodies = Sequence[JointBody[object]]


@pytest.fixture
def engine_name() -> str:
    return "postgres"


@pytest.fixture
def people(connection: Connection) -> list[int]:
    """Return conversations, each with something said in it; the first with two things."""
    for who in (*PEOPLE, "an"):
        accept(connection, said(f"{who} hỏi", who=who), b"", NOW)
    return [row["id"] for row in rows(connection, conversation)]


def recordings(connection: Connection, people: Sequence[int]) -> list[Recording]:
    found = Look.together(connection, [Look(Parrot(), each) for each in people])
    readings = [reading for reading, _ in found if reading is not None]
    plans = (Repeat(each.turn.pending[0].seq, "x", Purpose.RECEIPT) for each in readings)
    return [Recording(reading, plan, NOW) for reading, plan in zip(readings, plans, strict=True)]


def heads(connection: Connection, people: Sequence[int]) -> list[Head]:
    for each in people:
        post(connection, each, f"cause {each}", [Outgoing("một"), Outgoing("hai")], NOW)
    found = NextUp.together(connection, [NextUp(each) for each in people])
    return [head for head in found if head is not None]


def settlements(connection: Connection, people: Sequence[int]) -> list[Settlement]:
    taken = Claim.together(connection, [Claim(head, "me") for head in heads(connection, people)])
    mine = [done.value for done in taken if done.value is not None]
    return [Settlement(head, Outcome("sent", Sent((f"p{head.message_id}",), NOW))) for head in mine]


def claims(connection: Connection, people: Sequence[int]) -> list[Claim]:
    first, *others = heads(connection, people)
    return [Claim(replace(first, attempts=7), "me"), *(Claim(head, "me") for head in others)]


def undone(
    connection: Connection, bodies: Bodies, run: Callable[[Bodies], Sequence[Done[object]]]
) -> tuple[object, ...]:
    """Return what bodies answer and leave behind, and take it back."""
    connection.execute(COUNT_ANEW)
    with connection.begin_nested() as attempt:
        left = (list(run(bodies)), *(rows(connection, table) for table in TABLES))
        attempt.rollback()
    return left


@pytest.mark.parametrize("make", [recordings, claims, settlements])
def test_together_is_as_one_by_one(
    connection: Connection,
    people: list[int],
    make: Callable[[Connection, Sequence[int]], Bodies],
) -> None:
    bodies = make(connection, people)
    together = undone(connection, bodies, lambda all_: all_[0].together(connection, all_))
    assert together == undone(connection, bodies, lambda all_: [body(connection) for body in all_])
    assert len(bodies) == len(PEOPLE)


def test_looking_together_is_as_one_by_one(connection: Connection, people: list[int]) -> None:
    heads(connection, people[:1])
    mind = Parrot()
    looks = [Look(mind, each) for each in (*people, 999)]
    nexts = [NextUp(each) for each in (*people, 999)]
    assert Look.together(connection, looks) == [look(connection) for look in looks]
    assert NextUp.together(connection, nexts) == [each(connection) for each in nexts]


def test_a_decision_that_others_overtook_is_not_recorded(
    connection: Connection, people: list[int]
) -> None:
    bodies = recordings(connection, people)
    connection.execute(update(conversation).values(fence=1).where(conversation.c.id == people[1]))
    with pytest.raises(Fenced):
        Recording.together(connection, bodies)


def test_one_message_is_taken_once(connection: Connection, people: list[int]) -> None:
    head = heads(connection, people)[0]
    with pytest.raises(NotTogether):
        Claim.together(connection, [Claim(head, "me"), Claim(head, "me")])


def test_news_that_came_too_early_is_looked_at_alone(
    connection: Connection, people: list[int]
) -> None:
    bodies = settlements(connection, people)
    accept(connection, told(IncomingKind.SEEN, f"p{bodies[0].head.message_id}"), b"", NOW)
    with pytest.raises(NotTogether):
        Settlement.together(connection, bodies)


def test_a_reply_that_was_written_is_not_written_again(
    connection: Connection, people: list[int]
) -> None:
    bodies = recordings(connection, people)
    bodies[0](connection)
    connection.execute(update(conversation).values(decided_seq=0))
    with pytest.raises(NotTogether):
        Recording.together(connection, bodies)
