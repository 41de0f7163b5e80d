"""Accepting: kept once, numbered in order, whatever is repeated."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.delivery.inbox import accept, find_conversation, transcript
from bot.delivery.numbering import UnknownConversation, open_conversation
from bot.messages import Attachment, AttachmentKind, Incoming, IncomingKind
from bot.store import Done, Store, Wake
from bot.tables.delivery import conversation, inbox
from tests.bot.delivery.samples import NOW, rows, said, states

pytestmark = pytest.mark.engines

LATER = NOW + timedelta(hours=1)


def test_a_first_message_opens_its_conversation(connection: Connection) -> None:
    done = accept(connection, said("chào", "e1"), b"raw", NOW)
    assert (done.value.conversation_id, done.value.seq, done.value.duplicate) == (1, 1, False)
    assert done.wakes == (Wake(1),)
    assert [(line.role, line.text) for line in transcript(connection, 1)] == [("citizen", "chào")]


def test_an_event_comes_back_from_the_ledger_as_it_went_in(connection: Connection) -> None:
    picture = Attachment(AttachmentKind.IMAGE, "https://x/1.jpg", "ảnh", 12)
    event = said("kèm ảnh", attachments=(picture,), refers_to=("p1",), detail={"a": [1]})
    accept(connection, event, b"raw bytes", NOW)
    row = rows(connection, inbox)[0]
    assert Incoming.from_json(row["event"]) == event
    assert row["raw"] == b"raw bytes"


def test_a_repeat_gets_the_first_answer_and_wakes_nobody(connection: Connection) -> None:
    first = accept(connection, said("một", "e1"), b"raw", NOW).value
    accept(connection, said("hai", "e2"), b"raw", NOW)
    again = accept(connection, said("một", "e1"), b"raw, spelt anew", LATER)
    assert (again.value.seq, again.value.inbox_id) == (first.seq, first.inbox_id)
    assert again.value.duplicate
    assert not again.value.conflict
    assert again.wakes == ()


def test_another_content_under_the_same_id_is_a_conflict_and_changes_nothing(
    connection: Connection,
) -> None:
    accept(connection, said("một", "e1"), b"raw", NOW)
    assert accept(connection, said("hai", "e1"), b"raw", NOW).value.conflict
    assert [line.text for line in transcript(connection, 1)] == ["một"]


async def test_five_copies_at_once_are_one_message(store: Store) -> None:
    copy = partial(accept, incoming=said("một", "e1"), raw=b"", now=NOW)
    accepted = await asyncio.gather(*(store.write(copy) for _ in range(5)))
    assert sorted(each.duplicate for each in accepted) == [False, True, True, True, True]
    assert len(await store.read(lambda connection: rows(connection, inbox))) == 1


def test_messages_are_numbered_in_their_conversation(connection: Connection) -> None:
    events = [said("1", who="an"), said("a", who="bình"), said("2", who="an")]
    accepted = [accept(connection, event, b"", NOW).value for event in events]
    assert [(each.conversation_id, each.seq) for each in accepted] == [(1, 1), (2, 1), (1, 2)]


@pytest.mark.parametrize(
    ("kind", "state", "seq", "is_sign_of_life"),
    [
        pytest.param(IncomingKind.TEXT, "pending", 1, True, id="text"),
        pytest.param(IncomingKind.STICKER, "pending", 1, True, id="sticker"),
        pytest.param(IncomingKind.REACTION, "pending", 1, True, id="reaction"),
        pytest.param(IncomingKind.OPENED, "pending", 0, True, id="first contact"),
        pytest.param(IncomingKind.LEFT, "noted", 0, False, id="left"),
        pytest.param(IncomingKind.SEEN, "noted", 0, False, id="seen"),
        pytest.param(IncomingKind.OTHER, "noted", 0, True, id="of no use but somebody is there"),
    ],
)
def test_only_what_a_citizen_does_is_decided_on(
    connection: Connection, kind: IncomingKind, state: str, seq: int, is_sign_of_life: bool
) -> None:
    accepted = accept(connection, said("", kind=kind), b"", NOW).value
    assert accepted.seq == seq
    assert states(connection, inbox) == [state]
    assert (rows(connection, conversation)[0]["last_inbound_at"] == NOW) is is_sign_of_life


def test_leaving_blocks_and_writing_again_unblocks(connection: Connection) -> None:
    accept(connection, said("", kind=IncomingKind.LEFT), b"", NOW)
    assert rows(connection, conversation)[0]["blocked"]
    accept(connection, said("", kind=IncomingKind.SEEN), b"", NOW)
    assert rows(connection, conversation)[0]["blocked"]
    accept(connection, said("alo"), b"", NOW)
    assert not rows(connection, conversation)[0]["blocked"]


def test_a_channel_with_opened_conversations_knows_no_others(connection: Connection) -> None:
    with pytest.raises(UnknownConversation):
        accept(connection, said("chào"), b"", NOW, idle=timedelta(days=30))


def test_a_message_gives_its_conversation_a_longer_life(connection: Connection) -> None:
    open_conversation(connection, "fake", "an", NOW, expires_at=LATER)
    accept(connection, said("chào"), b"", NOW, idle=timedelta(days=30))
    row = find_conversation(connection, "fake", "an", NOW + timedelta(days=29))
    assert row is not None
    assert row["expires_at"] == NOW + timedelta(days=30)


def test_a_conversation_ends_when_nobody_writes(connection: Connection) -> None:
    open_conversation(connection, "fake", "an", NOW, expires_at=LATER)
    assert find_conversation(connection, "fake", "an", LATER) is None
    with pytest.raises(UnknownConversation):
        accept(connection, said("chào"), b"", LATER, idle=timedelta(days=30))


def test_opening_a_conversation_twice_is_opening_it_once(connection: Connection) -> None:
    opened = {open_conversation(connection, "fake", "an", NOW) for _ in range(2)}
    assert opened == {1}


def test_a_transcript_is_read_on_from_where_one_was(connection: Connection) -> None:
    for text in ("1", "2", "3", "4"):
        accept(connection, said(text), b"", NOW)
    page = transcript(connection, 1, after=1, limit=2)
    assert [(line.seq, line.text) for line in page] == [(2, "2"), (3, "3")]


async def test_a_refused_message_does_not_use_up_a_number(store: Store) -> None:
    def break_off(connection: Connection) -> Done[None]:
        accept(connection, said("mất"), b"", NOW)
        raise LookupError

    await store.write(partial(accept, incoming=said("một"), raw=b"", now=NOW))
    with pytest.raises(LookupError):
        await store.write(break_off)
    accepted = await store.write(partial(accept, incoming=said("hai"), raw=b"", now=NOW))
    assert accepted.seq == 2


def test_an_event_for_another_conversation_keeps_its_id_to_itself(connection: Connection) -> None:
    accept(connection, said("một", "e1", who="an"), b"", NOW)
    assert accept(connection, said("một", "e1", who="bình"), b"", NOW).value.conflict
    names = connection.execute(select(conversation.c.address)).scalars().all()
    assert names == ["an"]
