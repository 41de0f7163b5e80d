"""Entries laid out for ranking."""

from collections.abc import Sequence

import numpy as np

from knowledge.entries import Entry
from knowledge.index import Index, Rows
from knowledge.lexicon import Lexicon
from knowledge.ranking import Shelf
from knowledge.text import bare, split
from knowledge.traits import levels, marks_of
from knowledge.units import Unit, groups_of, units_of


def shelve(entries: Sequence[Entry], lexicon: Lexicon) -> Shelf:
    """Lay the entries out: units, index, traits, groups."""
    units = units_of(entries, lexicon.aliases, lexicon.spelling)
    texts = [" ".join(bare(word) for word in unit.words) for unit in units]
    titles = {unit.entry: text for unit, text in zip(units, texts, strict=True) if unit.is_title}
    # a phrasing inherits what its title does: "làm lại thẻ" is still the title's action
    marks = [
        _joined(marks_of(text), marks_of(titles[unit.entry]), is_title=unit.is_title)
        for unit, text in zip(units, texts, strict=True)
    ]
    index = Index.build(units)
    return Shelf(
        index,
        texts,
        np.array([action for action, _ in marks], np.int32),
        np.array([trait for _, trait in marks], np.int32),
        np.concatenate([_popular(entries), levels(entries)], 1),
        _groups(entries),
        _bags(entries, units, index),
    )


def _joined(own: tuple[int, int], title: tuple[int, int], *, is_title: bool) -> tuple[int, int]:
    return own if is_title else (own[0] or title[0], own[1] or title[1])


def _popular(entries: Sequence[Entry]) -> np.ndarray:
    known = [bool(entry.aliases) for entry in entries]
    return np.array(known, np.float32).reshape(-1, 1)


def _groups(entries: Sequence[Entry]) -> np.ndarray:
    numbers: dict[str, int] = {}
    named = [numbers.setdefault(name, len(numbers)) for name in groups_of(entries)]
    return np.array(named, np.int32)


def _bags(entries: Sequence[Entry], units: Sequence[Unit], index: Index) -> Rows:
    """Gather each entry's words, those of its papers too as far as a title or phrasing has them."""
    bags: list[set[int]] = [set() for _ in entries]
    for unit in units:
        bags[unit.entry].update(index.terms[bare(word)] for word in unit.words)
    for bag, entry in zip(bags, entries, strict=True):
        told = split(" ".join((entry.summary, entry.field, entry.body)))
        bag.update(index.terms[word] for word in map(bare, told) if word in index.terms)
    return Rows.of([sorted(bag) for bag in bags])
