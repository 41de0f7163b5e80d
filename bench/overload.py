"""What others feel when somebody floods the service, and how a backlog drains.

python -m bench.overload [--backlog 100000]
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles

from aiohttp import ClientSession, TCPConnector

from bench.load import Load, paced
from bench.scores import table
from bench.service import CITIZENS, TEXT, prepare, serving, to_chat
from bot.delivery.inbox import accept
from bot.messages import Incoming, IncomingKind
from bot.moments import utc_now
from bot.store.sqlite import SqliteStore

PACE, MESSAGES = 30.0, 900
ABUSERS = 24
BACKLOG = 5_000
_FROM = {"X-Forwarded-For": "203.0.113.9"}


@dataclass(slots=True)
class Abuser:
    """One address that writes as fast as it can, on many connections."""

    port: int
    sent: int = 0
    refused: int = 0
    stopped: bool = False

    async def flood(self) -> None:
        url = f"http://127.0.0.1:{self.port}/api/v1"
        connector = TCPConnector(limit=ABUSERS)
        async with ClientSession(headers=_FROM, connector=connector) as http:
            async with http.post(f"{url}/conversations") as opened:
                conversation = (await opened.json())["conversation"]
            await asyncio.gather(*(self._write(http, url, conversation) for _ in range(ABUSERS)))

    async def _write(self, http: ClientSession, url: str, conversation: str) -> None:
        while not self.stopped:
            self.sent += 1
            body = {"conversation": conversation, "client_id": str(self.sent), "text": TEXT}
            async with http.post(f"{url}/chat", json=body) as answer:
                await answer.read()
                self.refused += answer.status != 202


async def _beside(environment: Mapping[str, str], *, flooded: bool) -> tuple[Load, Abuser]:
    async with serving(environment) as port:
        abuser = Abuser(port)
        flood = asyncio.create_task(abuser.flood()) if flooded else None
        load = await paced(port, to_chat, MESSAGES, PACE)
        abuser.stopped = True
        if flood:
            await flood
    return load, abuser


def neighbours() -> str:
    """Compare 500 people's waiting alone and beside one who floods."""
    rows = []
    for name, flooded in (("alone", False), ("beside the flood", True)):
        with tempfile.TemporaryDirectory() as folder:
            environment = prepare(Path(folder))
            load, abuser = asyncio.run(_beside(environment, flooded=flooded))
        figures = (load.milliseconds(50), load.milliseconds(95), load.milliseconds(99))
        told = f"{abuser.sent:,}, {abuser.refused:,} refused" if flooded else "none"
        rows.append((name, *(f"{each:.1f}" for each in figures), str(load.refused), told))
    head = (f"{CITIZENS} people, {PACE:.0f}/s", "p50 ms", "p95 ms", "p99 ms", "refused", "flood")
    return table("One address floods the web chat on 24 connections", head, rows)


async def _fill(database: Path, rows: int) -> None:
    """Accept messages that no worker looks at, as if it had stood still."""
    store = SqliteStore(database)

    async def some(first: int) -> None:
        for number in range(first, rows, 64):
            event = Incoming(
                "zalo", f"old{number}", f"77{number % 5000:017}", IncomingKind.TEXT, utc_now(), TEXT
            )
            await store.write(partial(accept, incoming=event, raw=b"{}", now=utc_now()))

    await asyncio.gather(*(some(first) for first in range(64)))
    await store.close()


async def _drain(environment: Mapping[str, str], database: Path) -> tuple[float, Load]:
    """Return the seconds until nothing is undecided, and how accepting went meanwhile."""
    async with serving(environment) as port:
        started = time.perf_counter()
        load = asyncio.create_task(paced(port, to_chat, MESSAGES, PACE))
        while _undecided(database):  # noqa: ASYNC110 - another process drains
            await asyncio.sleep(0.5)
        seconds = time.perf_counter() - started
        return seconds, await load


def _undecided(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        query = "SELECT 1 FROM inbox WHERE state IN ('pending', 'doubt') AND conversation_id > 0"
        return len(connection.execute(f"{query} AND event_id LIKE 'old%' LIMIT 1").fetchall())


def backlog(rows: int) -> str:
    """Drain a backlog while people go on writing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder))
        database = Path(folder) / "danhoi.db"
        asyncio.run(_fill(database, rows))
        seconds, load = asyncio.run(_drain(environment, database))
    p95 = quantiles(load.latencies, n=100)[94] * 1000
    figures = (f"{rows:,}", f"{seconds:.0f}", f"{rows / seconds:,.0f}", f"{p95:.1f}")
    head = ("backlog", "drained in s", "decided a second", "p95 ms of accepting meanwhile")
    return table(f"A backlog, with {PACE:.0f} new messages a second", head, [figures])


def report(rows: int = BACKLOG) -> str:
    """Return the section of the benchmarks page."""
    return f"## Overload\n\n{neighbours()}\n{backlog(rows)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--backlog", type=int, default=BACKLOG)
    sys.stdout.write(report(parser.parse_args().backlog))
