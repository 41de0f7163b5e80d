"""Posting: a message is intended once, however often its cause comes back."""

import pytest
from sqlalchemy import Connection

from bot.delivery.inbox import transcript
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.messages import Outgoing, Purpose
from bot.store import Wake
from bot.tables.delivery import outbox
from tests.bot.delivery.samples import NOW, rows

pytestmark = pytest.mark.engines

ONE, TWO = Outgoing("một"), Outgoing("hai", purpose=Purpose.OFFICER, role="officer")


def test_messages_of_a_cause_stand_in_the_transcript_and_wait_to_be_sent(
    connection: Connection,
) -> None:
    chat = open_conversation(connection, "fake", "an", NOW)
    assert post(connection, chat, "question:5:answer", [ONE, TWO], NOW) == (Wake(chat),)
    lines = transcript(connection, chat)
    assert [(each.seq, each.role, each.text) for each in lines] == [
        (1, "assistant", "một"),
        (2, "officer", "hai"),
    ]
    assert [(row["step"], row["purpose"], row["state"]) for row in rows(connection, outbox)] == [
        (0, "automatic", "pending"),
        (1, "officer", "pending"),
    ]


def test_a_cause_that_comes_back_posts_only_what_is_missing(connection: Connection) -> None:
    chat = open_conversation(connection, "fake", "an", NOW)
    post(connection, chat, "slot:x", [ONE], NOW)
    assert post(connection, chat, "slot:x", [ONE], NOW) == ()
    post(connection, chat, "slot:x", [ONE, TWO], NOW)
    assert [line.text for line in transcript(connection, chat)] == ["một", "hai"]


def test_a_message_is_read_back_as_it_was_posted(connection: Connection) -> None:
    chat = open_conversation(connection, "fake", "an", NOW)
    post(connection, chat, "slot:x", [TWO], NOW)
    assert Outgoing.from_json(transcript(connection, chat)[0].body) == TWO
