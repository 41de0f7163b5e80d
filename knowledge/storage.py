"""A built index on disk: plain arrays and JSON, never pickled objects."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.entries import Entry
from knowledge.index import Index, Rows
from knowledge.places import Place
from knowledge.ranking import Shelf
from knowledge.sayings import Sayings

RAGGED = ("unit_terms", "unit_pairs", "postings")
SAYINGS = ("words", "pairs")
PLAIN = ("idf", "unit_entry", "unit_is_title", "unit_marks", "unit_weights", "impacts")
SHELF = ("actions", "traits", "entry_traits", "groups")


def save(path: Path, entries: Sequence[Entry], places: Sequence[Place], shelf: Shelf) -> None:
    """Write one .npz file."""
    index = shelf.index
    arrays = {name: getattr(index, name) for name in PLAIN}
    arrays |= {name: getattr(shelf, name) for name in SHELF}
    arrays |= {"often": shelf.sayings.often, "counts": shelf.sayings.counts}
    ragged = {name: getattr(index, name) for name in RAGGED}
    ragged |= {name: getattr(shelf.sayings, name) for name in SAYINGS}
    for name, rows in ragged.items():
        arrays |= {f"{name}.starts": rows.starts, f"{name}.values": rows.values}
    words = {
        "entries": [entry.as_json() for entry in entries],
        "places": [asdict(place) for place in places],
        "texts": shelf.texts,
        "terms": list(index.terms),
        "marks": list(index.marks),
    }
    arrays["json"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load(path: Path) -> tuple[list[Entry], list[Place], Shelf]:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        words = json.loads(arrays["json"].tobytes())
        rows = {n: Rows(arrays[f"{n}.starts"], arrays[f"{n}.values"]) for n in (*RAGGED, *SAYINGS)}
        ragged: dict[str, Any] = {name: rows[name] for name in RAGGED}
        plain: dict[str, Any] = {name: arrays[name] for name in PLAIN}
        index = Index(
            terms={term: number for number, term in enumerate(words["terms"])},
            marks={mark: number for number, mark in enumerate(words["marks"])},
            **ragged,
            **plain,
        )
        said: dict[str, Any] = {name: rows[name] for name in SAYINGS}
        sayings = Sayings(often=arrays["often"], counts=arrays["counts"], **said)
        own = {name: arrays[name] for name in SHELF}
        shelf = Shelf(index, words["texts"], sayings=sayings, **own)
    entries = [Entry.from_json(record) for record in words["entries"]]
    return entries, [Place(**record) for record in words["places"]], shelf
