"""The whole service with every provider played by a fake: one command, nothing real."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.server import FakeZalo

FOLDER = Path("var/try")


async def try_out(port: int, stop: asyncio.Event) -> None:
    """Serve Zalo, Telegram and the service on fresh data until told to stop."""
    _clear()
    zalo = FakeZalo(FOLDER / "zalo.jsonl", f"http://127.0.0.1:{port}/webhooks/zalo")
    telegram = FakeTelegram(FOLDER / "telegram.jsonl")
    told = zalo_settings(zalo, await zalo.start(port=port + 1))
    zalo.webhooks.scale = 20.0
    told |= telegram_settings(telegram, await telegram.start(port=port + 2))
    environment = {
        **os.environ,
        **told,
        "DANHOI_DATABASE_URL": f"sqlite:///{FOLDER}/danhoi.db",
        "DANHOI_VAR_DIR": str(FOLDER),
        "DANHOI_PORT": str(port),
    }
    service = await _run(environment)
    _say(f"as a citizen at Zalo:      {zalo.address}/")
    _say(f"as a citizen at Telegram:  {telegram.address}/")
    await asyncio.wait(
        [asyncio.create_task(stop.wait()), asyncio.create_task(service.wait())],
        return_when=asyncio.FIRST_COMPLETED,
    )
    if service.returncode is None:
        service.terminate()
        await service.wait()
    await zalo.stop()
    await telegram.stop()


def zalo_settings(fake: FakeZalo, address: str) -> dict[str, str]:
    """Return the settings with which the service talks to a fake Zalo."""
    account = fake.account
    settings = {
        "APP_ID": account.app_id,
        "APP_SECRET": account.app_secret,
        "OA_ID": account.oa_id,
        "OA_SECRET": account.oa_secret,
        "REFRESH_TOKEN": account.refresh_token,
        "API_BASE": address,
        "OAUTH_BASE": address,
    }
    return {f"DANHOI_ZALO_{name}": value for name, value in settings.items()}


def telegram_settings(fake: FakeTelegram, address: str) -> dict[str, str]:
    """Return the settings with which the service talks to a fake Telegram."""
    settings = {"MODE": "polling", "TOKEN": fake.account.token, "API_BASE": address}
    return {f"DANHOI_TELEGRAM_{name}": value for name, value in settings.items()}


async def _run(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Migrate, then start the service; it says itself where it listens."""
    migrate = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "migrate", env=environment
    )
    await migrate.wait()
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment
    )


def _clear() -> None:
    """Begin anew: a fake forgets the tokens it gave out when it stops."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
