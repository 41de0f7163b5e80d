"""Measure the ledger: durable acceptance against a bare handler, and the whole way of a message.

python -m bench.delivery
"""

import asyncio
import json
import multiprocessing
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import quantiles

from aiohttp import web
from sqlalchemy import Connection

from bench.load import Load, closed_loop, post
from bot.channels import Delivery, Sent
from bot.delivery.engine import Engine, embedded_lanes
from bot.delivery.inbox import accept
from bot.delivery.sender import Sender
from bot.delivery.turns import Plan, Recorded, Turn, Wait
from bot.delivery.worker import Worker
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.moments import utc_now
from bot.store.migrations import upgrade
from bot.store.sqlite import SqliteStore

CONNECTIONS = 16
REQUESTS = 10_000
EVENTS = 3_000
CONVERSATIONS = 500

_SPAWN = multiprocessing.get_context("spawn")


def _incoming(number: int, text: str) -> Incoming:
    who = f"u{number % CONVERSATIONS}"
    return Incoming("bench", f"e{number}", who, IncomingKind.TEXT, utc_now(), text)


async def _bare(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"seq": 1})


def _durable(store: SqliteStore) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        parcel = json.loads(raw)
        event = _incoming(parcel["n"], parcel["text"])
        accepted = await store.write(partial(accept, incoming=event, raw=raw, now=utc_now()))
        return web.json_response({"seq": accepted.seq})

    return take


def _serve(database: str, pipe: Pipe) -> None:
    """Be the server process: both handlers, so that both are measured under the same load."""

    async def run() -> None:
        store = SqliteStore(Path(database))
        app = web.Application()
        app.router.add_post("/bare", _bare)
        app.router.add_post("/durable", _durable(store))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.to_thread(pipe.recv)
        pipe.send(store.commits)
        await runner.cleanup()
        await store.close()

    asyncio.run(run())


def acceptance(folder: Path) -> str:
    """Compare a durable acceptance with a handler that only reads and answers."""
    database = folder / "accept.db"
    upgrade(f"sqlite:///{database}")
    ours, theirs = _SPAWN.Pipe()
    server = _SPAWN.Process(target=_serve, args=(str(database), theirs))
    server.start()
    port = ours.recv()
    loads = {
        path: asyncio.run(closed_loop(port, partial(_request, path), REQUESTS, CONNECTIONS))
        for path in ("/bare", "/durable")
    }
    ours.send("stop")
    together = REQUESTS / ours.recv()
    server.join()
    return _acceptance_table(loads["/bare"], loads["/durable"], together)


def _request(path: str, number: int) -> bytes:
    text = f"Dạ cho hỏi làm khai sinh cần giấy gì ạ {number}"
    body = json.dumps({"n": number, "text": text}, ensure_ascii=False).encode()
    return post(path, body, "Content-Type: application/json")


def _acceptance_table(bare: Load, durable: Load, together: float) -> str:
    rows = [
        "| handler | requests/s | p50 ms | p99 ms | refused | of bare |",
        "|---|---|---|---|---|---|",
    ]
    for name, load in (("bare aiohttp", bare), ("durable accept (SQLite, FULL)", durable)):
        figures = (
            f"{load.rate:,.0f}",
            f"{load.milliseconds(50):.1f}",
            f"{load.milliseconds(99):.1f}",
            str(load.refused),
            f"{load.rate / bare.rate:.2f}",
        )
        rows.append(f"| {name} | {' | '.join(figures)} |")
    note = f"{CONNECTIONS} connections, {REQUESTS:,} requests; {together:.1f} acceptances a commit."
    return "\n".join((*rows, "", note))


class _Echo:
    """Decides at once and writes nothing of its own."""

    def recall(self, connection: Connection, turn: Turn) -> None:  # noqa: ARG002
        return None

    async def decide(self, turn: Turn, now: object) -> Plan | Wait:  # noqa: ARG002
        return _Answer(turn.pending[0].seq, turn.pending[0].event.text)


class _Answer:
    def __init__(self, through: int, text: str) -> None:
        self.through = through
        self._text = text

    def record(self, connection: Connection, now: object) -> Recorded:  # noqa: ARG002
        return Recorded({}, (Outgoing(self._text),))


class _Screen:
    """A channel whose citizens see a message 5 ms after it was sent."""

    name = "bench"

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}

    def parse(self, raw: bytes) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    async def send(self, delivery: Delivery) -> Sent:
        await asyncio.sleep(0.005)
        self.seen[delivery.message.text] = time.perf_counter()
        return Sent((f"p{delivery.outbox_id}",), utc_now())


@asynccontextmanager
async def _engine(database: Path) -> AsyncIterator[tuple[SqliteStore, _Screen]]:
    upgrade(f"sqlite:///{database}")
    lanes, screen = embedded_lanes(["bench"]), _Screen()
    store = SqliteStore(database, lanes.announce, exclusive=True)
    worker, sender = Worker(store, _Echo()), Sender(store, {"bench": screen}, "bench")
    engine = Engine(store, lanes, worker, sender)
    await engine.start()
    yield store, screen
    await engine.stop()
    await store.close()


async def _flow(database: Path, events: int, per_second: float | None) -> tuple[float, list[float]]:
    """Return events a second and the time from acceptance to the citizen's screen."""
    begun: dict[str, float] = {}
    numbers = iter(range(events))

    async def produce(store: SqliteStore) -> None:
        for number in numbers:
            if per_second:
                await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            event = _incoming(number, f"m{number}")
            begun[event.text] = time.perf_counter()
            await store.write(partial(accept, incoming=event, raw=b"{}", now=utc_now()))

    async with _engine(database) as (store, screen):
        start = time.perf_counter()
        await asyncio.gather(*(produce(store) for _ in range(CONNECTIONS)))
        while len(screen.seen) < events:  # noqa: ASYNC110 - a benchmark, not a service
            await asyncio.sleep(0.005)
        seconds = max(screen.seen.values()) - start
    return events / seconds, [screen.seen[text] - begun[text] for text in begun]


def pipeline(folder: Path) -> str:
    """Measure accept, decide, record, send as a whole: flat out, and at a steady pace."""
    rows = ["| load | events/s | p50 ms | p99 ms |", "|---|---|---|---|"]
    for name, events, pace in (("flat out", EVENTS, None), ("50 a second", 500, 50.0)):
        database = folder / f"pipeline-{events}.db"
        rate, ways = asyncio.run(_flow(database, events, pace))
        cuts = quantiles(ways, n=100)
        figures = f"{rate:,.0f} | {cuts[49] * 1000:.1f} | {cuts[98] * 1000:.1f}"
        rows.append(f"| {name} | {figures} |")
    return "\n".join(rows)


def report() -> str:
    """Return the section of the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        tables = acceptance(Path(folder)), pipeline(Path(folder))
    machine = f"Python {platform.python_version()}, {multiprocessing.cpu_count()} cores"
    return (
        f"## Delivery\n\n{machine}; SQLite with synchronous=FULL.\n\n### Accepting\n\n{tables[0]}"
        f"\n\n### From the citizen's message to the reply on the screen\n\n{tables[1]}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(report())
