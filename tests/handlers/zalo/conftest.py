"""The fake Zalo on a port of its own, and the channel talking to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientTimeout

from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from handlers.zalo import Conduct, ZaloParts, build
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.handlers.zalo.world import KEYS, settings_for


@pytest.fixture
async def zalo(tmp_path: Path) -> AsyncIterator[FakeZalo]:
    """Return a running Zalo that posts nothing back."""
    fake = FakeZalo(tmp_path / "deliveries.jsonl", habits=Habits(echo=False, received=False))
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def settings(zalo: FakeZalo, tmp_path: Path) -> Settings:
    return settings_for(zalo, tmp_path)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def parts(
    zalo: FakeZalo, settings: Settings, store: Store, metrics: Metrics
) -> AsyncIterator[ZaloParts]:
    """Return the channel, less patient than in life."""
    hasty = Conduct(ClientTimeout(total=0.4, connect=0.4))
    parts = await build(settings, store, KEYS, zalo.clock.now, metrics, hasty)
    yield parts
    await parts.close()
