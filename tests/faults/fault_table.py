"""The table of faults × engines: measured by the trials, shown by docs/faults.md."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tests.faults.calamities import CALAMITIES
from tests.faults.channel_books import Tally

GUIDE = Path(__file__).parents[2] / "docs" / "faults.md"
#: set it to have the guide rewritten with what was found
WRITE = "DANHOI_WRITE_FAULTS"

_BEGIN, _END = "<!-- measured: make faults -->\n", "<!-- end -->\n"
_HEAD = "fault | engine | messages | lost | doubled | out of order | unknown | doubtful | recovery"

Key = tuple[str, str]


def keys() -> list[Key]:
    """Return every fault with every engine that can meet it, as (title, engine)."""
    return [(title, engine) for each in CALAMITIES for engine, title in each.titles.items()]


def table(found: Mapping[Key, Tally]) -> str:
    """Return what was found as Markdown, a row for each fault and engine."""
    rows = [f"| {_HEAD} |", "|---|---" + "|---:" * 7 + "|"]
    for title, engine in keys():
        tally = found.get((title, engine))
        if tally is not None:
            rows.append(f"| {title} | {engine} | {' | '.join(_figures(tally))} |")
    return "\n".join(rows) + "\n"


def shown() -> list[list[str]]:
    """Return the rows of the guide's table, each split into its cells."""
    lines = _parts()[1].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return rows[2:]


def write(found: Mapping[Key, Tally]) -> None:
    """Put a table of all faults into the guide."""
    before, _, after = _parts()
    made = f"\n{table(found)}\n{date.today()}, {os.cpu_count()} cores.\n\n"  # noqa: DTZ011
    GUIDE.write_text(before + _BEGIN + made + _END + after, encoding="utf-8")


def _figures(tally: Tally) -> tuple[str, ...]:
    counts = (
        tally.messages, len(tally.lost), len(tally.doubled), len(tally.disordered),
        tally.unknown, tally.doubtful,
    )  # fmt: skip
    return (*map(str, counts), f"{tally.recovery:.1f} s")


def _parts() -> tuple[str, str, str]:
    before, _, rest = GUIDE.read_text(encoding="utf-8").partition(_BEGIN)
    measured, _, after = rest.partition(_END)
    return before, measured, after
