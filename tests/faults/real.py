"""The real service as a process to be killed, with Zalo on both sides of it."""

import asyncio
import os
from pathlib import Path

from bot.app import Service
from bot.commands.serve import run
from bot.settings import Settings
from tests.faults.armed import VARIABLE, crash_points


def live(settings: Settings, log: Path, plan: str) -> None:
    """Be one life of the service, armed as planned: what a child process runs."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    asyncio.run(run(Service(settings, crash=crash_points({VARIABLE: plan}))))
