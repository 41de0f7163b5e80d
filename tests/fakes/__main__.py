"""Play providers for trying things out: `python -m tests.fakes try` for everything at once."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.trying import telegram_settings, try_out, zalo_settings
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


@app.command("try")
def try_(
    port: Annotated[int, typer.Option(help="where the service listens")] = 8080,
) -> None:
    """Start the service on fresh data with every provider played; type as a citizen."""
    asyncio.run(_try(port))


async def _try(port: int) -> None:
    await try_out(port, _until_told())


async def _serve(fake: FakeZalo | FakeTelegram, port: int) -> None:
    stop, address = _until_told(), await fake.start(port=port)
    if isinstance(fake, FakeZalo):
        told, more = zalo_settings(fake, address), ""
    else:
        told, more = telegram_settings(fake, address), f"# as an officer: {address}/nhom\n"
    lines = "\n".join(f"{name}={value}" for name, value in told.items())
    sys.stdout.write(f"{lines}\n# write as a citizen: {address}/\n{more}")
    sys.stdout.flush()
    await stop.wait()
    await fake.stop()


def _until_told() -> asyncio.Event:
    """Return what is set when the process is told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


if __name__ == "__main__":
    app()
