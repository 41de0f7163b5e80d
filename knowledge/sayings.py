"""All that is said of an entry taken together: its title, its phrasings, its papers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.asked import Asked
from knowledge.entries import Entry
from knowledge.index import Floats, Index, Ints, Places, Rows
from knowledge.text import bare, split

RARELY = 2  # phrasings that use none of the words, added so that one alone proves little


@dataclass(frozen=True)
class Sayings:
    """Distinct terms of each entry, sorted."""

    words: Rows  # every word of its title, phrasings and papers
    often: Floats  # in how large a part of title and phrasings each stands; 0: in papers alone
    pairs: Rows  # the neighbouring words of title and phrasings
    counts: Floats  # how many phrasings it has, as a logarithm

    @classmethod
    def of(cls, entries: Sequence[Entry], index: Index) -> "Sayings":
        """Gather what is said of every entry."""
        told, uses = _gathered(index, index.unit_terms, len(entries))
        pairs, _ = _gathered(index, index.unit_pairs, len(entries))
        units = np.bincount(index.unit_entry, minlength=len(entries))
        shares = uses / (np.repeat(units, np.diff(told.starts)) + RARELY)
        words, often = _with_papers(entries, told, shares, index)
        return cls(words, often, pairs, np.log1p(units).astype(np.float32))


def fit(query: Asked, entries: Ints, sayings: Sayings, index: Index) -> dict[str, Floats]:
    """Return for each entry how much of the message all its sayings together hold."""
    terms, weights = query.said.terms, query.weights
    whole = max(float(weights.sum()), 1e-6)
    held, often = np.zeros((2, len(entries), len(terms)), np.float32)
    owner, column, flat = _hits(terms, sayings.words, entries, query.known)
    held[owner, column] = 1.0
    often[owner, column] = sayings.often[flat]
    main = weights > 0.5 * float(weights.max(initial=0.0))
    return {
        "bag_covered": held @ weights / whole,
        "bag_missing": ((1 - held) * weights).max(1, initial=0.0) / index.rarest,
        "bag_main": held[:, main].mean(1) if main.any() else held.sum(1),
        "told_covered": (often > 0) @ weights / whole,
        "told_often": often @ weights / whole,
        "told_pairs": _paired(query, entries, sayings.pairs, index),
    }


def _paired(query: Asked, entries: Ints, pairs: Rows, index: Index) -> Floats:
    """Return how many neighbouring words an entry has, as said or as meant, the better of both."""
    terms = np.array(sorted(set().union(*query.streams)), np.int32)
    met = np.zeros((len(entries), len(terms)), np.float32)
    owner, column, _ = _hits(terms, pairs, entries, query.known)
    met[owner, column] = 1.0
    best = np.zeros(len(entries), np.float32)
    for stream in query.streams:
        weights = np.array([stream.get(t, 0.0) for t in terms.tolist()], np.float32)
        weights *= index.idf[terms]
        best = np.maximum(best, met @ weights / max(float(weights.sum()), 1e-6))
    return best


def _hits(
    terms: Ints, rows: Rows, entries: Ints, known: NDArray[np.bool_]
) -> tuple[Places, Places, Places]:
    """Return where entries have one of the sorted terms: which, which, and where in the rows.

    `known` tells of every term whether it may be one of them.
    """
    flat, owner = rows.among(entries, known)
    if not len(terms):
        return flat[:0], flat[:0], flat[:0]
    values = rows.values[flat]
    column = np.minimum(np.searchsorted(terms, values), len(terms) - 1)
    hit = terms[column] == values
    return owner[hit], column[hit], flat[hit]


def _gathered(index: Index, of_units: Rows, size: int) -> tuple[Rows, Ints]:
    """Return the terms of each entry, gathered from its units, and how many units use each."""
    owner = np.repeat(index.unit_entry, np.diff(of_units.starts)).astype(np.int64)
    keys, uses = np.unique(owner * len(index.idf) + of_units.values, return_counts=True)
    lengths = np.bincount(keys // len(index.idf), minlength=size)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return Rows(starts, (keys % len(index.idf)).astype(np.int32)), uses.astype(np.int32)


def _with_papers(
    entries: Sequence[Entry], told: Rows, shares: Floats, index: Index
) -> tuple[Rows, Floats]:
    """Add the words of each entry's papers, as far as a title or phrasing has them."""
    rows: list[list[int]] = []
    often: list[float] = []
    for number, entry in enumerate(entries):
        own = slice(told.starts[number], told.starts[number + 1])
        used = dict(zip(told.values[own].tolist(), shares[own].tolist(), strict=True))
        words = map(bare, split(" ".join((entry.summary, entry.field, entry.body))))
        found = {index.terms[word] for word in words if word in index.terms}
        rows.append(sorted(found | used.keys()))
        often.extend(used.get(term, 0.0) for term in rows[-1])
    return Rows.of(rows), np.array(often, np.float32)
