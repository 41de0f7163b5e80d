"""A process that the others take for dead sends nothing, and tells what it knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.channels import Sent
from bot.delivery.inbox import accept
from bot.delivery.outbox import post
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.sending import Head, Outcome, claim, give_back, read_head, recover, settle
from bot.messages import Outgoing
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import outbox
from tests.bot.delivery.samples import NOW, ScriptedChannel, Ticker, rows, said

pytestmark = pytest.mark.engines

T = TypeVar("T")
LATER = NOW + timedelta(minutes=1)


def intend(connection: Connection) -> Done[None]:
    accept(connection, said("hỏi"), b"", NOW)
    return Done(None, post(connection, 1, "cause", [Outgoing("Dạ")], NOW))


def next_head(connection: Connection) -> Head:
    head = read_head(1, connection)
    assert head is not None
    return head


@pytest.fixture
def taken(connection: Connection) -> Head:
    """Return a message that "me" had taken when the others gave up on it."""
    intend(connection)
    mine = claim(next_head(connection), "me", connection).value
    assert mine is not None
    recover(["other"], NOW, timedelta(seconds=5), connection)
    return mine


def state(connection: Connection) -> tuple[str, int, int]:
    row = rows(connection, outbox)[0]
    return row["state"], row["attempts"], row["doubts"]


async def send(store: Store, *holds: bool) -> tuple[list[str], object]:
    """Drain with a lease that stands as given, look after look."""
    channel, answers = ScriptedChannel(), iter(holds)
    sender = Sender(
        store, {"fake": channel}, "me", SenderRules(), Ticker(), holds=lambda: next(answers)
    )
    again = await sender.drain(1)
    return channel.seen, again


@pytest.mark.parametrize("holds", [(False,), (True, False)], ids=["before", "after taking it"])
async def test_without_the_lease_nothing_is_sent(store: Store, holds: tuple[bool, ...]) -> None:
    await store.write(intend)
    seen, again = await send(store, *holds)
    assert seen == []
    assert again is not None
    assert await store.read(state) == ("pending", 0, 0)


async def test_with_the_lease_it_is(store: Store) -> None:
    await store.write(intend)
    assert (await send(store, True, True))[0] == ["Dạ"]


def test_what_was_not_sent_goes_back_without_a_doubt(connection: Connection, taken: Head) -> None:
    assert state(connection) == ("unknown", 1, 1)
    give_back(taken, "me", connection)
    assert state(connection) == ("pending", 0, 0)


def test_what_was_sent_counts_though_others_gave_up(connection: Connection, taken: Head) -> None:
    settle(taken, Outcome("sent", sent=Sent(("p1",), NOW)), connection)
    assert state(connection)[0] == "sent"


def test_who_took_over_is_not_overruled(connection: Connection, taken: Head) -> None:
    assert claim(next_head(connection), "other", connection).value is not None
    settle(taken, Outcome("pending", next_at=LATER), connection)
    give_back(taken, "me", connection)
    assert state(connection)[0] == "sending"


@dataclass
class BreakingLine:
    """A store whose line breaks after the n-th commit: nobody hears that it was one."""

    store: Store
    breaks: Iterator[bool]

    async def write(self, body: Callable[[Connection], Done[T]]) -> T:
        value = await self.store.write(body)
        if next(self.breaks, False):
            raise StoreUnavailable
        return value

    async def read(self, body: Callable[[Connection], T]) -> T:
        return await self.store.read(body)

    async def close(self) -> None:
        await self.store.close()


async def test_a_message_taken_without_our_knowing_is_given_back(store: Store) -> None:
    await store.write(intend)
    breaking = BreakingLine(store, iter([True]))
    sender = Sender(breaking, {"fake": ScriptedChannel()}, "me", SenderRules(), Ticker())
    with pytest.raises(StoreUnavailable):
        await sender.drain(1)
    assert await store.read(state) == ("pending", 0, 0)
    assert await store.read(partial(read_head, 1)) is not None
