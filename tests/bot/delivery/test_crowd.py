"""A crowd: what is accepted together stands in the ledger as if it had come one by one."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection, RowMapping, select, text

from bot.delivery.crowd import Acceptance
from bot.delivery.inbox import Accepted
from bot.delivery.numbering import UnknownConversation, open_conversation
from bot.messages import Attachment, AttachmentKind, IncomingKind
from bot.store import Done, NotTogether, Store
from bot.tables.delivery import conversation, inbox, message
from bot.tables.media import media_fetch
from tests.bot.delivery.samples import NOW, rows, said

pytestmark = pytest.mark.engines

DAY = timedelta(days=1)
#: PostgreSQL takes back rows, but no numbers
COUNT_ANEW = text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
Accepting = Callable[[Connection], Sequence[Done[Accepted]]]
PICTURE = Attachment(AttachmentKind.IMAGE, "https://x/1.jpg", "ảnh", 12)


def crowd() -> list[Acceptance]:
    """Return events of all sorts, of people known and new, several of one person among them."""
    events = [
        said("một", "e1", "an"),
        said("hai", "e2", "bình"),
        said("ba", "e3", "an", at=NOW - DAY),
        said("", "e4", "chi", kind=IncomingKind.OPENED),
        said("", "e5", "an", kind=IncomingKind.SEEN, refers_to=("p1",)),
        said("bốn", "e6", "an", attachments=(PICTURE,), detail={"a": [1]}),
        said("", "e7", "dung", kind=IncomingKind.OTHER),
    ]
    moments = [NOW + timedelta(seconds=n) for n in range(len(events))]
    return [
        Acceptance(event, f"raw {event.event_id}".encode(), now)
        for event, now in zip(events, moments, strict=True)
    ]


def ledger(connection: Connection) -> list[Sequence[RowMapping]]:
    return [rows(connection, table) for table in (conversation, inbox, message, media_fetch)]


def undone(connection: Connection, accept: Accepting) -> tuple[object, object]:
    """Return what accepting a crowd answers and leaves behind, and take it back."""
    if connection.dialect.name == "postgresql":
        connection.execute(COUNT_ANEW)
    with connection.begin_nested() as attempt:
        open_conversation(connection, "fake", "an", NOW)
        left = accept(connection), ledger(connection)
        attempt.rollback()
    return left


def test_together_is_as_one_by_one(connection: Connection) -> None:
    one_by_one = undone(connection, lambda c: [body(c) for body in crowd()])
    assert undone(connection, lambda c: Acceptance.together(c, crowd())) == one_by_one


def test_a_repeat_is_not_for_a_crowd(connection: Connection) -> None:
    crowd()[1](connection)
    with pytest.raises(NotTogether):
        Acceptance.together(connection, crowd())


def test_a_conversation_that_must_be_alive_is_not_opened(connection: Connection) -> None:
    open_conversation(connection, "fake", "an", NOW - DAY, expires_at=NOW - timedelta(seconds=1))
    bodies = [Acceptance(said("a", who, who), b"", NOW, DAY) for who in ("an", "bình")]
    with pytest.raises(NotTogether):
        Acceptance.together(connection, bodies)


def test_each_message_prolongs_a_living_conversation(connection: Connection) -> None:
    open_conversation(connection, "fake", "an", NOW - DAY, expires_at=NOW + DAY)
    bodies = [Acceptance(said("a", n, "an"), b"", NOW, 2 * DAY) for n in ("e1", "e2")]
    Acceptance.together(connection, bodies)
    assert connection.scalar(select(conversation.c.expires_at)) == NOW + 2 * DAY


async def test_among_a_crowd_only_the_stranger_is_turned_away(store: Store) -> None:
    await store.write(lambda c: Done(open_conversation(c, "fake", "an", NOW, NOW + DAY)))
    bodies = [Acceptance(said("a", who, who), b"", NOW, DAY) for who in ("an", "bình")]
    kept, refused = await asyncio.gather(
        *(store.write(body) for body in bodies), return_exceptions=True
    )
    assert isinstance(kept, Accepted)
    assert isinstance(refused, UnknownConversation)


async def test_a_repeat_in_a_crowd_gets_the_first_answer(store: Store) -> None:
    bodies = [Acceptance(said("một", "e1"), b"", NOW) for _ in range(5)]
    answers = await asyncio.gather(*(store.write(body) for body in bodies))
    assert [answer.duplicate for answer in answers] == [False, True, True, True, True]
    assert {answer.inbox_id for answer in answers} == {answers[0].inbox_id}


async def test_a_conversation_keeps_the_order_of_its_crowd(store: Store) -> None:
    bodies = [Acceptance(said(f"{n}", f"e{n}"), b"", NOW) for n in range(100)]
    answers = await asyncio.gather(*(store.write(body) for body in bodies))
    assert [answer.seq for answer in answers] == list(range(1, 101))
    assert await store.read(lambda c: [row["seq"] for row in rows(c, inbox)]) == [*range(1, 101)]
