"""Sending: in order, and no state says more than the channel told us."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels import (
    ChannelMisconfigured,
    ChannelUnavailable,
    Delivery,
    MessageRefused,
    OutcomeUnknown,
    RateLimited,
    RecipientGone,
    Sent,
    WindowClosed,
)
from bot.delivery.backlog import backlog, in_doubt, resolve
from bot.delivery.backoff import Backoff
from bot.delivery.gate import Limits
from bot.delivery.inbox import accept
from bot.delivery.joint_sending import Settlement
from bot.delivery.outbox import post
from bot.delivery.pace import Rate, reserve
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.sending import claim, read_head
from bot.messages import IncomingKind, Outgoing, Purpose
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import outbox
from tests.bot.delivery.samples import NOW, ScriptedChannel, Ticker, rows, said

pytestmark = pytest.mark.engines

RETRY = Backoff(timedelta(seconds=10), timedelta(minutes=1), attempts=3, chance=lambda: 0.5)
RULES = SenderRules(retry=RETRY, grace=timedelta(seconds=5), repair=timedelta(minutes=2))


@dataclass
class Post:
    """One conversation with messages to send, its channel and its sender."""

    store: Store
    channel: ScriptedChannel = field(default_factory=ScriptedChannel)
    clock: Ticker = field(default_factory=Ticker)
    purpose: Purpose = Purpose.AUTOMATIC

    async def put(self, *texts: str) -> None:
        messages = [Outgoing(text, purpose=self.purpose) for text in texts]

        def body(connection: Connection) -> Done[None]:
            accept(connection, said("hỏi", f"e{texts}"), b"", self.clock())
            return Done(None, post(connection, 1, f"cause:{texts}", messages, self.clock()))

        await self.store.write(body)

    def sender(self, owner: str = "me") -> Sender:
        return Sender(self.store, {"fake": self.channel}, owner, RULES, self.clock)

    async def states(self) -> list[tuple[str, str | None]]:
        found = await self.store.read(lambda connection: rows(connection, outbox))
        return [(row["state"], row["reason"]) for row in found]

    async def receive(self, kind: IncomingKind = IncomingKind.TEXT) -> None:
        event = said("alo", kind=kind)
        await self.store.write(partial(accept, incoming=event, raw=b"", now=self.clock()))


@pytest.fixture
async def mail(store: Store) -> Post:
    return Post(store)


async def test_messages_go_out_in_order_and_are_marked_sent(mail: Post) -> None:
    await mail.put("một", "hai")
    await mail.put("ba")
    assert await mail.sender().drain(1) is None
    assert mail.channel.seen == ["một", "hai", "ba"]
    assert await mail.states() == [("sent", None)] * 3


@pytest.mark.parametrize(
    ("error", "state", "seconds"),
    [
        pytest.param(ChannelUnavailable(), "pending", 5, id="unavailable: later"),
        pytest.param(RateLimited(40), "pending", 40, id="throttled: when it says"),
        pytest.param(ChannelMisconfigured(), "pending", 120, id="misconfigured: when repaired"),
        pytest.param(OutcomeUnknown(), "unknown", 5, id="no answer: unknown"),
        pytest.param(KeyError("x"), "unknown", 5, id="a mistake of ours: unknown"),
    ],
)
async def test_a_message_in_trouble_holds_the_later_ones(
    mail: Post, error: Exception, state: str, seconds: int
) -> None:
    mail.channel.script = [error]
    await mail.put("một", "hai")
    assert await mail.sender().drain(1) == NOW + timedelta(seconds=seconds)
    assert [state for state, _ in await mail.states()] == [state, "pending"]
    mail.clock.advance(seconds=seconds)
    await mail.sender().drain(1)
    assert mail.channel.seen == ["một", "một", "hai"]


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        pytest.param(MessageRefused("-201"), "failed", "MessageRefused: -201", id="refused"),
        pytest.param(WindowClosed(), "waiting", "window_closed", id="window closed"),
    ],
)
async def test_a_message_that_cannot_go_lets_the_later_ones_pass(
    mail: Post, error: Exception, state: str, reason: str
) -> None:
    mail.channel.script = [error]
    await mail.put("một", "hai")
    assert await mail.sender().drain(1) is None
    assert mail.channel.seen == ["một", "hai"]
    assert await mail.states() == [(state, reason), ("sent", None)]


async def test_after_the_last_attempt_a_message_has_failed(mail: Post) -> None:
    mail.channel.script = [ChannelUnavailable("503")] * 3
    await mail.put("một")
    for _ in range(3):
        await mail.sender().drain(1)
        mail.clock.advance(minutes=1)
    assert await mail.states() == [("failed", "ChannelUnavailable: 503")]


async def test_what_waited_for_the_window_goes_first_when_the_citizen_writes(mail: Post) -> None:
    mail.channel.script = [WindowClosed()]
    await mail.put("cũ")
    await mail.sender().drain(1)
    mail.clock.advance(hours=1)
    await mail.receive(IncomingKind.SEEN)
    assert await mail.sender().drain(1) is None
    await mail.put("mới")
    await mail.sender().drain(1)
    assert mail.channel.seen == ["cũ", "cũ", "mới"]


async def test_a_citizen_who_left_is_written_to_only_after_coming_back(mail: Post) -> None:
    mail.purpose, mail.channel.script = Purpose.OFFICER, [RecipientGone()]
    await mail.put("một", "hai")
    await mail.sender().drain(1)
    assert mail.channel.seen == ["một"]
    assert await mail.states() == [("waiting", "recipient_gone")] * 2
    mail.clock.advance(hours=1)
    await mail.receive(IncomingKind.OPENED)
    await mail.sender().drain(1)
    assert mail.channel.seen == ["một", "một", "hai"]


async def test_an_automatic_answer_to_somebody_who_left_has_failed(mail: Post) -> None:
    mail.channel.script = [RecipientGone()]
    await mail.put("một")
    await mail.sender().drain(1)
    assert await mail.states() == [("failed", "recipient_gone")]


async def interrupt(mail: Post) -> None:
    """Leave the first message as a killed process leaves it."""
    head = await mail.store.read(partial(read_head, 1))
    assert head is not None
    await mail.store.write(partial(claim, head, "killed"))


@pytest.mark.parametrize(
    ("purpose", "again"),
    [
        pytest.param(Purpose.RECEIPT, timedelta(0), id="a receipt at once"),
        pytest.param(Purpose.AUTOMATIC, timedelta(seconds=5), id="an answer after the echo's time"),
        pytest.param(Purpose.NOTICE, timedelta(seconds=5), id="a notice likewise"),
    ],
)
async def test_what_a_killed_process_was_sending_is_sent_again(
    mail: Post, purpose: Purpose, again: timedelta
) -> None:
    mail.purpose = purpose
    await mail.put("một", "hai")
    await interrupt(mail)
    assert await mail.sender().recover() == 1
    assert await mail.states() == [("unknown", "interrupted"), ("pending", None)]
    mail.clock.now += again
    await mail.sender().drain(1)
    assert mail.channel.seen == ["một", "hai"]
    assert [row["doubts"] for row in await mail.store.read(lambda c: rows(c, outbox))] == [1, 0]


async def test_an_officers_answer_in_doubt_waits_for_a_person_and_blocks_nobody(mail: Post) -> None:
    mail.purpose = Purpose.OFFICER
    await mail.put("một", "hai")
    await interrupt(mail)
    await mail.sender().recover()
    await mail.sender().drain(1)
    assert mail.channel.seen == ["hai"]
    assert [row["text"] for row in await mail.store.read(in_doubt)] == ["một"]
    assert (await mail.store.read(backlog)).unknown == 1


@pytest.mark.parametrize(("arrived", "seen"), [(True, []), (False, ["một"])])
async def test_a_person_settles_a_doubt(mail: Post, arrived: bool, seen: list[str]) -> None:
    mail.purpose = Purpose.OFFICER
    await mail.put("một")
    await interrupt(mail)
    await mail.sender().recover()
    await mail.store.write(lambda c: Done(resolve(c, 1, arrived=arrived, now=NOW)))
    await mail.sender().drain(1)
    assert mail.channel.seen == seen
    assert [state for state, _ in await mail.states()] == ["sent"]


async def test_a_namesake_of_a_killed_process_recovers_its_sendings(mail: Post) -> None:
    await mail.put("một")
    await interrupt(mail)
    assert await mail.sender("killed").recover() == 1


async def test_what_a_living_process_is_sending_is_left_to_it(mail: Post) -> None:
    await mail.put("một")
    await interrupt(mail)
    assert await mail.sender().recover(alive=["killed"]) == 0
    assert await mail.sender().drain(1) is None
    assert mail.channel.seen == []


async def test_a_throttled_provider_slows_the_whole_channel(mail: Post) -> None:
    mail.channel.script = [RateLimited(40)]
    rules = replace(RULES, limits={"fake": Limits(rate=Rate(60))})
    await mail.put("một")
    await Sender(mail.store, {"fake": mail.channel}, "me", rules, mail.clock).drain(1)
    take = partial(reserve, name="fake", rate=Rate(60), now=NOW)
    assert await mail.store.write(lambda c: Done(take(c))) == timedelta(seconds=40)


async def test_an_outcome_is_kept_in_hand_until_the_store_takes_it(mail: Post) -> None:
    @dataclass
    class Shaky:
        refusals: int = 2

        async def read(self, body: Any) -> Any:  # noqa: ANN401
            return await mail.store.read(body)

        async def write(self, body: Any) -> Any:  # noqa: ANN401
            if isinstance(body, Settlement) and self.refusals:
                self.refusals -= 1
                raise StoreUnavailable
            return await mail.store.write(body)

        async def close(self) -> None:
            return None

    await mail.put("một")
    await Sender(Shaky(), {"fake": mail.channel}, "me", RULES, mail.clock).drain(1)
    assert (mail.channel.seen, await mail.states()) == (["một"], [("sent", None)])


async def test_messages_of_one_chat_keep_their_distance(mail: Post) -> None:
    rules = replace(RULES, limits={"fake": Limits(spacing=lambda _address: 0.05)})
    await mail.put("một", "hai")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await Sender(mail.store, {"fake": mail.channel}, "me", rules, mail.clock).drain(1)
    assert loop.time() - begun > 0.04
    assert mail.channel.seen == ["một", "hai"]


async def test_a_message_doubted_three_times_is_left_to_a_person(mail: Post) -> None:
    mail.channel.script = [OutcomeUnknown()] * 3
    await mail.put("một")
    for _ in range(5):
        await mail.sender().drain(1)
        mail.clock.advance(minutes=1)
    assert mail.channel.seen == ["một"] * 3
    assert [state for state, _ in await mail.states()] == ["unknown"]


async def test_a_provider_that_can_be_asked_is_asked_before_sending_again(mail: Post) -> None:
    class Searchable(ScriptedChannel):
        async def find_sent(self, delivery: Delivery) -> Sent | None:
            return Sent((f"found {delivery.message.text}",), NOW)

    mail.channel = Searchable()
    await mail.put("một")
    await interrupt(mail)
    await mail.sender().recover()
    mail.clock.advance(seconds=5)
    await mail.sender().drain(1)
    assert mail.channel.seen == []
    row = (await mail.store.read(lambda c: rows(c, outbox)))[0]
    assert (row["state"], row["provider_ids"]) == ("sent", ["found một"])


async def test_a_channel_that_is_off_keeps_its_messages(mail: Post) -> None:
    await mail.put("một")
    assert await Sender(mail.store, {}, "me", RULES, mail.clock).drain(1) is None
    assert await mail.states() == [("pending", None)]
