"""Tokens: one renewal at a time, nothing used before it is stored, nothing lost by a crash."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout
from sqlalchemy import Connection, bindparam, text
from structlog.testing import capture_logs

from bot.channel_tokens import (
    Grant,
    GrantLost,
    GrantUnreadable,
    KeeperRules,
    NoGrant,
)
from bot.channel_tokens.keeper import TokenKeeper
from bot.channel_tokens.notices import recent_notices
from bot.channel_tokens.vault import Vault
from bot.channels import ChannelUnavailable
from bot.operations.metrics import Metrics
from bot.operations.secrets import cipher
from bot.settings import Settings
from bot.store import Done, Store, StoreUnavailable
from bot.tables.base import Moment
from handlers.zalo import keeper_of
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.handlers.zalo.world import KEYS, counted

RULES = KeeperRules(patience=timedelta(seconds=2), poll_seconds=0.01)


class World:
    """Any number of processes on one database, each with a keeper of its own."""

    def __init__(self, zalo: FakeZalo, settings: Settings, store: Store) -> None:
        self.zalo, self.settings, self.store = zalo, settings, store
        self.metrics = Metrics()
        self.http = ClientSession(timeout=ClientTimeout(total=0.3))
        self.vault = Vault(f"zalo:{settings.zalo_oa_id}", cipher(list(KEYS)))

    def keeper(self, owner: str = "one") -> TokenKeeper:
        clock = self.zalo.clock.now
        keeper = keeper_of(self.settings, self.store, KEYS, clock, self.metrics, self.http)
        keeper.owner, keeper.rules = owner, RULES
        return keeper

    async def planted(self, owner: str = "one") -> TokenKeeper:
        keeper = self.keeper(owner)
        await keeper.plant(self.settings.zalo_refresh_token.get_secret_value())
        return keeper

    def later(self, **parts: float) -> None:
        self.zalo.clock.ahead += timedelta(**parts)

    async def history(self) -> list[tuple[int, str]]:
        return list(await self.store.read(self.vault.events))


@pytest.fixture
async def world(zalo: FakeZalo, settings: Settings, store: Store) -> AsyncIterator[World]:
    world = World(zalo, settings, store)
    yield world
    await world.http.close()


async def test_the_first_token_comes_from_the_settings(world: World) -> None:
    keeper = await world.planted()
    assert await keeper.current() == world.zalo.tokens.access
    assert await world.history() == [(1, "stored"), (1, "refreshed")]


async def test_once_stored_the_settings_are_ignored_with_a_warning(world: World) -> None:
    await (await world.planted()).current()
    with capture_logs() as logs:
        again = await world.planted("two")
    assert [line["log_level"] for line in logs] == ["warning"]
    assert await again.current() == world.zalo.tokens.access
    assert world.zalo.tokens.calls == 1


async def test_without_any_token_an_administrator_is_asked(world: World) -> None:
    with pytest.raises(NoGrant):
        await world.keeper().current()


async def test_a_hundred_senders_cause_one_renewal(world: World) -> None:
    keeper = await world.planted()
    tokens = await asyncio.gather(*(keeper.current() for _ in range(100)))
    assert (len(set(tokens)), world.zalo.tokens.calls) == (1, 1)


async def test_eight_processes_cause_one_renewal(world: World) -> None:
    keepers = [await world.planted(f"process {n}") for n in range(8)]
    world.zalo.troubles.add("token", Kind.DELAY, 0.05)
    tokens = await asyncio.gather(*(keeper.current() for keeper in keepers for _ in range(5)))
    assert (len(set(tokens)), world.zalo.tokens.calls) == (1, 1)


async def test_a_rejected_token_that_another_has_renewed_is_not_renewed_again(
    world: World,
) -> None:
    one, two = await world.planted("one"), await world.planted("two")
    old = await one.current()
    assert await two.current() == old
    world.later(minutes=5)
    new = await one.renewed(old)
    assert await two.renewed(old) == new != old
    assert world.zalo.tokens.calls == 2


async def test_a_token_is_renewed_ahead_of_time(world: World) -> None:
    keeper = await world.planted()
    before = await keeper.current()
    world.later(hours=18)
    await keeper.look_ahead(datetime.now(UTC))
    assert world.zalo.tokens.calls == 1
    world.later(hours=2)
    await keeper.look_ahead(datetime.now(UTC))
    assert await keeper.current() == world.zalo.tokens.access
    assert (world.zalo.tokens.access != before, world.zalo.tokens.calls) == (True, 2)


async def test_a_caller_that_gives_up_does_not_stop_the_renewal(world: World) -> None:
    keeper = await world.planted()
    world.zalo.troubles.add("token", Kind.DELAY, 0.1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(keeper.current(), 0.02)
    await keeper.close()
    assert await world.planted("next") is not None
    assert await world.keeper("next").current() == world.zalo.tokens.access
    assert world.zalo.tokens.calls == 1


async def test_a_pair_is_durable_before_anybody_has_it(world: World) -> None:
    token = await (await world.planted()).current()
    stored = await world.store.read(world.vault.read)
    assert stored is not None
    assert (stored.grant.access, stored.version) == (token, 2)


async def test_a_process_that_dies_renewing_leaves_the_lock_to_time(world: World) -> None:
    keeper = await world.planted("heir")
    now = world.zalo.clock.now()
    await world.store.write(lambda c: world.vault.lock("dead", now, RULES.lock, c))
    keeper.rules = KeeperRules(patience=timedelta(milliseconds=50), poll_seconds=0.01)
    with pytest.raises(ChannelUnavailable):
        await keeper.current()
    world.later(minutes=2)
    assert await keeper.current() == world.zalo.tokens.access


class Tired:
    """A store that takes no writes for a while."""

    def __init__(self, store: Store, refusals: int) -> None:
        self._store, self.refusals = store, refusals

    async def read(self, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        return await self._store.read(body)

    async def write(self, body: Callable[[Connection], Done[Any]]) -> Any:  # noqa: ANN401
        if isinstance(body, partial) and body.func.__name__ == "keep":
            self.refusals -= 1
            if self.refusals >= 0:
                raise StoreUnavailable
        return await self._store.write(body)

    async def close(self) -> None:
        await self._store.close()


async def test_a_new_pair_is_kept_in_hand_until_the_database_takes_it(world: World) -> None:
    keeper = await world.planted()
    keeper.store = Tired(world.store, refusals=2)
    assert await keeper.current() == world.zalo.tokens.access
    stored = await world.store.read(world.vault.read)
    assert stored is not None
    assert stored.grant.access == world.zalo.tokens.access
    assert counted(world.metrics, "channel_token", "new_pair_not_stored_yet") == 2


async def test_without_an_answer_the_same_token_is_tried_once_more(world: World) -> None:
    keeper = await world.planted()
    world.zalo.troubles.add("token", Kind.SILENCE_BEFORE)
    assert await keeper.current() == world.zalo.tokens.access
    assert world.zalo.tokens.calls == 2


async def test_a_pair_lost_on_the_way_raises_the_alarm_and_no_loop(world: World) -> None:
    keeper = await world.planted()
    world.zalo.troubles.add("token", Kind.SILENCE_AFTER)
    for _ in range(5):
        with pytest.raises(GrantLost):
            await keeper.current()
    assert world.zalo.tokens.calls == 2
    assert counted(world.metrics, "channel_token", "renewal_refused") == 1
    assert (1, "refused") in await world.history()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(Kind.CODE, -14014, id="spent"),
        pytest.param(Kind.CODE, -14002, id="app not active"),
        pytest.param(Kind.NO_CODE, 0, id="no number"),
        pytest.param(Kind.CODE, 0, id="no error and no tokens"),
    ],
)
async def test_a_refusal_never_overwrites_the_stored_tokens(
    world: World, kind: Kind, value: int
) -> None:
    keeper = await world.planted()
    good = await keeper.current()
    world.later(hours=24)
    world.zalo.troubles.add("token", kind, value)
    await keeper.look_ahead(datetime.now(UTC))
    assert await keeper.current() == good
    assert world.zalo.tokens.calls == 2


async def test_after_a_pause_the_repaired_app_is_tried_again(world: World) -> None:
    keeper = await world.planted()
    world.zalo.troubles.add("token", Kind.CODE, -14002)
    with pytest.raises(GrantLost, match="app is not active"):
        await keeper.current()
    world.later(minutes=11)
    assert await keeper.current() == world.zalo.tokens.access


async def test_an_administrator_is_told_two_weeks_before_the_end(world: World) -> None:
    keeper = await world.planted()
    await keeper.current()
    await world.store.write(
        lambda c: Done(c.execute(text("UPDATE provider_token SET refresh_expires_at='2026-12-01'")))
    )
    await keeper.look_ahead(datetime.now(UTC))
    assert counted(world.metrics, "channel_token", "refresh_token_ends_soon") == 1


async def test_readiness_says_why_nothing_can_be_sent(world: World) -> None:
    assert "No token" in (await world.keeper().problem() or "")
    keeper = await world.planted()
    assert await keeper.problem() is None
    world.zalo.troubles.add("token", Kind.CODE, -14014)
    with pytest.raises(GrantLost):
        await keeper.current()
    assert "used already" in (await keeper.problem() or "")


async def test_nothing_readable_lies_in_the_database(world: World, database_file: Any) -> None:  # noqa: ANN401
    token = await (await world.planted()).current()
    await world.store.close()
    files = b"".join(path.read_bytes() for path in database_file.parent.glob("danhoi.db*"))
    secrets = [token, *world.zalo.tokens.refresh, world.zalo.account.refresh_token]
    assert [secret for secret in secrets if secret.encode() in files] == []


async def test_no_token_is_ever_logged_or_shown(world: World) -> None:
    with capture_logs() as logs:
        keeper = await world.planted()
        token = await keeper.current()
        world.later(hours=30)
        world.zalo.troubles.add("token", Kind.CODE, -14014)
        with pytest.raises(GrantLost) as raised:
            await keeper.current()
    shown = f"{logs} {raised.value!r} {await world.store.read(world.vault.read)!r}"
    assert [secret for secret in (token, *world.zalo.tokens.refresh) if secret in shown] == []


async def test_another_key_of_the_service_is_named_as_the_reason(world: World) -> None:
    await world.planted()
    keeper = world.keeper()
    keeper.vault = Vault(world.vault.account, cipher(["another"]))
    with pytest.raises(GrantUnreadable):
        await keeper.current()


async def test_a_new_consent_repairs_a_lost_one_without_a_restart(world: World) -> None:
    keeper = await world.planted()
    old = await keeper.current()
    world.later(minutes=5)
    world.zalo.tokens.refresh.clear()
    world.zalo.tokens.access = "revoked"
    with pytest.raises(GrantLost):
        await keeper.renewed(old)
    now = world.zalo.clock.now()
    pair = world.zalo.tokens.issue()
    grant = Grant(pair["access_token"], pair["refresh_token"], now + timedelta(days=1), now)
    await world.store.write(lambda c: world.vault.replace(grant, now, c))
    assert await keeper.renewed(old) == world.zalo.tokens.access


async def test_stopping_does_not_wait_for_ever(world: World) -> None:
    keeper = await world.planted()
    keeper.rules = KeeperRules(farewell=timedelta(milliseconds=10))
    world.zalo.troubles.add("token", Kind.SILENCE_BEFORE)
    asking = asyncio.create_task(keeper.current())
    await asyncio.sleep(0.05)
    await keeper.close()
    assert counted(world.metrics, "channel_token", "renewal_cut_off") == 1
    await asyncio.wait([asking])
    assert await world.keeper("next").current() == world.zalo.tokens.access


async def news(world: World) -> list[str]:
    notices = await world.store.read(lambda c: recent_notices(c, "zalo"))
    return [notice.what for notice in notices]


async def test_each_failure_is_news_for_the_administrators_page(world: World) -> None:
    keeper = await world.planted()
    world.zalo.troubles.add("token", Kind.CODE, -14002)
    with pytest.raises(GrantLost):
        await keeper.current()
    assert await news(world) == ["renewal_refused"]
    world.later(minutes=11)
    world.zalo.troubles.add("token", Kind.SILENCE_BEFORE, times=2)
    with pytest.raises(ChannelUnavailable):
        await keeper.current()
    assert await news(world) == ["renewal_uncertain", "renewal_refused"]


async def test_without_a_connection_the_failure_is_told_too(world: World) -> None:
    keeper = await world.planted()
    await world.zalo.stop()
    with pytest.raises((ChannelUnavailable, GrantLost)):
        await keeper.current()
    assert len(await news(world)) == 1


async def test_the_end_drawing_near_is_told_once_a_day(world: World) -> None:
    keeper = await world.planted()
    await keeper.current()
    nearly = "UPDATE provider_token SET refresh_expires_at=:at, access_expires_at=:at"
    ends = world.zalo.clock.now() + timedelta(days=10)
    at = bindparam("at", ends, Moment)
    await world.store.write(lambda c: Done(c.execute(text(nearly).bindparams(at)).rowcount))
    for _ in range(3):
        await keeper.look_ahead(datetime.now(UTC))
    assert counted(world.metrics, "channel_token", "refresh_token_ends_soon") == 1


async def test_spent_pairs_are_forgotten_after_a_month(world: World) -> None:
    keeper = await world.planted()
    await keeper.current()
    world.later(days=31)
    await keeper.look_ahead(datetime.now(UTC))
    assert await world.history() == [(2, "refreshed")]
