"""Candidates found, rescored with learned weights, and gathered into answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.asked import asked, mass
from knowledge.features import NAMES, Candidates, features
from knowledge.index import Floats, Index, Ints
from knowledge.query import Query
from knowledge.sayings import Sayings

HERE = Path(__file__).parent / "data" / "ranking.json"
CANDIDATES = 80
NEAR_HOME = 0.7  # an embassy's twin of a commune's procedure may fit a little better
_COMMUNE = NAMES.index("commune")


@dataclass(frozen=True)
class Shelf:
    """All that ranking needs of the entries and units, as plain arrays."""

    index: Index
    texts: list[str]  # folded text of each unit
    actions: Ints  # of each unit, as bits
    traits: Ints
    entry_traits: Floats  # popular, ministry, province, commune, military
    groups: Ints  # group number of each entry
    sayings: Sayings


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry with its best unit."""

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
        first: dict[int, int] = {}
        for at, entry in zip(order.tolist(), entries[order].tolist(), strict=True):
            first.setdefault(entry, at)
        return [
            Candidate(entry, int(units[at]), float(scores[at]), rows[at])
            for entry, at in islice(first.items(), limit)
        ]

    def rows(self, query: Query) -> tuple[Ints, Floats]:
        """Return units and their features."""
        shelf, index = self._shelf, self._shelf.index
        view = asked(query, index)
        units, scores = index.candidates(view.wanted, CANDIDATES)
        entries = index.unit_entry[units]
        found = Candidates(
            units,
            scores,
            entries,
            shelf.actions[units],
            shelf.traits[units],
            shelf.entry_traits[entries],
            shelf.sayings,
        )
        return units, features(view, found, index)

    def text(self, unit: int) -> str:
        """Return the folded text of a unit."""
        return self._shelf.texts[unit]

    def mass(self, query: Query) -> float:
        """Return how much the message says: the summed rarity of its words of content."""
        return mass(query, self._shelf.index)

    def groups(self, ranked: Sequence[Candidate]) -> list[list[Candidate]]:
        """Gather variants of one procedure, best first; of two alike the commune's own leads."""
        found: dict[int, list[Candidate]] = {}
        for candidate in ranked:
            found.setdefault(int(self._shelf.groups[candidate.entry]), []).append(candidate)
        return [sorted(group, key=self._nearness, reverse=True) for group in found.values()]

    def _nearness(self, candidate: Candidate) -> float:
        return candidate.score + NEAR_HOME * float(candidate.features[_COMMUNE])


def weights_from(path: Path = HERE) -> Floats:
    """Read learned weights."""
    return weights_of(json.loads(path.read_text(encoding="utf-8")))


def weights_of(table: Mapping[str, Any]) -> Floats:
    """Return learned weights; a name that the table lacks weighs nothing."""
    weights = table["weights"]
    return np.array([weights.get(name, 0.0) for name in NAMES], np.float32)
