"""Several nodes and one queue: what the shared dispatcher promises beyond the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Connection, text

from bot.delivery.shared import SharedDispatcher, Tempo
from bot.store import Done, Store, Wake
from bot.store.postgres import PostgresStore
from tests.bot.delivery.test_dispatcher import Job

QUICK = Tempo(heartbeat=0.05, stalled=0.5, polling=0.05, connections=3)


@pytest.fixture
def engine_name() -> str:
    return "postgres"


@dataclass
class Nodes:
    """Dispatchers on one database; each may lose its lease."""

    url: str
    stack: AsyncExitStack
    fenced: set[int] = field(default_factory=set)

    async def add(self, number: int = 0) -> SharedDispatcher:
        def holds() -> bool:
            return number not in self.fenced

        dispatcher = SharedDispatcher(self.url, holds, concurrency=4, tempo=QUICK)
        await dispatcher.open()
        self.stack.push_async_callback(dispatcher.close)
        return dispatcher

    async def store(self, dispatcher: SharedDispatcher) -> PostgresStore:
        store = PostgresStore(self.url, dispatcher.committed, dispatcher.announce)
        self.stack.push_async_callback(store.close)
        return store


@pytest.fixture
async def nodes(database_url: str) -> AsyncIterator[Nodes]:
    async with AsyncExitStack() as stack:
        yield Nodes(database_url, stack)


def jobs(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(text("SELECT lock, status FROM procrastinate_jobs ORDER BY id"))
    return [(row.lock, row.status) for row in rows]


async def test_the_job_is_in_the_transaction_that_gives_reason_for_it(nodes: Nodes) -> None:
    store = await nodes.store(await nodes.add())
    await store.write(lambda _connection: Done(None, (Wake(5),)))

    def fail(_connection: Connection) -> Done[None]:
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)
    assert await store.read(jobs) == [("5", "todo")]


async def test_a_wake_of_the_conversation_that_runs_here_needs_no_job(nodes: Nodes) -> None:
    dispatcher, ran = await nodes.add(), asyncio.Event()
    store = await nodes.store(dispatcher)
    runs: list[int] = []

    async def work(conversation_id: int) -> datetime | None:
        runs.append(conversation_id)
        if len(runs) == 1:
            await store.write(lambda _connection: Done(None, (Wake(conversation_id),)))
            assert await store.read(jobs) == [("5", "doing")]
        else:
            ran.set()
        return None

    await dispatcher.start(work)
    await store.write(lambda _connection: Done(None, (Wake(5),)))
    await asyncio.wait_for(ran.wait(), 5)
    await dispatcher.stop(2)
    assert runs == [5, 5]


async def test_two_nodes_never_run_one_conversation_at_once(nodes: Nodes, store: Store) -> None:
    first, second = await nodes.add(1), await nodes.add(2)
    job = Job()  # fails by itself when a conversation runs twice at once
    job.go.set()
    for dispatcher in (first, second):
        await dispatcher.start(job)
    announcing = [await nodes.store(first), await nodes.store(second)]
    for n in range(40):
        await announcing[n % 2].write(lambda _connection, n=n: Done(None, (Wake(n % 3),)))  # type: ignore[misc]
    async with asyncio.timeout(10):
        while await store.read(jobs):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.gather(first.stop(2), second.stop(2))
    assert set(job.ended) == {0, 1, 2}


async def test_jobs_of_a_node_that_died_are_run_by_another(nodes: Nodes, store: Store) -> None:
    dead, alive, stuck, done = await nodes.add(1), await nodes.add(2), Job(), Job()
    done.go.set()
    await dead.start(stuck)
    dead.wake(7)
    await stuck.until(lambda: stuck.begun == [7])
    for task in (dead._working, dead._rescuing):  # noqa: SLF001 - as a kill leaves it behind
        assert task is not None
        task.cancel()
    worker = dead._worker  # noqa: SLF001
    assert worker is not None
    forgotten = text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
    await store.write(lambda c: Done(c.execute(forgotten).rowcount))
    await alive.start(done)
    await done.until(lambda: done.ended == [7])
    await alive.stop(2)
    stuck.go.set()
    with suppress(ConnectorException, asyncio.CancelledError):
        await asyncio.gather(*(t for t in (dead._working,) if t))  # noqa: SLF001


async def test_a_node_without_its_lease_ends_no_job_well(nodes: Nodes, store: Store) -> None:
    dispatcher, job = await nodes.add(1), Job()
    await dispatcher.start(job)
    dispatcher.wake(7)
    await job.until(lambda: job.begun == [7])
    nodes.fenced.add(1)
    job.go.set()
    await job.until(lambda: job.ended == [7])
    await asyncio.sleep(0.1)
    assert await store.read(jobs) == [("7", "todo")]
    nodes.fenced.clear()
    await job.until(lambda: job.ended == [7, 7])
    await dispatcher.stop(2)


async def test_many_wakes_of_what_waits_already_make_one_job(nodes: Nodes, store: Store) -> None:
    dispatcher = await nodes.add()
    for _ in range(3):
        dispatcher.wake(7)
        await asyncio.sleep(0.05)
    assert await store.read(jobs) == [("7", "todo")]


async def test_what_was_just_written_runs_before_what_a_sweep_found(nodes: Nodes) -> None:
    dispatcher, job = await nodes.add(), Job()
    store = await nodes.store(dispatcher)
    async with asyncio.timeout(10):
        while not await store.read(jobs):
            dispatcher.wake(2)
            await asyncio.sleep(0.05)
    await store.write(lambda _connection: Done(None, (Wake(3),)))
    job.go.set()
    await dispatcher.start(job)
    await job.until(lambda: len(job.ended) == 2)
    await dispatcher.stop(1)
    assert job.begun == [3, 2]
