"""Entries laid out for ranking."""

from collections.abc import Sequence

import numpy as np

from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.ranking import Shelf
from knowledge.sayings import Sayings
from knowledge.text import bare
from knowledge.traits import levels, marks_of
from knowledge.units import groups_of, units_of


def shelve(entries: Sequence[Entry], lexicon: Lexicon) -> Shelf:
    """Lay the entries out: units, index, traits, groups."""
    units = units_of(entries, lexicon.aliases, lexicon.spelling)
    texts = [" ".join(bare(word) for word in unit.words) for unit in units]
    told = list(zip(units, texts, strict=True))
    titles = {unit.entry: marks_of(text) for unit, text in told if unit.is_title}
    # a phrasing inherits what its title does: "làm lại thẻ" is still the title's action
    marks = [
        titles[unit.entry] if unit.is_title else _joined(marks_of(text), titles[unit.entry])
        for unit, text in told
    ]
    index = Index.build(units)
    return Shelf(
        index,
        texts,
        np.array([action for action, _ in marks], np.int32),
        np.array([trait for _, trait in marks], np.int32),
        np.concatenate([_popular(entries), levels(entries)], 1),
        _groups(entries),
        Sayings.of(entries, index),
    )


def _joined(own: tuple[int, int], title: tuple[int, int]) -> tuple[int, int]:
    return own[0] or title[0], own[1] or title[1]


def _popular(entries: Sequence[Entry]) -> np.ndarray:
    known = [bool(entry.aliases) for entry in entries]
    return np.array(known, np.float32).reshape(-1, 1)


def _groups(entries: Sequence[Entry]) -> np.ndarray:
    numbers: dict[str, int] = {}
    named = [numbers.setdefault(name, len(numbers)) for name in groups_of(entries)]
    return np.array(named, np.int32)
