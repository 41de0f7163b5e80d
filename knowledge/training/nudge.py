"""Weights learned near those in use, with NumPy alone: for retraining in service.

A pull towards what is in use keeps the few questions of one province from overruling what was
learned from many; the thresholds stay as they were set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.entries import Entry
from knowledge.features import NAMES
from knowledge.model import Model
from knowledge.query import Reader
from knowledge.ranking import Ranker, Shelf
from knowledge.training import rank
from knowledge.training.examples import Example, copies, strangers, written
from knowledge.training.seen import Seen, seen

RANKING_PULL = 60.0
JUDGING_PULL = 100.0
_ROUNDS = 12
_STRANGERS = frozenset({"feedback", "complaint", "denunciation"})
_STRANGERS_KEPT = 200


@dataclass(frozen=True)
class School:
    """What is learned over: the entries, laid out for ranking, and the reader of messages."""

    entries: Sequence[Entry]
    shelf: Shelf
    reader: Reader

    def cases(self, examples: Sequence[Example]) -> list[rank.Case]:
        """Return examples with their candidates."""
        return rank.cases(examples, self.entries, self.shelf, self.reader)


def lesson(text: str, codes: frozenset[str]) -> Example:
    """Return a reviewed question as an example."""
    return Example(text, codes, clear=True)


def shipped(entries: Sequence[Entry]) -> list[Example]:
    """Return the questions the project ships for training, as far as their entries are known."""
    codes = {entry.code for entry in entries}
    return [example for example in written() if example.gold & codes]


def nudged(model: Model, school: School, reviewed: Sequence[Example]) -> Model:
    """Return weights learned from shipped and reviewed questions, near those of `model`."""
    examples = copies([*shipped(school.entries), *reviewed])
    cases = school.cases(examples)
    telling = [case for case in cases if case.right.any() and not case.right.all()]
    weights = model.weights()
    if telling:
        weights = rank.learn(telling, weights, RANKING_PULL)
    named = {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)}
    ranking = {**model.ranking, "weights": {**model.ranking["weights"], **named}}
    strange = school.cases(strangers(_STRANGERS, _STRANGERS_KEPT))
    told = seen([*cases, *strange], Ranker(school.shelf, weights), school.entries)
    return Model(ranking, _judging(model.judgement, told))


def between(old: Model, new: Model, share: float) -> Model:
    """Return the model that lies so far on the way from one to another."""
    ranking = {"weights": _mixed(old.ranking["weights"], new.ranking["weights"], share)}
    judging = {n: _mixed(old.judgement[n], new.judgement[n], share) for n in ("right", "listed")}
    return Model({**new.ranking, **ranking}, {**new.judgement, **judging})


def _mixed(old: Mapping[str, float], new: Mapping[str, float], share: float) -> dict[str, float]:
    names = {**old, **new}
    return {n: round((1 - share) * old.get(n, 0.0) + share * new.get(n, 0.0), 4) for n in names}


def logistic(
    start: Mapping[str, float],
    views: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    mass: Sequence[float],
    pull: float = JUDGING_PULL,
) -> dict[str, float]:
    """Return the weights of a logistic model near `start`, by Newton's steps."""
    names = sorted({*start, *(name for view in views for name in view)})
    first = np.array([start.get(name, 0.0) for name in names])
    table = np.array([[view.get(name, 0.0) for name in names] for view in views])
    target, heavy, weights = np.array(right, np.float64), np.array(mass), first.copy()
    for _ in range(_ROUNDS if len(views) else 0):
        chance = 1.0 / (1.0 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (heavy * (target - chance)) - pull * (weights - first)
        curve = (table * (heavy * chance * (1 - chance))[:, None]).T @ table
        weights = weights + np.linalg.solve(curve + pull * np.eye(len(names)), slope)
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def _judging(table: Mapping[str, object], told: Sequence[Seen]) -> dict[str, object]:
    views, mass = [one.view for one in told], [one.mass for one in told]
    outcomes = {"right": [o.right for o in told], "listed": [o.listed for o in told]}
    learned = {n: logistic(_model(table, n), views, came, mass) for n, came in outcomes.items()}
    return {**table, **learned}


def _model(table: Mapping[str, object], name: str) -> Mapping[str, float]:
    model = table[name]
    assert isinstance(model, Mapping)  # noqa: S101 - the shape of judgement.json
    return model
