"""Two nodes on one PostgreSQL: one killed, one frozen, the database cut off, started anew."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from tests import postgres
from tests.databases import transaction
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.trouble import Kind
from tests.faults.channel_books import Tally, table
from tests.faults.fleet import Fault, Fleet, fleet
from tests.faults.server import OwnServer, own_server
from tests.handlers.zalo.world import settings_for
from tests.requirements import require

pytestmark = pytest.mark.long

SEED = int(os.environ.get("DANHOI_TEST_SEED", Random().randrange(1_000_000)))
_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND application_name LIKE 'danhoi%'"
)
#: longer than the others wait before they take a node for dead
PAST_THE_LEASE = 8.0


async def killed(nodes: Fleet) -> None:
    """Kill one of two; it comes back later."""
    await nodes.kill(nodes.members[0])
    await nodes.all_served()
    await nodes.start(nodes.members[0])


async def frozen(nodes: Fleet) -> None:
    """Stop one of two past its lease and let it go on as if nothing were."""
    nodes.members[0].tell(signal.SIGSTOP)
    await asyncio.gather(nodes.all_served(), asyncio.sleep(PAST_THE_LEASE))
    nodes.members[0].tell(signal.SIGCONT)
    await asyncio.sleep(2)


async def cut_off(nodes: Fleet) -> None:
    """Cut every line to the database, again and again."""
    for _ in range(5):
        with transaction(nodes.settings.database_url) as connection:
            connection.execute(_CUT)
        await asyncio.sleep(1)


async def misled(nodes: Fleet) -> None:
    """Step one node's clock by minutes, forward and back."""
    for off in (300.0, -300.0, 0.0):
        nodes.members[0].steps.write_text(str(off))
        await asyncio.sleep(2)


async def troubled(nodes: Fleet) -> None:
    """Delay, drop and cut answers of the provider, also after it delivered."""
    for _ in range(4):
        for kind, value in (
            (Kind.DELAY, 1.0),
            (Kind.CUT_BEFORE, 0),
            (Kind.CUT_AFTER, 0),
            (Kind.STATUS, 503),
            (Kind.MALFORMED_AFTER, 0),
        ):
            nodes.zalo.troubles.add("send", kind, value)
        await asyncio.sleep(1)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OwnServer]:
    require("postgres")
    with own_server(tmp_path / "data") as own, postgres.migrated_template(own.server) as name:
        own.database = name
        yield own


async def suffer(server: OwnServer, folder: Path, fault: Fault, citizens: int = 10) -> Tally:
    zalo = FakeZalo(folder / "deliveries.jsonl")
    await zalo.start()
    settings = settings_for(zalo, folder).model_copy(update={"database_url": server.url})
    async with asyncio.timeout(400), fleet(zalo, settings, folder, 2) as nodes:
        tally = await nodes.suffer(fault.__name__, fault, citizens)
    await zalo.stop()
    print(f"seed {SEED}\n{table({f'{fault.__name__}, PostgreSQL': tally})}")  # noqa: T201
    assert tally.is_clean, tally
    return tally


@pytest.mark.parametrize("fault", [killed, frozen])
async def test_the_other_node_takes_over(server: OwnServer, tmp_path: Path, fault: Fault) -> None:
    tally = await suffer(server, tmp_path, fault)
    assert tally.recovery < 10


@pytest.mark.parametrize("fault", [cut_off, misled, troubled])
async def test_nothing_is_lost_doubled_or_out_of_order(
    server: OwnServer, tmp_path: Path, fault: Fault
) -> None:
    await suffer(server, tmp_path, fault)


async def test_a_database_that_is_started_anew(server: OwnServer, tmp_path: Path) -> None:
    async def started_anew(_nodes: Fleet) -> None:
        await asyncio.to_thread(server.restart)
        await asyncio.sleep(3)

    await suffer(server, tmp_path, started_anew)
