"""Every fault × both engines: nothing accepted is lost, doubled in silence or out of order."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fakes.zalo.server import FakeZalo
from tests.faults.calamities import CALAMITIES, Calamity, filled
from tests.faults.channel_books import Tally
from tests.faults.disk import small_disk
from tests.faults.fault_table import WRITE, Key, keys, shown, table, write
from tests.faults.fleet import fleet
from tests.faults.sites import SITES, Site
from tests.handlers.zalo.world import settings_for

_DISK = {"SQLite": 88, "PostgreSQL": 260}

CASES = [
    pytest.param(calamity, engine, id=f"{calamity.befall.__name__}, {engine}")
    for calamity in CALAMITIES
    for engine in calamity.titles
]


@pytest.fixture(scope="module")
def found() -> Iterator[dict[Key, Tally]]:
    """Collect what the trials find; show it, and write it down where that is asked for."""
    found: dict[Key, Tally] = {}
    yield found
    print(f"\n{table(found)}")  # noqa: T201 - the figures are the result
    if WRITE in os.environ and set(found) == set(keys()):
        write(found)


@pytest.fixture
def site(calamity: Calamity, engine: str) -> Iterator[Site]:
    with ExitStack() as stack:
        if calamity.befall is filled:
            disk = stack.enter_context(small_disk(_DISK[engine]))
            yield stack.enter_context(SITES[engine](disk.folder, disk))
            return
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="danhoi-")))
        yield stack.enter_context(SITES[engine](folder, None))


@pytest.fixture
async def zalo(tmp_path: Path) -> AsyncIterator[FakeZalo]:
    zalo = FakeZalo(tmp_path / "deliveries.jsonl")
    await zalo.start()
    yield zalo
    await zalo.stop()


@pytest.mark.long
@pytest.mark.parametrize(("calamity", "engine"), CASES)
async def test_nothing_is_lost_doubled_or_out_of_order(
    calamity: Calamity,
    engine: str,
    site: Site,
    zalo: FakeZalo,
    tmp_path: Path,
    found: dict[Key, Tally],
) -> None:
    settings = settings_for(zalo, tmp_path)
    async with asyncio.timeout(600), fleet(zalo, settings, tmp_path, site) as nodes:
        tally = await nodes.suffer(calamity.befall, citizens=10)
    found[calamity.titles[engine], engine] = tally
    assert tally.is_clean, tally
    assert engine == "SQLite" or tally.recovery < (calamity.limit or 60)


def test_the_guide_shows_every_fault_on_every_engine_and_nothing_lost() -> None:
    rows = shown()
    assert [(row[0], row[1]) for row in rows] == keys()
    assert {tuple(row[3:6]) for row in rows} == {("0", "0", "0")}
