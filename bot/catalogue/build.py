"""`python -m bot.catalogue.build FOLDER STAMP`: an index from JSON lines on standard input.

A process of its own, so that the service answers while it is at work. The first line holds the
places, every other one an entry.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bot.catalogue.indexes import Indexes
from bot.catalogue.snapshot import Snapshot
from bot.errors import BotError
from knowledge.entries import Entry
from knowledge.places import Place

_POLITE = 10
#: a build has no use for settings, least of all for secrets
_BARE = {"PYTHONUTF8": "1"}
_CHECKOUT = Path(__file__).parents[2]


class BuildFailed(BotError):
    """A process beside the service ended badly; what was in use stays in use."""


async def apart(folder: Path, found: Snapshot) -> None:
    """Build the index of a snapshot in another process unless it lies there already."""
    path = Indexes(folder).path(found.stamp)
    if path.exists():
        return
    parts: Sequence[bytes] = await asyncio.to_thread(list, lines(found))
    await beside([__name__, str(folder), found.stamp], b"".join(parts))
    if not path.exists():
        raise BuildFailed("the code on disk is not the code that runs: restart the service")


async def beside(words: Sequence[str], given: bytes) -> bytes:
    """Run a module of ours in a process of its own; return what it wrote.

    It ends with us: whoever is cancelled while waiting takes it along.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=_CHECKOUT,
        env=_BARE,
        start_new_session=True,
    )
    try:
        written, _ = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise BuildFailed(f"{words[0]} ended with status {process.returncode}")
    return written


def lines(snapshot: Snapshot) -> Iterator[bytes]:
    """Yield what the build process reads."""
    yield _line([asdict(place) for place in snapshot.places])
    for entry in snapshot.entries:
        yield _line(entry.as_json())


def main(folder: str, stamp: str) -> None:
    """Build the index of what comes in, yielding the processor to the service."""
    os.nice(_POLITE)
    places, *entries = (json.loads(line) for line in sys.stdin.buffer)
    Indexes(Path(folder)).build(
        stamp, [Entry.from_json(entry) for entry in entries], [Place(**place) for place in places]
    )


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    main(*sys.argv[1:3])
