"""All that is said of an entry taken together: its title, its phrasings, its papers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.asked import Asked
from knowledge.entries import Entry
from knowledge.index import Floats, Index, Ints, Rows
from knowledge.text import bare, split

RARELY = 2  # phrasings that use none of the words, added so that one alone proves little


@dataclass(frozen=True)
class Sayings:
    """Distinct terms of each entry."""

    bags: Rows  # every word, of its papers too
    told: Rows  # the words of its title and phrasings
    often: Floats  # in how large a part of them each of these stands
    pairs: Rows  # the neighbouring words of title and phrasings
    counts: Floats  # how many phrasings it has, as a logarithm

    @classmethod
    def of(cls, entries: Sequence[Entry], index: Index) -> "Sayings":
        """Gather what is said of every entry."""
        told, uses = _gathered(index, index.unit_terms, len(entries))
        pairs, _ = _gathered(index, index.unit_pairs, len(entries))
        units = np.bincount(index.unit_entry, minlength=len(entries))
        often = uses / (np.repeat(units, np.diff(told.starts)) + RARELY)
        counts = np.log1p(units).astype(np.float32)
        return cls(_bags(entries, told, index), told, often.astype(np.float32), pairs, counts)


def fit(query: Asked, entries: Ints, sayings: Sayings, index: Index) -> dict[str, Floats]:
    """Return for each entry how much of the message all its sayings together hold."""
    terms, weights = query.said.terms, query.weights
    whole = max(float(weights.sum()), 1e-6)
    held = _met(terms, sayings.bags, entries)
    often = _met(terms, sayings.told, entries, sayings.often)
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
    """Return how many neighbouring words an entry has, as said or as meant."""
    best = np.zeros(len(entries), np.float32)
    for stream in filter(None, query.streams):
        terms = np.array(sorted(stream), np.int32)
        weights = np.array([stream[t] for t in terms.tolist()], np.float32) * index.idf[terms]
        met = _met(terms, pairs, entries) @ weights
        best = np.maximum(best, met / max(float(weights.sum()), 1e-6))
    return best


def _met(terms: Ints, rows: Rows, entries: Ints, worth: Floats | None = None) -> Floats:
    """Return what each of the sorted terms is worth to each entry, 0 where it lacks the term."""
    met = np.zeros((len(entries), len(terms)), np.float32)
    if len(terms):
        flat, owner = rows.gather(entries)
        values = rows.values[flat]
        column = np.minimum(np.searchsorted(terms, values), len(terms) - 1)
        hit = terms[column] == values
        met[owner[hit], column[hit]] = 1.0 if worth is None else worth[flat[hit]]
    return met


def _gathered(index: Index, of_units: Rows, size: int) -> tuple[Rows, Ints]:
    """Return the terms of each entry, gathered from its units, and how many units use each."""
    owner = np.repeat(index.unit_entry, np.diff(of_units.starts)).astype(np.int64)
    keys, uses = np.unique(owner * len(index.idf) + of_units.values, return_counts=True)
    lengths = np.bincount(keys // len(index.idf), minlength=size)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return Rows(starts, (keys % len(index.idf)).astype(np.int32)), uses.astype(np.int32)


def _bags(entries: Sequence[Entry], told: Rows, index: Index) -> Rows:
    """Gather each entry's words, those of its papers too as far as a title or phrasing has them."""
    bags = []
    for number, entry in enumerate(entries):
        own = told.values[told.starts[number] : told.starts[number + 1]].tolist()
        words = split(" ".join((entry.summary, entry.field, entry.body)))
        papers = (index.terms[word] for word in map(bare, words) if word in index.terms)
        bags.append(sorted({*own, *papers}))
    return Rows.of(bags)
