"""Learn the ranking weights from pairs: the right entry above each wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.entries import Entry
from knowledge.index import Floats, Ints
from knowledge.query import Query, Reader
from knowledge.ranking import Ranker, Shelf
from knowledge.training.examples import Example

RIVALS = 10
ROUNDS = 4
STEPS = 6


@dataclass(frozen=True)
class Case:
    """An example with its candidates, one row of features for each."""

    example: Example
    query: Query
    units: Ints
    rows: Floats
    entries: np.ndarray
    right: np.ndarray


def cases(
    examples: Sequence[Example], entries: Sequence[Entry], shelf: Shelf, reader: Reader
) -> list[Case]:
    """Compute candidates once; a question may not be met by itself, learned as a phrasing."""
    ranker = Ranker(shelf, np.zeros(1, np.float32))
    index = shelf.index
    codes = np.array([entry.code for entry in entries])
    found = []
    for example in examples:
        query = reader.read(example.text)
        units, rows = ranker.rows(query)
        own = " ".join(query.words.folded)
        keep = np.array([index.unit_is_title[u] or shelf.texts[u] != own for u in units], np.bool_)
        units, rows = units[keep], rows[keep]
        numbers = index.unit_entry[units]
        right = np.isin(codes[numbers], list(example.gold))
        found.append(Case(example, query, units, rows, numbers, right))
    return found


def learn(cases: Sequence[Case], start: Floats, stiffness: float = 30.0) -> Floats:
    """Return weights near `start`; each round picks the best row of each entry anew.

    The pull towards the start keeps a few hundred questions from overruling what is plain.
    """
    weights = start.astype(np.float64)
    for _ in range(ROUNDS):
        pairs, mass = _pairs(cases, weights.astype(np.float32))
        for _ in range(STEPS):
            loss = 1.0 / (1.0 + np.exp(np.clip(pairs @ weights, -30, 30)))
            slope = pairs.T @ (mass * loss) - stiffness * (weights - start)
            curve = (pairs * (mass * loss * (1 - loss))[:, None]).T @ pairs
            weights = weights + np.linalg.solve(curve + stiffness * np.eye(len(weights)), slope)
    return weights.astype(np.float32)


def _pairs(cases: Sequence[Case], weights: Floats) -> tuple[np.ndarray, np.ndarray]:
    pairs, mass = [], []
    for case in cases:
        if not case.right.any() or case.right.all():
            continue
        scores = case.rows @ weights
        best = int(np.argmax(np.where(case.right, scores, -np.inf)))
        rivals = _best_rows(scores, case.entries, ~case.right)[:RIVALS]
        for rank, rival in enumerate(rivals):
            pairs.append(case.rows[best] - case.rows[rival])
            mass.append(case.example.weight / (1.0 + rank) * (1.0 if case.example.clear else 0.4))
    return np.array(pairs), np.array(mass)


def _best_rows(scores: Floats, entries: np.ndarray, allowed: np.ndarray) -> list[int]:
    seen: set[int] = set()
    order = []
    for at in np.argsort(-scores):
        if allowed[at] and entries[at] not in seen:
            seen.add(entries[at])
            order.append(int(at))
    return order


def hits(case: Case, weights: Floats, groups: np.ndarray, depth: int) -> bool:
    """Tell whether a right entry is among the first `depth` groups."""
    scores = case.rows @ weights
    seen: list[int] = []
    for at in np.argsort(-scores, kind="stable"):
        group = int(groups[case.entries[at]])
        if group not in seen:
            seen.append(group)
        if len(seen) > depth:
            return False
        if case.right[at]:
            return True
    return False
