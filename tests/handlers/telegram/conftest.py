"""The fake Telegram on a port of its own, and the channel talking to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from handlers.telegram import TelegramParts
from tests.fakes.telegram.server import FakeTelegram
from tests.handlers.telegram.world import parts_for, settings_for


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[FakeTelegram]:
    """Return a running Telegram."""
    fake = FakeTelegram(tmp_path / "deliveries.jsonl")
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def settings(telegram: FakeTelegram, tmp_path: Path) -> Settings:
    return settings_for(telegram, tmp_path)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def parts(
    telegram: FakeTelegram, settings: Settings, store: Store, metrics: Metrics
) -> AsyncIterator[TelegramParts]:
    """Return the channel; its registration does not run by itself."""
    parts = parts_for(telegram, store, settings, metrics)
    yield parts
    await parts.close()
