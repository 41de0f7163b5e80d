"""`python -m bot doctor`: look at the installation and say what to do."""

import asyncio

from bot.commands.environment import read_settings
from bot.commands.output import say
from bot.moments import utc_now
from bot.operations.doctor import (
    Finding,
    Level,
    examine_database,
    examine_machine,
    examine_schema,
)
from bot.settings import Settings
from bot.store.opening import open_for_command

_MARKS = {Level.OK: "ok      ", Level.WARNING: "warning ", Level.PROBLEM: "PROBLEM "}


def doctor() -> None:
    """Look at everything that can be wrong; end with status 1 when something is."""
    settings = read_settings()
    findings = [*examine_machine(settings, utc_now()), examine_schema(settings)]
    if findings[-1].level is Level.OK:
        findings += asyncio.run(_look_inside(settings))
    if settings.telegram_enabled:
        findings += asyncio.run(_look_at_telegram(settings))
    for finding in findings:
        say(_MARKS[finding.level] + finding.what)
        if finding.advice:
            say(f"         -> {finding.advice}")
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise SystemExit(1)


async def _look_inside(settings: Settings) -> list[Finding]:
    store = open_for_command(settings)
    try:
        return await store.read(
            lambda connection: list(examine_database(connection, settings, utc_now()))
        )
    finally:
        await store.close()


async def _look_at_telegram(settings: Settings) -> list[Finding]:
    from handlers.telegram.examination import examine  # imports much that few need

    return await examine(settings)
