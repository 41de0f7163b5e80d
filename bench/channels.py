"""Measure the edges of the real service against a bare handler, in one run.

python -m bench.channels
"""

import asyncio
import multiprocessing
import sys
import tempfile
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from aiohttp import web

from bench.load import Load, Request, closed_loop, paced
from bench.scores import table
from bench.service import TELEGRAM, prepare, serving, to_chat, to_telegram, to_zalo

CONNECTIONS = 16
REQUESTS = 3_000
PACE, PACED = 50.0, 750

_SPAWN = multiprocessing.get_context("spawn")
_EDGES: dict[str, Request] = {
    "POST /webhooks/zalo": to_zalo,
    "POST /webhooks/telegram": to_telegram,
    "POST /api/v1/chat": to_chat,
}
_HEAD = ("edge", "requests/s", "p50 ms", "p99 ms", "refused", "of bare")


async def _bare(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"seq": 1}, status=202)


def _serve_bare(pipe: Pipe) -> None:
    async def run() -> None:
        app = web.Application()
        app.router.add_post("/api/v1/chat", _bare)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.to_thread(pipe.recv)
        await runner.cleanup()

    asyncio.run(run())


def bare() -> Load:
    """Load a handler that only reads and answers."""
    ours, theirs = _SPAWN.Pipe()
    server = _SPAWN.Process(target=_serve_bare, args=(theirs,))
    server.start()
    load = asyncio.run(closed_loop(ours.recv(), to_chat, REQUESTS, CONNECTIONS))
    ours.send("stop")
    server.join()
    return load


async def _flat_out(port: int, request: Request) -> Load:
    return await closed_loop(port, request, REQUESTS, CONNECTIONS)


async def _at_a_pace(port: int, request: Request) -> Load:
    return await paced(port, request, PACED, PACE)


async def _measure(environment: dict[str, str], request: Request, *, flat_out: bool) -> Load:
    async with serving(environment) as port:
        return await (_flat_out if flat_out else _at_a_pace)(port, request)


def edge(request: Request, *, flat_out: bool) -> Load:
    """Load an edge of the real service on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(prepare(Path(folder)))
        if request is to_telegram:
            environment |= TELEGRAM
        return asyncio.run(_measure(environment, request, flat_out=flat_out))


def _row(name: str, load: Load, of: Load) -> tuple[str, ...]:
    return (
        name,
        f"{load.rate:,.0f}",
        f"{load.milliseconds(50):.1f}",
        f"{load.milliseconds(99):.1f}",
        str(load.refused),
        f"{load.rate / of.rate:.2f}",
    )


def report() -> str:
    """Return the section of the benchmarks page."""
    plain = bare()
    loads = {name: edge(request, flat_out=True) for name, request in _EDGES.items()}
    rows = [_row("bare aiohttp handler", plain, plain)]
    rows += [_row(name, load, plain) for name, load in loads.items()]
    steady = {name: edge(request, flat_out=False) for name, request in _EDGES.items()}
    paces = [_row(name, load, plain)[:-1] for name, load in steady.items()]
    return (
        "## Channels\n\nThe real service as `python -m bot serve` runs it: signatures checked, "
        "every message durable (SQLite, synchronous=FULL) before its answer, and decided and "
        "answered meanwhile on the same core. The load comes from another process.\n\n"
        + table(f"{CONNECTIONS} connections, {REQUESTS:,} messages", _HEAD, rows)
        + "\n"
        + table(f"{PACE:.0f} messages a second", _HEAD[:-1], paces)
    )


if __name__ == "__main__":
    sys.stdout.write(report())
