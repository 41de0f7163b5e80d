"""Measure an import of thousands of procedures beside a service that takes messages.

python -m bench.importing
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.load import Load, paced
from bench.scores import table
from bench.service import ROOT, prepare, serving, to_chat

SOURCE = ROOT.parent / "shared" / "data" / "procedures.jsonl.gz"
PACE = 20.0
#: messages at a time; more are sent while the import lasts
_BATCH = 40


@dataclass(frozen=True, slots=True)
class Import:
    """How long an import took, what it changed, and how messages were accepted meanwhile."""

    seconds: float
    counts: str
    load: Load


async def measure(environment: Mapping[str, str]) -> list[Import]:
    """Import twice beside one service."""
    async with serving(environment) as port:
        return [await _import(environment, port, run) for run in range(2)]


async def _import(environment: Mapping[str, str], port: int, run: int) -> Import:
    done = asyncio.Event()
    writing = asyncio.create_task(_write(port, done, run * 1_000_000))
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "import", str(SOURCE)),
        cwd=ROOT,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    seconds = time.perf_counter() - begun
    done.set()
    found = re.search(r"\d+ rows, \d+ changed", output.decode())
    return Import(seconds, found[0] if found else "failed", await writing)


async def _write(port: int, done: asyncio.Event, first: int) -> Load:
    """Post messages until the import is over."""
    latencies: list[float] = []
    begun, sent, refused = time.perf_counter(), 0, 0
    while not done.is_set():
        start = first + sent
        load = await paced(port, lambda n, start=start: to_chat(start + n), _BATCH, PACE)  # type: ignore[misc]
        latencies += load.latencies
        sent, refused = sent + _BATCH, refused + load.refused
    return Load(sent, time.perf_counter() - begun, latencies, refused)


def report() -> str:
    """Return the section of the benchmarks page."""
    if not SOURCE.exists():
        return "## Importing\n\nNot measured: ../shared is absent, and with it the file to import."
    with tempfile.TemporaryDirectory() as folder:
        runs = asyncio.run(measure(prepare(Path(folder))))
    rows = [
        (
            name,
            f"{run.seconds:.1f}",
            run.counts,
            run.load.requests,
            f"{run.load.milliseconds(50):.1f}",
            f"{run.load.milliseconds(99):.1f}",
            run.load.refused,
        )
        for name, run in zip(("first", "again"), runs, strict=True)
    ]
    head = ("import", "seconds", "result", "messages", "p50 ms", "p99 ms", "refused")
    title = f"{SOURCE.name} beside a service that takes {PACE:.0f} messages a second"
    return f"## Importing\n\n{table(title, head, rows)}"


if __name__ == "__main__":
    sys.stdout.write(report())
