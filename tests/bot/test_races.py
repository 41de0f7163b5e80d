"""What several processes do to the same rows at once, each kind of it on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.catalogue.acts import put_layer
from bot.clock.starter import OFFICE_ZONE
from bot.conversation.repository import propose_alias
from bot.delivery.counters import count
from bot.delivery.inbox import accept
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.delivery.pace import Rate, reserve
from bot.delivery.sending import claim, read_head
from bot.delivery.slots import claim as claim_slot
from bot.messages import Outgoing
from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer, UsernameTaken
from bot.questions import acts, desk, history
from bot.questions.guards import Hand, HeldBy
from bot.store import Done, Store
from bot.store.opening import open_store
from bot.tables.delivery import counter, inbox, message
from bot.tables.desk import question, question_event
from bot.tables.knowledge import alias, entry, entry_version
from bot.tables.nodes import node
from knowledge.layers import Layer
from tests.bot.delivery.samples import rows, said
from tests.bot.questions.officers import hire
from tests.bot.questions.samples import NOW, ask, prepare

MANY = 8


@pytest.fixture
def engine_name() -> str:
    return "postgres"


@pytest.fixture
async def stores(database_url: str) -> AsyncIterator[Sequence[Store]]:
    """Return stores as so many processes would have them."""
    async with AsyncExitStack() as stack:
        stores = [open_store(database_url) for _ in range(MANY)]
        for store in stores:
            stack.push_async_callback(store.close)
        await one(stores[0], prepare)
        yield stores


async def at_once(stores: Sequence[Store], body: Callable[..., Done[Any]]) -> list[Any]:
    """Let every store run a body, told its number; return results and errors."""
    work: list[Awaitable[Any]] = [s.write(partial(body, n)) for n, s in enumerate(stores)]
    return await asyncio.gather(*work, return_exceptions=True)


async def one(store: Store, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
    return await store.write(lambda connection: Done(body(connection)))


async def test_of_many_officers_one_holds_the_question(stores: Sequence[Store]) -> None:
    first = stores[0]
    hands = [await one(first, partial(hire, username=f"o{n}", agency="ct-so-y-te")) for n in
             range(MANY)]  # fmt: skip
    asked = await one(first, ask)

    def take(number: int, connection: Connection) -> Done[None]:
        acts.claim(connection, Hand(hands[number], asked.id, NOW))
        return Done(None)

    found = await at_once(stores, take)
    assert [type(each) for each in found].count(HeldBy) == MANY - 1
    numbers = select(question_event.c.n).order_by(question_event.c.n)
    assert await first.read(lambda c: list(c.scalars(numbers))) == [1, 2]


async def test_many_additions_make_one_chain(stores: Sequence[Store]) -> None:
    asked = await one(stores[0], ask)
    await at_once(stores, lambda n, c: Done(desk.add_to_question(c, asked.id, f"thêm {n}", NOW)))
    assert await stores[0].read(lambda c: history.verify(c, OFFICE_ZONE)) == []
    folded = await stores[0].read(lambda c: c.scalar(select(question.c.folded)))
    assert [n for n in range(MANY) if f"them {n}" not in str(folded)] == []


async def test_one_event_from_many_sides_is_one_message(stores: Sequence[Store]) -> None:
    found = await at_once(stores, lambda _n, c: accept(c, said("chào", "e1"), b"", NOW))
    assert [each.duplicate for each in found].count(False) == 1
    assert len(await stores[0].read(lambda c: rows(c, message))) == 1


async def test_messages_of_one_conversation_are_numbered_without_a_gap(
    stores: Sequence[Store],
) -> None:
    await at_once(stores, lambda n, c: accept(c, said(f"câu {n}"), b"", NOW))
    numbers = await stores[0].read(
        lambda c: [sorted(c.scalars(select(table.c.seq))) for table in (inbox, message)]
    )
    assert numbers == [list(range(1, MANY + 1))] * 2


async def test_answers_and_messages_share_one_numbering(stores: Sequence[Store]) -> None:
    await at_once(stores, lambda n, c: Done(post(c, 1, f"cause:{n}", [Outgoing("Dạ")] * 2, NOW)))
    numbers = select(message.c.seq).order_by(message.c.seq)
    found = await stores[0].read(lambda c: list(c.scalars(numbers)))
    assert found == list(range(1, 2 * MANY + 1))


async def test_a_conversation_is_opened_once(stores: Sequence[Store]) -> None:
    found = await at_once(stores, lambda _n, c: Done(open_conversation(c, "web", "new", NOW)))
    assert len(set(found)) == 1


async def test_a_username_goes_to_one(stores: Sequence[Store]) -> None:
    new = NewOfficer("an", Role.ADMIN)
    found = await at_once(stores, lambda _n, c: Done(accounts.add(c, new, "hash", "test", NOW)))
    assert [type(each) for each in found].count(UsernameTaken) == MANY - 1


async def test_a_slot_is_run_by_one(stores: Sequence[Store]) -> None:
    living = [{"owner": f"node{n}", "beats": 0, "joined_at": NOW} for n in range(MANY)]
    await one(stores[0], lambda c: c.execute(insert(node), living).rowcount)
    found = await at_once(stores, lambda n, c: claim_slot("job", NOW, f"node{n}", NOW, c))
    assert len([each for each in found if each is not None]) == 1


async def test_a_message_is_sent_by_one(stores: Sequence[Store]) -> None:
    await one(stores[0], lambda c: post(c, 1, "cause", [Outgoing("Dạ")], NOW))
    head = await stores[0].read(partial(read_head, 1))
    assert head is not None
    found = await at_once(stores, lambda n, c: claim(head, f"node{n}", c))
    assert len([each for each in found if each is not None]) == 1


async def test_all_nodes_keep_one_pace(stores: Sequence[Store]) -> None:
    rate = Rate(per_minute=60)
    waits = await at_once(stores, lambda _n, c: Done(reserve(c, "zalo", rate, NOW)))
    assert sorted(waits) == [timedelta(seconds=n) for n in range(MANY)]


async def test_nothing_is_lost_from_a_count(stores: Sequence[Store]) -> None:
    def add(_number: int, connection: Connection) -> Done[None]:
        count(connection, "asked", "", NOW)
        return Done(None)

    await at_once(stores, add)
    assert await stores[0].read(lambda c: c.scalar(select(counter.c.value))) == MANY


async def test_an_entry_has_as_many_versions_as_changes(stores: Sequence[Store]) -> None:
    def say(number: int, connection: Connection) -> Done[int]:
        layer = {"title": f"Tên {number}", "source": "test"}
        return Done(put_layer(connection, "faq:x", Layer.LOCAL, layer, NOW, f"o{number}"))

    assert sorted(await at_once(stores, say)) == list(range(1, MANY + 1))
    kept = select(func.count()).select_from(entry_version)
    assert await stores[0].read(lambda c: c.scalar(kept)) == MANY - 1


async def test_a_phrasing_is_proposed_once(stores: Sequence[Store]) -> None:
    row = {"id": "faq:x", "kind": "faq", "code": "x", "state": "public", "merged": {}}
    adding = insert(entry).values(**row, folded="", changed_at=NOW)
    await one(stores[0], lambda c: c.execute(adding).rowcount)

    def propose(_number: int, connection: Connection) -> Done[None]:
        propose_alias(connection, "faq:x", "làm giấy khai sinh trễ", 1, NOW)
        return Done(None)

    assert await at_once(stores, propose) == [None] * MANY
    assert await stores[0].read(lambda c: c.scalar(select(func.count()).select_from(alias))) == 1
