"""The real service with the real Zalo channel, killed in every window and at random."""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from bot.delivery.crashpoints import CrashPoint
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.faults.test_service_kills import free_port
from tests.faults.zalo_books import table
from tests.faults.zalo_trial import Kill, Trial
from tests.handlers.zalo.world import settings_for


@pytest.mark.long
async def test_twenty_kills_and_every_citizen_at_zalo_is_answered_once(
    database_file: Path, tmp_path: Path
) -> None:
    seed = int(os.environ.get("DANHOI_TEST_SEED", Random().randrange(1_000_000)))
    chance, port = Random(seed), free_port()
    faults: dict[str, list[Kill]] = {
        str(point): [(point, chance.randint(1, 10)) for _ in range(2)] for point in CrashPoint
    }
    faults["random"] = [chance.uniform(0.05, 0.8) for _ in range(6)]
    zalo = FakeZalo(tmp_path / "deliveries.jsonl", f"http://127.0.0.1:{port}/webhooks/zalo")
    await zalo.start()
    zalo.webhooks.scale = 200.0
    settings = settings_for(zalo, tmp_path).model_copy(
        update={"database_url": f"sqlite:///{database_file}", "port": port}
    )
    trial = Trial(zalo, settings, tmp_path)
    async with asyncio.timeout(360):
        for fault, kills in faults.items():
            zalo.troubles.add("send", Kind.CUT_AFTER)
            await trial.suffer(fault, kills, citizens=8 * len(kills))
    await zalo.stop()
    print(f"seed {seed}\n{table(trial.tallies)}")  # noqa: T201 - the figures are the result
    assert all(tally.is_clean for tally in trial.tallies.values()), trial.tallies
    assert sum(tally.kills for tally in trial.tallies.values()) == 20
