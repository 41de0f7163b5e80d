"""Candidates found, rescored with learned weights, and gathered into answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.features import NAMES, asked, features
from knowledge.index import Floats, Index, Ints
from knowledge.query import Query
from knowledge.text import bare
from knowledge.traits import clashes, marks_of

HERE = Path(__file__).parent / "data" / "ranking.json"
CANDIDATES = 80


@dataclass(frozen=True)
class Shelf:
    """All that ranking needs of the entries and units, as plain arrays."""

    index: Index
    texts: list[str]  # folded text of each unit
    actions: Ints  # of each unit, as bits
    traits: Ints
    entry_traits: Floats  # popular, ministry, province, commune, military
    groups: Ints  # group number of each entry


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry with its best unit under its best variant."""

    entry: int
    unit: int
    score: float
    features: Floats


class Ranker:
    """A linear model over the features."""

    def __init__(self, shelf: Shelf, weights: Floats) -> None:
        self._shelf = shelf
        self._weights = weights

    def rank(self, query: Query, limit: int) -> list[Candidate]:
        """Return the best entries, best first; ties keep the order of the entries."""
        return self.best(*self.rows(query), limit)

    def best(self, units: Ints, rows: Floats, limit: int) -> list[Candidate]:
        """Return the best entries of these units by their features."""
        scores = rows @ self._weights
        entries = self._shelf.index.unit_entry[units]
        order = np.lexsort((entries, -scores))
        found: dict[int, Candidate] = {}
        for at in order:
            entry = int(entries[at])
            if entry not in found:
                found[entry] = Candidate(entry, int(units[at]), float(scores[at]), rows[at])
            if len(found) == limit:
                break
        return list(found.values())

    def rows(self, query: Query) -> tuple[Ints, Floats]:
        """Return units and their features, a block for each variant."""
        index = self._shelf.index
        views = [asked(variant, index, marked=query.words.marked) for variant in query.variants]
        wanted: dict[int, float] = {}
        for view in views:
            _want(wanted, view.terms, view.weights / np.maximum(index.idf[view.terms], 1e-6))
            _want(wanted, view.pairs, view.pair_weights / np.maximum(index.idf[view.pairs], 1e-6))
        units, scores = index.candidates(wanted, CANDIDATES)
        texts = [self._shelf.texts[unit] for unit in units]
        blocks = []
        for view, variant in zip(views, query.variants, strict=True):
            shape = clashes(
                marks_of(view.text), self._shelf.actions[units], self._shelf.traits[units]
            )
            entry_traits = self._shelf.entry_traits[index.unit_entry[units]]
            traits = np.concatenate([entry_traits[:, :1], shape, entry_traits[:, 1:]], 1)
            block = features(view, units, scores, index, texts, traits)
            block[:, NAMES.index("translated")] = variant.translated
            blocks.append(block)
        return np.tile(units, len(blocks)), np.concatenate(blocks)

    def text(self, unit: int) -> str:
        """Return the folded text of a unit."""
        return self._shelf.texts[unit]

    def mass(self, query: Query) -> float:
        """Return how much the message says: the summed rarity of its words of content."""
        index = self._shelf.index
        terms = (index.terms.get(bare(word)) for word in dict.fromkeys(query.content))
        return sum(float(index.idf[term]) if term is not None else 4.0 for term in terms)

    def groups(self, ranked: Sequence[Candidate]) -> list[list[Candidate]]:
        """Gather variants of one procedure, best first."""
        found: dict[int, list[Candidate]] = {}
        for candidate in ranked:
            found.setdefault(int(self._shelf.groups[candidate.entry]), []).append(candidate)
        return list(found.values())


def weights_from(path: Path = HERE) -> Floats:
    """Read learned weights."""
    return weights_of(json.loads(path.read_text(encoding="utf-8")))


def weights_of(table: Mapping[str, Any]) -> Floats:
    """Return learned weights; a name that the table lacks weighs nothing."""
    weights = table["weights"]
    return np.array([weights.get(name, 0.0) for name in NAMES], np.float32)


def _want(wanted: dict[int, float], terms: Ints, weights: Floats) -> None:
    for term, weight in zip(terms.tolist(), weights.tolist(), strict=True):
        wanted[term] = max(wanted.get(term, 0.0), weight)
