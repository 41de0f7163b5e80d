"""The real service with a real channel, killed in every window and at random."""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from bot.delivery.crashpoints import CrashPoint
from bot.settings import TelegramMode
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind, Troubles
from tests.faults.channel_books import table
from tests.faults.channel_trial import Kill, Trial
from tests.faults.stages import TelegramStage, ZaloStage
from tests.faults.test_service_kills import free_port
from tests.handlers.telegram.world import settings_for as telegram_settings
from tests.handlers.zalo.world import settings_for


async def suffer(trial: Trial, troubles: Troubles, chance: Random, *, times: int = 2) -> None:
    """Die so often in every window and thrice as often at random, with answers cut off."""
    faults: dict[str, list[Kill]] = {
        str(point): [(point, chance.randint(1, 10)) for _ in range(times)] for point in CrashPoint
    }
    faults["random"] = [chance.uniform(0.05, 0.8) for _ in range(3 * times)]
    async with asyncio.timeout(900):  # a busy machine takes its time to start thirty times
        for fault, kills in faults.items():
            troubles.add("send", Kind.CUT_AFTER)
            await trial.suffer(fault, kills, citizens=8 * len(kills))


def check(trial: Trial, seed: int, kills: int) -> None:
    """Nothing happened that the ledger does not list."""
    print(f"seed {seed}\n{table(trial.tallies)}")  # noqa: T201 - the figures are the result
    assert all(tally.is_clean for tally in trial.tallies.values()), trial.tallies
    assert sum(tally.kills for tally in trial.tallies.values()) == kills


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("DANHOI_TEST_SEED", Random().randrange(1_000_000)))


@pytest.mark.long
async def test_twenty_kills_and_every_citizen_at_zalo_is_answered_once(
    database_file: Path, tmp_path: Path, seed: int
) -> None:
    port = free_port()
    zalo = FakeZalo(tmp_path / "deliveries.jsonl", f"http://127.0.0.1:{port}/webhooks/zalo")
    await zalo.start()
    zalo.webhooks.scale = 200.0
    where = {"database_url": f"sqlite:///{database_file}", "port": port}
    settings = settings_for(zalo, tmp_path).model_copy(update=where)
    trial = Trial(ZaloStage(zalo, settings), tmp_path)
    await suffer(trial, zalo.troubles, Random(seed))
    await zalo.stop()
    check(trial, seed, 20)


@pytest.mark.long
async def test_ten_kills_and_every_citizen_at_telegram_is_answered(
    database_file: Path, tmp_path: Path, seed: int
) -> None:
    telegram = FakeTelegram(tmp_path / "deliveries.jsonl")
    await telegram.start()
    where = {
        "database_url": f"sqlite:///{database_file}", "port": free_port(), "public_url": ""
    }  # fmt: skip
    polled = telegram_settings(telegram, tmp_path, TelegramMode.POLLING)
    trial = Trial(TelegramStage(telegram, polled.model_copy(update=where)), tmp_path)
    await suffer(trial, telegram.troubles, Random(seed), times=1)
    await telegram.stop()
    check(trial, seed, 10)
