"""Play a provider for trying things out: `python -m tests.fakes zalo --port 9100`."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.server import FakeZalo

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def choose() -> None:
    """Play a provider."""


@app.command()
def zalo(
    port: Annotated[int, typer.Option(help="where to listen")] = 9100,
    webhook: Annotated[
        str, typer.Option(help="where the service listens")
    ] = "http://127.0.0.1:8080/webhooks/zalo",
    log: Annotated[Path, typer.Option(help="append-only file of deliveries")] = Path(
        "var/fake-zalo.jsonl"
    ),
) -> None:
    """Play Zalo; prints the settings with which the service talks to it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(FakeZalo(log, webhook), port))


@app.command()
def telegram(
    port: Annotated[int, typer.Option(help="where to listen")] = 9200,
    log: Annotated[Path, typer.Option(help="append-only file of deliveries")] = Path(
        "var/fake-telegram.jsonl"
    ),
) -> None:
    """Play Telegram; prints the settings with which the service talks to it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(FakeTelegram(log), port))


async def _serve(fake: FakeZalo | FakeTelegram, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = await fake.start(port=port)
    explained = _explain(fake, address) if isinstance(fake, FakeZalo) else _settings(fake, address)
    sys.stdout.write(explained)
    sys.stdout.flush()
    await stop.wait()
    await fake.stop()


def _explain(fake: FakeZalo, address: str) -> str:
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
    lines = "\n".join(f"DANHOI_ZALO_{name}={value}" for name, value in settings.items())
    return f"{lines}\n# write as a citizen: {address}/\n"


def _settings(fake: FakeTelegram, address: str) -> str:
    settings = {"MODE": "polling", "TOKEN": fake.account.token, "API_BASE": address}
    lines = "\n".join(f"DANHOI_TELEGRAM_{name}={value}" for name, value in settings.items())
    return f"{lines}\n# write as a citizen: {address}/\n# as an officer: {address}/nhom\n"


if __name__ == "__main__":
    app()
