"""Asking for updates: by one process at a time, and never past what is kept."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from telegram.error import TelegramError

from bot.delivery.crashpoints import CrashPoint
from bot.delivery.cursors import LeaseLost, holder, let_go, move, take
from bot.settings import Settings, TelegramMode
from bot.store import Done, Store, StoreUnavailable
from bot.tables.delivery import inbox
from bot.tables.polling import poll_cursor
from handlers.telegram.polling import Poller
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.trouble import Kind
from tests.handlers.telegram.samples import USER
from tests.handlers.telegram.world import parts_for, settings_for

#: what rests on the database's own promises
ON_BOTH = pytest.mark.engines
LASTS = timedelta(seconds=30)


@pytest.fixture
def settings(telegram: FakeTelegram, tmp_path: Path) -> Settings:
    return settings_for(telegram, tmp_path, TelegramMode.POLLING)


Make = Callable[[str], Poller]


@pytest.fixture
async def make(telegram: FakeTelegram, settings: Settings, store: Store) -> AsyncIterator[Make]:
    """Return a maker of pollers, each as if in a process of its own."""
    async with AsyncExitStack() as stack:

        def made(owner: str) -> Poller:
            parts = parts_for(telegram, store, settings)
            stack.push_async_callback(parts.close)
            assert parts.poller is not None
            parts.poller.owner = owner
            return parts.poller

        yield made


async def kept(store: Store) -> list[str]:
    statement = select(inbox.c.event).order_by(inbox.c.id)
    return await store.read(lambda c: [e["text"] for e in c.execute(statement).scalars()])


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came true")


async def test_what_came_is_kept_and_forgotten_by_telegram_at_the_next_asking(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    poller = make("a")
    telegram.say(USER, "một")
    telegram.say(USER, "hai")
    await poller.once()
    assert (await kept(store), len(telegram.updates.pending)) == (["một", "hai"], 2)
    await poller.once()
    assert telegram.updates.pending == []


@ON_BOTH
async def test_a_process_that_dies_before_the_commit_is_told_again(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    poller = make("a")
    telegram.say(USER, "một")
    await poller.once()
    telegram.say(USER, "hai")

    async def dies(*_args: object, **_more: object) -> None:
        raise StoreUnavailable

    poller.reception = type("Dying", (), {"take": dies})()
    with pytest.raises(StoreUnavailable):
        await poller.once()
    await make("a").once()
    assert await kept(store) == ["một", "hai"]


async def test_a_process_that_dies_after_the_commit_keeps_nothing_twice(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    class Dead(Exception):
        pass

    class Armed:
        def reached(self, _point: CrashPoint) -> None:
            raise Dead

    poller = make("a")
    poller.crash = Armed()
    telegram.say(USER, "một")
    with pytest.raises(Dead):
        await poller.once()
    await make("a").once()
    assert (await kept(store), telegram.updates.pending) == (["một"], [])


@ON_BOTH
async def test_of_two_processes_one_asks(make: Make, telegram: FakeTelegram, store: Store) -> None:
    first, second = make("a"), make("b")
    await first.once()
    assert await second.once() == second.rules.idle
    assert [name for name, _ in telegram.api.requests].count("getupdates") == 1
    name = f"telegram:{telegram.account.id}"
    assert await store.read(lambda c: holder(c, name, telegram.clock.now())) == "a"


async def test_the_other_takes_over_where_the_first_died(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    await make("a").once()
    telegram.say(USER, "còn đó không")
    telegram.clock.ahead = timedelta(minutes=1)
    await make("b").once()
    assert await kept(store) == ["còn đó không"]


async def test_the_only_process_does_not_wait_for_the_lease_of_a_dead_one(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    await make("a").once()
    telegram.say(USER, "còn đó không")
    second = make("b")
    second.alone = True
    await second.once()
    assert await kept(store) == ["còn đó không"]


async def test_the_other_takes_over_at_once_where_the_first_was_stopped(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    first = make("a")
    await first.start()
    await until(lambda: _is_known(store))
    await first.stop()
    telegram.say(USER, "còn đó không")
    await make("b").once()
    assert await kept(store) == ["còn đó không"]


@ON_BOTH
async def test_a_process_that_woke_up_too_late_keeps_nothing(store: Store) -> None:
    now = FakeTelegram(Path()).clock.now()
    slow = await store.write(lambda c: take("x", "a", now, LASTS, c))
    assert slow is not None
    later = now + timedelta(minutes=1)
    assert await store.write(lambda c: take("x", "b", later, LASTS, c)) is not None

    def body(connection: Connection) -> Done[None]:
        move(connection, slow, 7, later)
        return Done(None)

    with pytest.raises(LeaseLost):
        await store.write(body)
    await store.write(lambda c: let_go(slow, later, c))
    assert await store.read(lambda c: holder(c, "x", later)) == "b"


async def test_a_webhook_from_before_is_taken_away_with_nothing_lost(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    telegram.updates.hook("http://127.0.0.1:9/gone", "s", None)
    telegram.say(USER, "một")
    await make("a").once()
    assert (telegram.updates.url, await kept(store)) == ("", ["một"])


async def test_a_conflict_is_told_and_not_fought(make: Make, telegram: FakeTelegram) -> None:
    poller = make("a")
    await poller.once()
    telegram.updates.hook("http://127.0.0.1:9/of-another", "s", None)
    await poller.start()
    await until(lambda: _has_problem(poller))
    assert "another program" in (await poller.check() or "")
    assert telegram.updates.url == "http://127.0.0.1:9/of-another"
    telegram.updates.hook("", "", None)
    await until(lambda: _has_none(poller))


async def test_another_poller_elsewhere_is_a_conflict_too(
    make: Make, telegram: FakeTelegram
) -> None:
    poller = make("a")
    asking = asyncio.create_task(poller.once())
    await until(lambda: _is_asking(telegram))
    stranger = asyncio.create_task(telegram.updates.ask(None, 100, 0.1, None))
    with pytest.raises(TelegramError, match="409"):
        await asking
    await stranger


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.CUT_BEFORE, Kind.HTML, Kind.MALFORMED_AFTER])
async def test_asking_goes_on_after_trouble(
    make: Make, telegram: FakeTelegram, store: Store, kind: Kind
) -> None:
    telegram.troubles.add("getupdates", kind, 502, times=2)
    telegram.say(USER, "một")
    poller = make("a")
    await poller.start()
    await until(lambda: _has_kept(store, ["một"]))
    await until(lambda: _has_none(poller))


async def test_an_offset_of_last_week_is_not_used(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    poller = make("a")
    telegram.say(USER, "một")
    await poller.once()
    telegram.clock.ahead = timedelta(days=7)
    telegram.updates._last = 5  # noqa: SLF001 - Telegram numbers anew
    telegram.updates.pending.clear()
    telegram.say(USER, "hai")
    await poller.once()
    assert await kept(store) == ["một", "hai"]


async def test_an_update_nobody_can_read_does_not_stop_the_others(
    make: Make, telegram: FakeTelegram, store: Store
) -> None:
    telegram.updates.add("message", {"message_id": "?"})
    telegram.say(USER, "hai")
    await make("a").once()
    assert await kept(store) == ["", "hai"]


async def _is_known(store: Store) -> bool:
    return bool(await store.read(lambda c: c.execute(select(poll_cursor.c.name)).scalar()))


async def _is_asking(telegram: FakeTelegram) -> bool:
    return any(name == "getupdates" for name, _ in telegram.api.requests)


async def _has_problem(poller: Poller) -> bool:
    return await poller.check() is not None


async def _has_none(poller: Poller) -> bool:
    return await poller.check() is None


async def _has_kept(store: Store, texts: list[str]) -> bool:
    return await kept(store) == texts
