"""What a procedure is called in a few plain words, short enough for a button."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from knowledge.entries import Entry
from knowledge.lexicon import rows

LONGEST = 35
_DATA = Path(__file__).parent / "data" / "labels.tsv"


def label_of(entry: Entry) -> str:
    """Return the entry's own short label, else the shipped one for its code, else ""."""
    return entry.short_label or shipped().get(entry.code, "")


@cache
def shipped() -> Mapping[str, str]:
    """Return code → label for procedures that often stand in a list beside their like."""
    return dict(rows(_DATA))
