"""`python -m bot zalo …`: what an operator does by hand with the Zalo channel."""

import asyncio

import typer

from bot.channels import SendError
from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.moments import utc_now
from bot.operations.metrics import Metrics
from bot.operations.secrets import load_keys
from bot.settings import Settings
from bot.store.opening import open_for_command
from handlers.zalo import build
from handlers.zalo.client import Refused

app = typer.Typer(no_args_is_help=True, help="Work on the Zalo channel by hand.")


@app.callback()
def zalo() -> None:
    """Work on the Zalo channel by hand."""


@app.command("catch-up")
def catch_up() -> None:
    """Take in what citizens wrote while the webhook was not heard; nothing is doubled."""
    settings = read_settings()
    if not settings.zalo_enabled:
        give_up("Zalo is not configured: set DANHOI_ZALO_APP_ID and its companions first")
    try:
        taken = asyncio.run(_catch_up(settings))
    except (Refused, SendError) as error:
        give_up(f"Zalo does not let us read the conversations: {error}")
    say(f"{taken} events taken in; a running service goes on with them")


async def _catch_up(settings: Settings) -> int:
    store = open_for_command(settings)
    try:
        parts = await build(settings, store, load_keys(settings), utc_now, Metrics())
        try:
            return await parts.catch_up()
        finally:
            await parts.close()
    finally:
        await store.close()
