"""The inverted index over units: plain arrays, one pass for the candidates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.text import bare
from knowledge.units import Unit

Ints = NDArray[np.int32]
Places = NDArray[np.intp]
Floats = NDArray[np.floating[Any]]

PAIR_SHARE = 0.6
LENGTH_PENALTY = 0.35
NOISE = (0.3, 0.15, 0.0)  # what scores less beside the best is left alone while enough scores more


@dataclass(frozen=True)
class Rows:
    """A ragged table: row i is `values[starts[i]:starts[i + 1]]`."""

    starts: NDArray[np.int64]
    values: Ints

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Rows":
        """Lay rows end to end."""
        lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        flat = np.fromiter((v for row in rows for v in row), np.int32, int(starts[-1]))
        return cls(starts, flat)

    def gather(self, chosen: Ints) -> tuple[Places, Ints]:
        """Return flat positions of the chosen rows and, for each, which chosen row it is of."""
        lengths = self.starts[chosen + 1] - self.starts[chosen]
        owner = np.repeat(np.arange(len(chosen), dtype=np.int32), lengths)
        first = np.repeat(
            self.starts[chosen] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths
        )
        return first + np.arange(len(owner)), owner

    def among(self, chosen: Ints, wanted: NDArray[np.bool_]) -> tuple[Places, Places]:
        """Return flat positions of the wanted values of the chosen rows, and of which row each is.

        `wanted` tells it of every value there may be; quicker than `gather` where few are.
        """
        starts, stops = self.starts[chosen], self.starts[chosen + 1]
        ends = np.cumsum(stops - starts)
        rows = [self.values[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
        hit = np.flatnonzero(wanted[np.concatenate([self.values[:0], *rows])])
        owner = np.searchsorted(ends, hit, "right")
        return hit + (stops - ends)[owner], owner


@dataclass(frozen=True)
class Index:
    """Terms are folded words ("khai") and pairs ("khai tu"); marks are accented words."""

    terms: Mapping[str, int]
    marks: Mapping[str, int]
    idf: Floats
    unit_entry: Ints
    unit_is_title: NDArray[np.bool_]
    unit_terms: Rows  # distinct words of a unit
    unit_marks: Ints  # the accented word beside each of them
    unit_weights: Floats  # the weight of each of them
    unit_pairs: Rows
    postings: Rows  # term → units
    impacts: Floats

    @cached_property
    def _posted(self) -> Places:
        """Return the units of the postings as numpy addresses them: twice as fast."""
        return self.postings.values.astype(np.intp)

    @cached_property
    def word_masses(self) -> Floats:
        """Return what each word of each unit weighs."""
        return self.idf[self.unit_terms.values] * self.unit_weights

    @cached_property
    def unit_masses(self) -> Floats:
        """Return what the words of each unit weigh together."""
        return _sums(self.unit_terms, self.word_masses)

    @cached_property
    def pair_masses(self) -> Floats:
        """Return what the neighbouring words of each unit weigh together."""
        return _sums(self.unit_pairs, self.idf[self.unit_pairs.values])

    @cached_property
    def rarest(self) -> float:
        """Return the weight of the rarest term."""
        return max(float(self.idf.max(initial=1.0)), 1e-6)

    @classmethod
    def build(cls, units: Sequence[Unit]) -> "Index":
        """Index the units."""
        terms: dict[str, int] = {}
        marks: dict[str, int] = {}
        rows = [_distinct(unit) for unit in units]
        term_rows = [[terms.setdefault(bare(w), len(terms)) for w, _ in row] for row in rows]
        mark_rows = [[marks.setdefault(w, len(marks)) for w, _ in row] for row in rows]
        pair_rows = [
            sorted({terms.setdefault(p, len(terms)) for p in pairs(unit.words)}) for unit in units
        ]
        weights = np.array([w for row in rows for _, w in row], np.float32)
        unit_terms, unit_pairs = Rows.of(term_rows), Rows.of(pair_rows)
        idf = _idf(unit_terms, unit_pairs, len(terms), units)
        postings, impacts = _postings(unit_terms, weights, unit_pairs, idf)
        return cls(
            terms,
            marks,
            idf,
            np.array([unit.entry for unit in units], np.int32),
            np.array([unit.is_title for unit in units], np.bool_),
            unit_terms,
            np.array([m for row in mark_rows for m in row], np.int32),
            weights,
            unit_pairs,
            postings,
            impacts,
        )

    def candidates(self, query: Mapping[int, float], limit: int) -> tuple[Ints, Floats]:
        """Return the best units for weighted terms and their scores, best first."""
        scores = np.zeros(len(self.unit_entry), np.float32)
        terms = np.fromiter(query, np.int32, len(query))
        ends = self.postings.starts[terms + 1].tolist()
        spans = zip(self.postings.starts[terms].tolist(), ends, query.values(), strict=True)
        for start, end, weight in spans:
            scores[self._posted[start:end]] += weight * self.impacts[start:end]
        best = _outstanding(scores, limit)
        if len(best) > limit:
            best = best[np.argpartition(scores[best], -limit)[-limit:]]
        best = best[np.lexsort((best, -scores[best]))]
        return best.astype(np.int32), scores[best]


def _sums(rows: Rows, values: Floats) -> Floats:
    """Return the sum of each row's values."""
    owner = np.repeat(np.arange(len(rows.starts) - 1), np.diff(rows.starts))
    return np.bincount(owner, values, len(rows.starts) - 1).astype(np.float32)


def _outstanding(scores: Floats, limit: int) -> Places:
    """Return units among which the best are, few where possible: what is few is quickly sorted."""
    best = float(scores.max(initial=0.0))
    for share in NOISE:
        found = np.flatnonzero(scores > share * best)
        if len(found) >= limit:
            break
    return found


def pairs(words: Sequence[str]) -> Iterable[str]:
    """Yield neighbouring words, folded, as one term."""
    folded = [bare(word) for word in words]
    return (f"{one} {two}" for one, two in pairwise(folded))


def _distinct(unit: Unit) -> list[tuple[str, float]]:
    seen: dict[str, tuple[str, float]] = {}
    for word, weight in zip(unit.words, unit.weights, strict=True):
        key = bare(word)
        if key not in seen or seen[key][1] < weight:
            seen[key] = (word, weight)
    return list(seen.values())


def _idf(unit_terms: Rows, unit_pairs: Rows, size: int, units: Sequence[Unit]) -> Floats:
    """Weigh a term by how few titles have it: phrasings are many for some entries only."""
    title = np.array([unit.is_title for unit in units], np.bool_)
    counts = np.zeros(size, np.float32)
    for rows in (unit_terms, unit_pairs):
        owner = np.repeat(np.arange(len(units)), np.diff(rows.starts))
        np.add.at(counts, rows.values[title[owner]], 1.0)
    total = max(1.0, float(title.sum()))
    return np.log1p((total - counts + 0.5) / (counts + 0.5)).astype(np.float32)


def _postings(
    unit_terms: Rows, weights: Floats, unit_pairs: Rows, idf: Floats
) -> tuple[Rows, Floats]:
    owner = np.repeat(np.arange(len(unit_terms.starts) - 1), np.diff(unit_terms.starts))
    mass = np.zeros(len(unit_terms.starts) - 1, np.float32)
    np.add.at(mass, owner, weights * idf[unit_terms.values])
    shrink = 1.0 / (1.0 + LENGTH_PENALTY * np.log1p(mass / 10.0))
    pair_owner = np.repeat(np.arange(len(unit_pairs.starts) - 1), np.diff(unit_pairs.starts))
    terms = np.concatenate([unit_terms.values, unit_pairs.values])
    units = np.concatenate([owner, pair_owner])
    impact = np.concatenate(
        [
            weights * idf[unit_terms.values] * shrink[owner],
            PAIR_SHARE * idf[unit_pairs.values] * shrink[pair_owner],
        ]
    ).astype(np.float32)
    order = np.lexsort((units, terms))
    starts = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(idf)))])
    return Rows(starts.astype(np.int64), units[order].astype(np.int32)), impact[order]
