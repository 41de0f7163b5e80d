"""News about our own messages: receipts, echoes, and an officer who writes by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.channels import Sent
from bot.delivery.inbox import accept
from bot.delivery.outbox import post
from bot.delivery.sending import Head, Outcome, claim, read_head, settle
from bot.messages import IncomingKind, Outgoing
from bot.tables.delivery import conversation, inbox, outbox
from tests.bot.delivery.samples import NOW, rows, said, states, told

pytestmark = pytest.mark.engines

WORDS = "Dạ, ông/bà cần giấy chứng sinh."
DELIVERED, SEEN, ECHO = IncomingKind.DELIVERED, IncomingKind.SEEN, IncomingKind.ECHO


@pytest.fixture
def under_way(connection: Connection) -> Head:
    """Return a message of ours that was handed to the provider, its outcome not yet stored."""
    accept(connection, said("cần gì ạ"), b"", NOW)
    post(connection, 1, "inbox:1", [Outgoing(WORDS)], NOW)
    head = read_head(1, connection)
    assert head is not None
    taken = claim(head, "me", connection).value
    assert taken is not None
    return taken


def arrive(connection: Connection, head: Head, *ids: str) -> None:
    settle(head, Outcome("sent", sent=Sent(ids, NOW)), connection)


def silent(connection: Connection) -> bool:
    until: object = rows(connection, conversation)[0]["silent_until"]
    return until == NOW + timedelta(minutes=60)


@pytest.mark.parametrize(
    ("news", "receipt"),
    [
        pytest.param([DELIVERED], "delivered", id="delivered"),
        pytest.param([DELIVERED, SEEN], "seen", id="delivered, then seen"),
        pytest.param([SEEN, DELIVERED], "seen", id="seen stays seen"),
    ],
)
def test_receipts_move_forward_only(
    connection: Connection, under_way: Head, news: list[IncomingKind], receipt: str
) -> None:
    arrive(connection, under_way, "p1")
    for kind in news:
        accept(connection, told(kind, "p1"), b"", NOW)
    assert rows(connection, outbox)[0]["receipt"] == receipt


def test_a_receipt_that_overtakes_the_outcome_counts_afterwards(
    connection: Connection, under_way: Head
) -> None:
    accept(connection, told(DELIVERED, "p1"), b"", NOW)
    assert states(connection, inbox)[-1] == "doubt"
    arrive(connection, under_way, "p1")
    assert rows(connection, outbox)[0]["receipt"] == "delivered"
    assert states(connection, inbox)[-1] == "noted"


def test_an_echo_of_ours_silences_nobody(connection: Connection, under_way: Head) -> None:
    arrive(connection, under_way, "p1")
    accept(connection, told(ECHO, "p1", text=WORDS), b"", NOW)
    assert not silent(connection)


def test_an_echo_of_ours_may_come_before_our_outcome(
    connection: Connection, under_way: Head
) -> None:
    accept(connection, told(ECHO, "p1", text=WORDS), b"", NOW)
    arrive(connection, under_way, "p1")
    assert not silent(connection)


def test_words_that_are_not_ours_mean_that_an_officer_writes(connection: Connection) -> None:
    accept(connection, said("alo"), b"", NOW)
    accept(connection, told(ECHO, "x9", text="Chào ông, tôi là Hạnh"), b"", NOW)
    assert silent(connection)


def test_a_strange_echo_during_our_sending_is_judged_after_it(
    connection: Connection, under_way: Head
) -> None:
    accept(connection, told(ECHO, "x9", text="Chào ông, tôi là Hạnh"), b"", NOW)
    assert not silent(connection)
    arrive(connection, under_way, "p1")
    assert silent(connection)


def test_a_picture_echoed_during_our_sending_turns_out_to_be_ours(
    connection: Connection, under_way: Head
) -> None:
    accept(connection, told(ECHO, "p2"), b"", NOW)
    arrive(connection, under_way, "p1", "p2")
    assert not silent(connection)
    assert states(connection, inbox)[-1] == "noted"


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(WORDS, id="the same words"),
        pytest.param(f"{WORDS}\n\nNguồn: Cổng dịch vụ công", id="with the channel's dressing"),
    ],
)
def test_an_echo_shows_that_a_doubtful_message_arrived(
    connection: Connection, under_way: Head, echo: str
) -> None:
    settle(under_way, Outcome("unknown", next_at=NOW), connection)
    accept(connection, told(ECHO, "p1", text=echo), b"", NOW)
    row = rows(connection, outbox)[0]
    assert (row["state"], row["provider_ids"], row["doubts"]) == ("sent", ["p1"], 1)
    assert not silent(connection)


def test_an_echo_shows_that_what_a_gateway_refused_arrived_all_the_same(
    connection: Connection, under_way: Head
) -> None:
    settle(under_way, Outcome("pending", next_at=NOW), connection)
    accept(connection, told(ECHO, "p1", text=WORDS), b"", NOW)
    assert states(connection, outbox) == ["sent"]
    assert not silent(connection)


def test_an_echo_of_one_part_leaves_the_doubt_about_the_others(
    connection: Connection, under_way: Head
) -> None:
    settle(under_way, Outcome("unknown", next_at=NOW), connection)
    accept(connection, told(ECHO, "p1", text="ông/bà cần giấy   chứng sinh."), b"", NOW)
    assert rows(connection, outbox)[0]["state"] == "unknown"
    assert not silent(connection)
