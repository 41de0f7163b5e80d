"""What several nodes promise beyond answers: streams, schedules, knowledge."""

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from sqlalchemy import select

from bot.catalogue.acts import set_state
from bot.delivery.slots import moment_of
from bot.moments import utc_now
from bot.tables.delivery import counter, slot
from bot.tables.knowledge import import_run
from tests.acceptance.process import Process, environment, serving
from tests.databases import transaction
from tests.faults.ticker import NAME, PERIOD, tick

pytestmark = pytest.mark.long

#: seconds within which the living have done what a dead node had in hand
TAKEN_OVER = 10.0


@pytest.fixture
async def nodes(postgres_url: str, tmp_path: Path) -> AsyncIterator[list[Process]]:
    """Return two nodes of the service, each a process of its own."""
    env = environment(postgres_url, tmp_path / "var")
    async with AsyncExitStack() as stack:
        starting = (stack.enter_async_context(serving(env)) for _ in range(2))
        nodes = await asyncio.gather(*starting)
        print(f"processes {[node.process.pid for node in nodes]}")  # noqa: T201 - for the record
        yield nodes


async def message(stream: ClientResponse) -> dict[str, Any]:
    """Return the next message of a stream."""
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 20)).decode()
        if line.startswith("data: "):
            found: dict[str, Any] = json.loads(line.removeprefix("data: "))
            return found


async def say(http: ClientSession, node: Process, conversation: str, text: str) -> None:
    line = {"conversation": conversation, "client_id": text[:20], "text": text}
    async with http.post(f"{node.address}/api/v1/chat", json=line) as answer:
        assert answer.status == 202


async def test_nodes_that_start_at_once_load_the_shipped_knowledge_once(
    nodes: list[Process], postgres_url: str, tmp_path: Path
) -> None:
    with transaction(postgres_url) as connection:
        runs = connection.execute(select(import_run.c.kind, import_run.c.state)).all()
    assert [tuple(run) for run in runs] == [("starter", "done")]
    assert len(list((tmp_path / "var" / "index").glob("*.npz"))) == 1
    async with ClientSession() as http:
        for node in nodes:
            async with http.get(f"{node.address}/thu-tuc/1.001193") as page:
                assert page.status == 200


async def test_a_stream_hears_of_every_node_and_resumes_on_another(nodes: list[Process]) -> None:
    first, second = nodes
    async with ClientSession() as http:
        async with http.post(f"{first.address}/api/v1/conversations") as answer:
            conversation = (await answer.json())["conversation"]
        path = f"/api/v1/chat/{conversation}/events"
        async with http.get(first.address + path) as stream:
            await say(http, second, conversation, "xin chào")
            heard = [await message(stream), await message(stream)]
        assert [line["role"] for line in heard] == ["citizen", "assistant"]
        first.process.kill()
        await say(http, second, conversation, "làm khai sinh cho con cần gì")
        last = {"Last-Event-ID": str(heard[-1]["seq"])}
        async with http.get(second.address + path, headers=last) as stream:
            more = [await message(stream), await message(stream)]
        assert [line["seq"] for line in more] == [heard[-1]["seq"] + n for n in (1, 2)]


async def test_retired_knowledge_is_gone_from_every_node_within_five_seconds(
    nodes: list[Process], postgres_url: str
) -> None:
    async def is_gone(http: ClientSession, node: Process) -> None:
        while True:
            async with http.get(f"{node.address}/thu-tuc/1.001193") as page:
                if page.status == 404:
                    return
            await asyncio.sleep(0.1)

    with transaction(postgres_url) as connection:
        set_state(connection, "procedure:1.001193", "retired", utc_now(), "lan")
    async with ClientSession() as http, asyncio.timeout(5):
        await asyncio.gather(*(is_gone(http, node) for node in nodes))
    await asyncio.gather(*(node.stop() for node in nodes))


async def test_each_slot_is_run_once_while_processes_die(postgres_url: str) -> None:
    nursery, takes = multiprocessing.get_context("spawn"), (300.0, 300.0, 0.02, 0.02)
    workers = [
        nursery.Process(target=tick, args=(postgres_url, f"n{number}", seconds))
        for number, seconds in enumerate(takes)
    ]
    for worker in workers:
        worker.start()
    await until_run(postgres_url, 12)
    killed_at = utc_now()
    for worker in workers[:2]:  # alive, they keep the slot that they never get done with
        worker.kill()
    await until_run(postgres_url, 40)
    for worker in workers:
        worker.kill()
        worker.join()
    check_slots(postgres_url, killed_at)


async def until_run(url: str, number: int) -> None:
    """Wait until so many slots were run."""
    async with asyncio.timeout(120):
        while True:
            with transaction(url) as connection:
                rows = connection.execute(select(slot).where(slot.c.name == NAME)).all()
            if len(rows) > number:
                return
            await asyncio.sleep(0.2)


def check_slots(url: str, killed_at: datetime) -> None:
    """Every slot up to the end was run, and begun twice only where its first runner died."""
    with transaction(url) as connection:
        begun = connection.execute(select(slot).where(slot.c.name == NAME).order_by(slot.c.slot))
        rows = [row for row in begun if row.owner != "first sight"]
        counted = select(counter.c.label, counter.c.value).where(counter.c.name == NAME)
        ran = {row.label: row.value for row in connection.execute(counted)}
    moments: list[datetime] = [moment_of(row.slot) for row in rows]
    assert {b - a for a, b in pairwise(moments)} == {PERIOD}
    settled = [row for row in rows if moment_of(row.slot) < moments[-1] - timedelta(seconds=1)]
    assert {row.state for row in settled} == {"done"}
    assert [row for row in settled if ran[row.slot] != 1] == []
    heirs = [row for row in settled if row.attempts > 1]
    late = [round((row.finished_at - killed_at).total_seconds(), 1) for row in heirs]
    print(f"slots of the dead were run {late} s after the kill")  # noqa: T201 - the take-over
    assert len(late) == 2
    assert all(0 < seconds < TAKEN_OVER for seconds in late)
