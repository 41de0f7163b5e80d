"""The service as an operator runs it: a process of its own, its output kept."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Process:
    """A running `python -m bot serve` and everything it has written."""

    process: asyncio.subprocess.Process
    environment: Mapping[str, str]
    address: str = ""
    written: list[str] = field(default_factory=list)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 15)

    @property
    def output(self) -> str:
        """Return all that was written to standard output and error."""
        return "".join(self.written)


def environment(database: str, folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a command on this database, without the developer's settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DANHOI_")}
    return plain | {
        "DANHOI_DATABASE_URL": database,
        "DANHOI_VAR_DIR": str(folder),
        "DANHOI_PORT": "0",
        "DANHOI_LOG_LEVEL": "DEBUG",
        **settings,
    }


async def command(words: list[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Run `python -m bot …`; return status and output of both streams."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=ROOT,
        env=dict(env),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@asynccontextmanager
async def serving(env: Mapping[str, str]) -> AsyncIterator[Process]:
    """Start the service, wait until it says where it listens, stop it at the end."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=ROOT,
        env=dict(env),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Process(started, env)
    ready = asyncio.Event()
    reading = asyncio.create_task(_keep_output(running, ready))
    try:
        await asyncio.wait_for(ready.wait(), 120)
        assert running.address, running.output
        yield running
    finally:
        await running.stop(signal.SIGKILL if started.returncode is None else signal.SIGTERM)
        await reading


async def _keep_output(running: Process, ready: asyncio.Event) -> None:
    assert running.process.stdout is not None
    async for line in running.process.stdout:
        running.written.append(line.decode(errors="replace"))
        found = _ADDRESS.search(running.written[-1])
        if found and not running.address:
            running.address = found[0]
            ready.set()
    ready.set()
