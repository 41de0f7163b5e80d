"""Tokens shared by processes: one renewal for all of them, and what a kill at the worst moment
costs."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from bot.channel_tokens import Grant, GrantLost
from bot.channel_tokens.notices import recent_notices
from bot.channel_tokens.overview import Condition, overview
from bot.channel_tokens.vault import Vault
from bot.operations.metrics import Metrics
from bot.operations.secrets import cipher
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import open_store
from handlers.zalo import ZaloParts, build
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.handlers.zalo.samples import USER, delivery
from tests.handlers.zalo.token_process import die_with_the_pair, send_all
from tests.handlers.zalo.world import KEYS, settings_for

pytestmark = pytest.mark.long

_SPAWN = multiprocessing.get_context("spawn")
PROCESSES, MESSAGES = 8, 500


class World:
    """A database that processes share, with an expired token in it, and Zalo."""

    def __init__(self, zalo: FakeZalo, settings: Settings, store: Store) -> None:
        self.zalo, self.settings, self.store = zalo, settings, store
        self.vault = Vault(f"zalo:{settings.zalo_oa_id}", cipher(list(KEYS)))

    async def grant(self, access: str, refresh: str, hours: float) -> None:
        """Store a pair, as a consent does."""
        now = self.zalo.clock.now()
        ends = now + timedelta(hours=hours), now + timedelta(days=80)
        pair = Grant(access, refresh, *ends)
        await self.store.write(lambda c: self.vault.replace(pair, now, c))

    async def run(self, work: Callable[..., None], *arguments: Sequence[Any]) -> list[int | None]:
        """Run one process for each argument and return how they ended."""
        lives = [_SPAWN.Process(target=work, args=(self.settings, *each)) for each in arguments]
        for life in lives:
            life.start()
        return await asyncio.gather(*(asyncio.to_thread(_ended, life) for life in lives))


def _ended(life: BaseProcess) -> int | None:
    life.join()
    return life.exitcode


@pytest.fixture
async def world(database_url: str, store: Store, tmp_path: Path) -> AsyncIterator[World]:
    zalo = FakeZalo(tmp_path / "log.jsonl", habits=Habits(echo=False, received=False))
    await zalo.start()
    zalo.chats.wrote(USER, "m1", "alo")
    settings = settings_for(zalo, tmp_path).model_copy(update={"database_url": database_url})
    world = World(zalo, settings, store)
    await world.grant("expired", zalo.account.refresh_token, hours=-1)
    yield world
    await zalo.stop()


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
async def test_eight_processes_send_500_messages_with_one_renewal(world: World) -> None:
    texts = [f"Tin số {n}" for n in range(MESSAGES)]
    shares = [(texts[n::PROCESSES],) for n in range(PROCESSES)]
    assert await world.run(send_all, *shares) == [0] * PROCESSES
    assert world.zalo.tokens.calls == 1
    assert sorted(line["text"] for line in world.zalo.chats.deliveries(USER)) == sorted(texts)


@pytest.fixture
async def survivor(world: World) -> AsyncIterator[ZaloParts]:
    """Return the channel of another process, two minutes after the first one was killed."""
    assert await world.run(die_with_the_pair, ()) == [-signal.SIGKILL]
    store = open_store(world.settings.database_url)
    world.zalo.clock.ahead += timedelta(minutes=2)
    parts = await build(world.settings, store, KEYS, world.zalo.clock.now, Metrics())
    yield parts
    await parts.close()
    await store.close()


@pytest.mark.engines
async def test_a_pair_lost_by_a_kill_is_an_alarm_and_no_loop(
    world: World, survivor: ZaloParts
) -> None:
    for _ in range(5):
        with pytest.raises(GrantLost):
            await survivor.channel.send(delivery())
    assert world.zalo.tokens.calls == 2
    notices = await world.store.read(lambda c: recent_notices(c, "zalo"))
    assert [notice.what for notice in notices] == ["renewal_refused"]
    now, account = world.zalo.clock.now(), world.vault.account
    found = await world.store.read(lambda c: overview(c, account, now))
    assert found.condition is Condition.REFUSED


@pytest.mark.engines
async def test_after_a_new_consent_everything_is_sent(world: World, survivor: ZaloParts) -> None:
    with pytest.raises(GrantLost):
        await survivor.channel.send(delivery())
    pair = world.zalo.tokens.issue()
    await world.grant(pair["access_token"], pair["refresh_token"], hours=25)
    await survivor.channel.send(delivery("Dạ, đây ạ."))
    assert [line["text"] for line in world.zalo.chats.deliveries(USER)] == ["Dạ, đây ạ."]
