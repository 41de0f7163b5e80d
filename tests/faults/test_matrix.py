"""The fault matrix: every fault of a provider × every channel ends as the table says."""

from pathlib import Path

import pytest

from bot.messages import Purpose
from bot.store.sqlite import SqliteStore
from tests.faults.matrix import EXPECTED, Fault, endure, table
from tests.faults.rigs import RIGS

GUIDE = Path(__file__).parents[2] / "docs" / "faults.md"

CELLS = [
    pytest.param(channel, fault, purpose, id=f"{channel}, {fault}, {purpose}")
    for channel, ends in EXPECTED.items()
    for fault, purpose in ends
]


@pytest.mark.parametrize(("channel", "fault", "purpose"), CELLS)
async def test_a_fault_ends_as_the_table_says(
    store: SqliteStore, tmp_path: Path, channel: str, fault: Fault, purpose: Purpose
) -> None:
    async with RIGS[channel](tmp_path, store) as rig:
        end = await endure(rig, store, fault, purpose)
    assert end == EXPECTED[channel][fault, purpose]


def test_every_channel_with_a_rig_has_an_end_for_every_fault() -> None:
    cells = {
        (fault, purpose) for fault in Fault for purpose in (Purpose.AUTOMATIC, Purpose.OFFICER)
    }
    assert {name: set(ends) for name, ends in EXPECTED.items()} == dict.fromkeys(RIGS, cells)


def test_the_guide_shows_the_table_as_it_is() -> None:
    assert table() in GUIDE.read_text(encoding="utf-8")
