"""Messages and the reply window: held without asking, tried after a sign of life, given up late."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels import WindowClosed
from bot.delivery.inbox import accept
from bot.delivery.outbox import post
from bot.delivery.sender import Sender
from bot.messages import Incoming, IncomingKind, Outgoing, Purpose
from bot.reach.windows import window
from bot.store import Done, Store
from bot.tables.delivery import conversation, outbox
from tests.bot.delivery.samples import NOW, ScriptedChannel, Ticker

WEEK = timedelta(days=7)


@dataclass
class Chat:
    """A citizen on Zalo, and the channel as its provider behaves."""

    store: Store
    channel: ScriptedChannel = field(default_factory=lambda: ScriptedChannel(name="zalo"))
    clock: Ticker = field(default_factory=Ticker)
    costs: list[str] = field(default_factory=list)
    _events: int = 0

    async def does(
        self, kind: IncomingKind = IncomingKind.TEXT, at: datetime | None = None
    ) -> None:
        """Let the citizen do something, which reaches us now."""
        self._events += 1
        event = Incoming("zalo", f"e{self._events}", "tu", kind, at or self.clock(), text="alo")

        def body(connection: Connection) -> Done[Any]:
            return accept(connection, event, b"{}", self.clock())

        await self.store.write(body)

    async def tell(self, text: str, until: datetime | None = None) -> None:
        """Try to say something."""
        told = Outgoing(text, purpose=Purpose.NOTICE if until else Purpose.OFFICER, until=until)

        def body(connection: Connection) -> Done[None]:
            return Done(None, post(connection, 1, f"cause:{text}", [told], self.clock()))

        await self.store.write(body)
        await self.drain()

    async def drain(self) -> None:
        sender = Sender(
            self.store, {"zalo": self.channel}, "me", clock=self.clock, count=self._count
        )
        await sender.drain(1)

    def _count(self, name: str, label: str) -> None:
        if name == "window":
            self.costs.append(label)

    async def rows(self) -> list[tuple[str, str | None]]:
        """Return state and reason of every message."""
        wanted = select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id)
        return await self.store.read(lambda c: [tuple(row) for row in c.execute(wanted)])

    async def window_from(self) -> datetime:
        wanted = select(conversation.c.window_from)
        return await self.store.read(lambda c: c.execute(wanted).scalar_one())


@pytest.fixture
async def chat(store: Store) -> Chat:
    chat = Chat(store)
    await chat.does()
    return chat


async def test_what_zalo_would_refuse_is_held_without_asking(chat: Chat) -> None:
    chat.clock.advance(days=7, seconds=1)
    await chat.tell("câu trả lời")
    assert chat.channel.seen == []
    assert await chat.rows() == [("waiting", "window_closed")]


async def test_what_waits_goes_before_what_comes(chat: Chat) -> None:
    chat.clock.advance(days=8)
    await chat.tell("một")
    await chat.tell("hai")
    chat.clock.advance(days=1)
    await chat.does(IncomingKind.STICKER)
    await chat.tell("ba")
    assert chat.channel.seen == ["một", "hai", "ba"]


@pytest.mark.parametrize(
    "kind", [IncomingKind.REACTION, IncomingKind.OPENED, IncomingKind.OTHER, IncomingKind.CALL]
)
async def test_any_sign_of_life_is_worth_a_try(chat: Chat, kind: IncomingKind) -> None:
    chat.clock.advance(days=8)
    await chat.tell("một")
    chat.clock.advance(hours=1)
    await chat.does(kind)
    await chat.drain()
    assert chat.channel.seen == ["một"]


@pytest.mark.parametrize("kind", [IncomingKind.DELIVERED, IncomingKind.SEEN])
async def test_a_receipt_is_none(chat: Chat, kind: IncomingKind) -> None:
    chat.clock.advance(days=8)
    await chat.tell("một")
    chat.clock.advance(hours=1)
    await chat.does(kind)
    await chat.drain()
    assert chat.channel.seen == []


async def test_a_window_counts_from_when_the_citizen_wrote_not_from_when_we_heard(
    chat: Chat,
) -> None:
    chat.clock.advance(days=3)
    await chat.does(at=chat.clock() - timedelta(hours=1))
    assert await chat.window_from() == chat.clock() - timedelta(hours=1)
    await chat.does(at=NOW - timedelta(days=1))  # the webhook's ladder: an old one comes late
    assert await chat.window_from() == chat.clock() - timedelta(hours=1)


async def test_a_closed_window_is_learnt_from_the_provider(chat: Chat) -> None:
    chat.clock.advance(days=2)
    chat.channel.script = [WindowClosed()]
    await chat.tell("một")
    found = window("zalo", await chat.window_from())
    assert found is not None
    assert not found.is_open(chat.clock())


async def test_what_would_be_wrong_by_now_is_not_said(chat: Chat) -> None:
    await chat.tell("tối nay", until=NOW - timedelta(minutes=1))
    assert chat.channel.seen == []
    assert await chat.rows() == [("failed", "lapsed")]


async def test_what_is_free_and_what_is_charged_is_counted(chat: Chat) -> None:
    await chat.tell("một")
    chat.clock.advance(days=3)
    await chat.tell("hai")
    assert chat.costs == ["zalo:free", "zalo:charged"]
