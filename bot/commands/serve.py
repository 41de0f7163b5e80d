"""`python -m bot serve`: the service, until somebody stops it."""

import asyncio
import signal
from typing import Annotated

import structlog
import typer

from bot.app import Service
from bot.app.roles import Role
from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.operations.logs import configure_logs
from bot.operations.secrets import load_keys
from bot.settings import Settings
from bot.store.urls import sqlite_path

_log = structlog.get_logger()


def serve(
    role: Annotated[Role, typer.Option(help="web and worker need PostgreSQL")] = Role.ALL,
) -> None:
    """Run the service until Ctrl-C or SIGTERM; what is in flight is finished or stays durable."""
    settings = read_settings()
    if role is not Role.ALL and sqlite_path(settings.database_url):
        give_up(f"--role {role} needs PostgreSQL: SQLite is served by one process (--role all)")
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = load_keys(settings)
    configure_logs(settings.log_level, settings.log_format, [*keys, *_secrets(settings)])
    asyncio.run(run(Service(settings, role=role)))


async def run(service: Service) -> None:
    """Start a service, say where it listens, and stop it when the process is told to."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        address = await service.start()
        say(f"Dân hỏi: {address}")
        if service.demo_accounts:
            say(f"Demonstration officers: {service.demo_accounts} (console: {address}/can-bo)")
        await stop.wait()
        _log.info("stopping")
    finally:
        await service.stop()
    _log.info("stopped")


def _secrets(settings: Settings) -> list[str]:
    """Return every secret of the settings, so that the log can hide them literally."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if hasattr(value, "get_secret_value")]
