"""`python -m bot retention`: what is kept how long, and forgetting it now."""

import asyncio
from typing import Annotated

import typer

from bot.commands.desk_store import read
from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.moments import utc_now
from bot.retention import CLASSES
from bot.retention.rounds import due, forget_all
from bot.store.opening import open_for_command


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what is due")] = False,
) -> None:
    """Forget what has outlived its purpose; the service does so each night by itself."""
    found = read(lambda connection: due(connection, utc_now()))
    for kept in CLASSES:
        days, rows = found[kept.name]
        say(f"{kept.name:<11}{days:>5} days  {rows:>8} due  {kept.what}")
    if not dry_run:
        gone = asyncio.run(_forget())
        say(f"forgotten: {sum(gone.values())} rows")


async def _forget() -> dict[str, int]:
    store = open_for_command(read_settings())
    try:
        return dict(await forget_all(store, utc_now()))
    finally:
        await store.close()
