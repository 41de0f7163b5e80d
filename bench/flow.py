"""The whole way of a message on both engines: accept, decide, record, send, note."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from statistics import quantiles
from typing import Any

from sqlalchemy import Connection

from bench.accepting import CONNECTIONS, incoming, settings
from bench.children import PATIENCE, SPAWN, spawn
from bench.databases import POSTGRES, SQLITE, Databases
from bot.app.ground import Ground, lay_ground
from bot.channels import Delivery, Sent
from bot.delivery.crowd import Acceptance
from bot.delivery.engine import Engine
from bot.delivery.sender import Sender
from bot.delivery.turns import Plan, Recorded, Turn, Wait
from bot.delivery.worker import Worker
from bot.messages import Incoming, Outgoing
from bot.moments import utc_now
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Trial:
    """So many events, on so many processes that share a database."""

    engine: str
    events: int
    per_second: float | None = None
    processes: int = 1

    def __str__(self) -> str:
        """Return the row's name."""
        pace = f"{self.per_second:.0f} a second" if self.per_second else "flat out"
        nodes = f", {self.processes} processes" if self.processes > 1 else ""
        return f"{self.engine}, {pace}{nodes}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Events a second, each one's way from acceptance to the citizen's screen, and the seconds of
    processor that our processes spent on one: other work on the machine adds little to those."""

    rate: float
    ways: Sequence[float]
    busy: float

    def __str__(self) -> str:
        """Return the cells of a row."""
        cuts = quantiles(self.ways, n=100)
        figures = (cuts[49] * 1000, cuts[98] * 1000)
        return " | ".join(
            (f"{self.rate:,.0f}", *(f"{ms:.1f}" for ms in figures), f"{self.busy * 1000:.1f}")
        )


TRIALS = (
    Trial(SQLITE, 3000),
    Trial(POSTGRES, 2000),
    Trial(POSTGRES, 2000, processes=2),
    Trial(SQLITE, 500, 50.0),
    Trial(POSTGRES, 500, 50.0),
)


class _Echo:
    """Decides at once and writes nothing of its own."""

    def recall(self, connection: Connection, turn: Turn) -> None:  # noqa: ARG002
        return None

    async def decide(self, turn: Turn, now: object) -> Plan | Wait:  # noqa: ARG002
        first = turn.pending[0]
        return _Answer(first.seq, first.event.text)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Covers one message, as if all were thoughts of their own."""

    through: int
    text: str

    def record(self, connection: Connection, now: object) -> Recorded:  # noqa: ARG002
        return Recorded({}, (Outgoing(self.text),))


@dataclass(slots=True)
class _Screen:
    """A channel whose citizens see a message 5 ms after it was sent."""

    count: Any
    name: str = "web"
    seen: dict[str, float] = field(default_factory=dict)

    def parse(self, raw: bytes) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    async def send(self, delivery: Delivery) -> Sent:
        await asyncio.sleep(0.005)
        self.seen[delivery.message.text] = time.perf_counter()
        with self.count:
            self.count.value += 1
        return Sent((f"p{delivery.outbox_id}",), utc_now())


def pipeline(databases: Databases) -> str:
    """Return a row for each trial."""
    rows = [
        "| load | events/s | p50 ms | p99 ms | our CPU, ms an event |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*rows, *(f"| {trial} | {_cells(trial, databases)} |" for trial in TRIALS)])


def _cells(trial: Trial, databases: Databases) -> str:
    """Measure a trial; one that does not end is told, and spares the others."""
    try:
        return str(measure(trial, databases.fresh(trial.engine)))
    except TimeoutError:
        return f"not done in {PATIENCE:.0f} s | – | – | –"


def measure(trial: Trial, url: str) -> Measured:
    """Run a trial on a fresh database."""
    sent = SPAWN.Value("i", 0)
    nodes = [spawn(_node, trial, number, url, sent) for number in range(trial.processes)]
    try:
        for node in nodes:
            node.hear()
        for node in nodes:
            node.tell("go")
        told = [node.hear() for node in nodes]
    finally:
        for node in nodes:
            node.end()
    begun = {text: at for begun, *_ in told for text, at in begun.items()}
    seen = {text: at for _, seen, _ in told for text, at in seen.items()}
    seconds = max(seen.values()) - min(begun.values())
    ways = [seen[text] - at for text, at in begun.items()]
    return Measured(trial.events / seconds, ways, sum(busy for *_, busy in told) / trial.events)


def _node(trial: Trial, number: int, url: str, sent: Any, pipe: Pipe) -> None:  # noqa: ANN401
    """Be one of the processes, and produce its share of the events."""

    async def run() -> None:
        screen = _Screen(sent)
        async with AsyncExitStack() as stack:
            ground = await lay_ground(settings(url), utc_now, stack, live=True)
            engine = _engine(ground, screen)
            await engine.start()
            stack.push_async_callback(engine.stop)
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            mine, busy = iter(range(number, trial.events, trial.processes)), time.process_time()
            begun = await _produce(trial, mine, ground.store)
            while sent.value < trial.events:  # noqa: ASYNC110 - a benchmark, not a service
                await asyncio.sleep(0.005)
            pipe.send((begun, screen.seen, time.process_time() - busy))

    asyncio.run(run())


def _engine(ground: Ground, screen: _Screen) -> Engine:
    worker = Worker(ground.store, _Echo())
    holds = ground.membership.holds
    sender = Sender(ground.store, {screen.name: screen}, ground.owner, holds=holds)
    return Engine(ground.store, ground.lanes, worker, sender, ground.membership)


async def _produce(trial: Trial, numbers: Iterator[int], store: Store) -> dict[str, float]:
    begun: dict[str, float] = {}
    start = time.perf_counter()

    async def produce() -> None:
        for number in numbers:
            if trial.per_second:
                due = start + number / trial.per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            event = incoming(number, f"m{number}")
            begun[event.text] = time.perf_counter()
            await store.write(Acceptance(event, b"{}", utc_now()))

    await asyncio.gather(*(produce() for _ in range(CONNECTIONS)))
    return begun
