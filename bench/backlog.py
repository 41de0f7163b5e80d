"""How a large backlog drains while people go on writing.

python -m bench.backlog [--rows 100000]    a quarter of an hour for a hundred thousand
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from bench.load import Request, paced
from bench.scores import table
from bench.service import TEXT, prepare, serving, to_chat
from bot.delivery.crowd import Acceptance
from bot.messages import Incoming, IncomingKind
from bot.moments import utc_now
from bot.store.sqlite import SqliteStore

ROWS = 100_000
PACE, AT_ONCE = 30.0, 300
_ALONE = 3  # times AT_ONCE


@dataclass
class Beside:
    """What those felt who wrote meanwhile."""

    port: int
    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    async def write(self) -> None:
        """Write for a while, at a steady pace."""
        load = await paced(self.port, self._next(), AT_ONCE, PACE)
        self.latencies += load.latencies
        self.refused += load.refused

    def _next(self) -> Request:
        first = len(self.latencies)
        return lambda number: to_chat(first + number)

    def figures(self) -> tuple[str, ...]:
        """Return percentiles, and how many were refused."""
        cuts = quantiles(self.latencies, n=100)
        return (*(f"{cuts[percent - 1] * 1000:.1f}" for percent in (50, 95, 99)), str(self.refused))


async def _fill(database: Path, rows: int) -> None:
    """Accept messages that no worker looks at, each of another citizen."""
    store = SqliteStore(database)

    async def some(first: int) -> None:
        for number in range(first, rows, 64):
            who, now = f"77{number:017}", utc_now()
            event = Incoming("zalo", f"old{number}", who, IncomingKind.TEXT, now, TEXT)
            await store.write(Acceptance(event, b"{}", now))

    await asyncio.gather(*(some(first) for first in range(64)))
    await store.close()


async def _alone(environment: Mapping[str, str]) -> Beside:
    async with serving(environment) as port:
        beside = Beside(port)
        for _ in range(_ALONE):
            await beside.write()
        return beside


async def _drain(environment: Mapping[str, str], database: Path) -> tuple[float, Beside]:
    """Return the seconds until nothing old is undecided, and how accepting went meanwhile."""
    async with serving(environment) as port:
        started, beside = time.perf_counter(), Beside(port)
        while _undecided(database):
            await beside.write()
        return time.perf_counter() - started, beside


def _undecided(database: Path) -> bool:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        query = "SELECT 1 FROM inbox WHERE state IN ('pending', 'doubt') AND conversation_id > 0"
        return bool(connection.execute(f"{query} AND event_id LIKE 'old%' LIMIT 1").fetchone())


def backlog(rows: int) -> str:
    """Drain a backlog while people go on writing."""
    with tempfile.TemporaryDirectory() as folder:
        alone = asyncio.run(_alone(prepare(Path(folder))))
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder))
        database = Path(folder) / "danhoi.db"
        asyncio.run(_fill(database, rows))
        seconds, beside = asyncio.run(_drain(environment, database))
    drained = (f"{seconds:,.0f}", f"{rows / seconds:,.0f}")
    figures = (("none", "–", "–", *alone.figures()), (f"{rows:,}", *drained, *beside.figures()))
    head = ("backlog", "drained in s", "decided a second", "p50 ms", "p95 ms", "p99 ms", "refused")
    return table(f"A backlog, with {PACE:.0f} new messages a second", head, figures)


def report(rows: int = ROWS) -> str:
    """Return the section of the benchmarks page."""
    return (
        "## Backlog\n\nMessages that nobody decided yet, each of another citizen, beside people who"
        " go on writing to the web chat; what they wait for is to be accepted.\n\n" + backlog(rows)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    sys.stdout.write(report(parser.parse_args().rows))
