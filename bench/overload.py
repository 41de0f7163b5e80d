"""What others feel when somebody floods the service, and how a backlog drains.

python -m bench.overload [--backlog 100000]
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from bench.backlog import backlog
from bench.load import Load, paced
from bench.scores import table
from bench.service import CITIZENS, TEXT, prepare, serving, to_chat

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


def report(rows: int = BACKLOG) -> str:
    """Return the section of the benchmarks page."""
    return f"## Overload\n\n{neighbours()}\n{backlog(rows)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--backlog", type=int, default=BACKLOG)
    sys.stdout.write(report(parser.parse_args().backlog))
