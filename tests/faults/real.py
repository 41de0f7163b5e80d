"""The real service as a process to be killed, with Zalo on both sides of it."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Service
from bot.commands.serve import run
from bot.moments import Clock, utc_now
from bot.settings import Settings
from tests.faults.armed import VARIABLE, crash_points


def live(settings: Settings, log: Path, plan: str, steps: Path | None = None) -> None:
    """Be one life of the service, armed as planned: what a child process runs.

    The file `steps` says by how many seconds the clock of this machine is wrong.
    """
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    clock = stepped(steps) if steps else utc_now
    asyncio.run(run(Service(settings, clock, crash=crash_points({VARIABLE: plan}))))


def stepped(steps: Path) -> Clock:
    """Return a clock that is off by what a file says."""

    def now() -> datetime:
        off = float(steps.read_text()) if steps.exists() else 0.0
        return utc_now() + timedelta(seconds=off)

    return now
