"""Durable acceptance on both engines against a handler that only reads and answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from multiprocessing.connection import Connection as Pipe
from statistics import median

from aiohttp import web

from bench.children import spawn
from bench.databases import ENGINES, POSTGRES, SQLITE, Databases
from bench.load import Load, closed_loop, post
from bot.app.ground import lay_ground
from bot.delivery.crowd import Acceptance
from bot.messages import Incoming, IncomingKind
from bot.moments import utc_now
from bot.settings import Settings
from bot.store import Store
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore

CONNECTIONS = 16
#: the first is the goal's and the study's; a national account's provider opens more
CROWDS = (CONNECTIONS, 64, 256)
CONVERSATIONS = 500
ROUNDS = 3
BARE = "bare aiohttp"
#: requests of a round
REQUESTS = {BARE: 10_000, SQLITE: 4_000, POSTGRES: 2_000}

_PATHS = {BARE: "/bare", SQLITE: "/sqlite", POSTGRES: "/postgres"}


def incoming(number: int, text: str) -> Incoming:
    """Return the n-th event: one of so many citizens writes."""
    who = f"u{number % CONVERSATIONS}"
    return Incoming("web", f"e{number}", who, IncomingKind.TEXT, utc_now(), text)


def settings(url: str) -> Settings:
    """Return the settings of a service on a database, whatever the environment says."""
    return Settings(_env_file=None, database_url=url)  # type: ignore[call-arg]


def acceptance(databases: Databases) -> str:
    """Measure the handlers in turns, in one process, so that all bear the same neighbours."""
    server = spawn(_serve, {engine: databases.fresh(engine) for engine in ENGINES})
    port, numbers = server.hear(), count()
    rows = []
    for connections in CROWDS:
        server.tell("commits")
        before: Mapping[str, int] = server.hear()
        loads = _in_turns(port, numbers, connections)
        server.tell("commits")
        after: Mapping[str, int] = server.hear()
        accepted = {engine: ROUNDS * REQUESTS[engine] for engine in ENGINES}
        together = {name: accepted[name] / (after[name] - before[name]) for name in ENGINES}
        rows += _rows(connections, loads, together)
    server.tell("stop")
    server.end()
    return _table(rows)


def _in_turns(port: int, numbers: "count[int]", connections: int) -> Mapping[str, list[Load]]:
    loads: dict[str, list[Load]] = {name: [] for name in _PATHS}
    for _ in range(ROUNDS):
        for name, path in _PATHS.items():
            load = closed_loop(port, partial(_request, path, numbers), REQUESTS[name], connections)
            loads[name].append(asyncio.run(load))
    return loads


def _serve(urls: Mapping[str, str], pipe: Pipe) -> None:
    """Be the server process, with the stores as a service opens them."""

    async def run() -> None:
        app = web.Application()
        app.router.add_post(_PATHS[BARE], _bare)
        async with AsyncExitStack() as stack:
            stores = {
                engine: (await lay_ground(settings(url), utc_now, stack, live=True)).store
                for engine, url in urls.items()
            }
            for engine, store in stores.items():
                app.router.add_post(_PATHS[engine], _durable(store))
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            pipe.send(runner.addresses[0][1])
            while await asyncio.to_thread(pipe.recv) != "stop":
                pipe.send({engine: _commits(store) for engine, store in stores.items()})
            await runner.cleanup()

    asyncio.run(run())


def _commits(store: Store) -> int:
    assert isinstance(store, SqliteStore | PostgresStore)
    return store.commits


async def _bare(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"seq": 1})


def _durable(store: Store) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        parcel = json.loads(raw)
        event = incoming(parcel["n"], parcel["text"])
        accepted = await store.write(Acceptance(event, raw, utc_now()))
        return web.json_response({"seq": accepted.seq})

    return take


def _request(path: str, numbers: "count[int]", _number: int) -> bytes:
    number = next(numbers)
    text = f"Dạ cho hỏi làm khai sinh cần giấy gì ạ {number}"
    body = json.dumps({"n": number, "text": text}, ensure_ascii=False).encode()
    return post(path, body, "Content-Type: application/json")


def _rows(
    connections: int, loads: Mapping[str, list[Load]], together: Mapping[str, float]
) -> list[str]:
    rows = []
    for name, rounds in loads.items():
        of_bare = (one.rate / bare.rate for one, bare in zip(rounds, loads[BARE], strict=True))
        figures = (
            str(connections),
            f"{median(load.rate for load in rounds):,.0f}",
            *(f"{median(load.milliseconds(of) for load in rounds):.1f}" for of in (50, 99)),
            str(sum(load.refused for load in rounds)),
            f"{median(of_bare):.2f}",
            f"{together[name]:.1f}" if name in together else "–",
        )
        shown = name if name == BARE else f"durable accept, {name}"
        rows.append(f"| {shown} | {' | '.join(figures)} |")
    return rows


def _table(rows: Sequence[str]) -> str:
    head = (
        "| handler | connections | requests/s | p50 ms | p99 ms | refused | of bare"
        " | accepted a commit |"
    )
    note = f"Medians of {ROUNDS} rounds taken in turns; each compared with bare of its own round."
    return "\n".join((head, "|---|---|---|---|---|---|---|---|", *rows, "", note))
