"""`python -m bot.catalogue.build FOLDER STAMP`: an index from JSON lines on standard input.

A process of its own, so that the service answers while it is at work. The first line holds the
places, every other one an entry.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bot.catalogue.indexes import Indexes
from bot.catalogue.snapshot import Snapshot
from knowledge.entries import Entry
from knowledge.places import Place

_POLITE = 10


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
