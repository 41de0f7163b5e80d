"""Whether the best candidate is sure enough to answer with: calibrated probabilities."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.decisions import DecisionKind
from knowledge.features import NAMES
from knowledge.query import Query
from knowledge.ranking import Candidate

HERE = Path(__file__).parent / "data" / "judgement.json"
CHOICES = 4
GAP = 3.0  # what fits so much worse than the best is noise in a list


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a question, how many groups to offer, and how sure that is."""

    kind: DecisionKind
    offered: int
    confidence: float
    listed: float = 0.0  # how surely the first four hold the right one
    right: float = 0.0  # how surely the first is the right one


@dataclass(frozen=True)
class Judge:
    """Two logistic models: the first group is right; the first four hold the right one."""

    right: Mapping[str, float]
    listed: Mapping[str, float]
    answer_from: float
    list_from: float

    @classmethod
    def load(cls, path: Path = HERE) -> "Judge":
        """Read the models and the thresholds."""
        return cls.of(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Judge":
        """Return the models that a table holds."""
        return cls(table["right"], table["listed"], table["answer_from"], table["list_from"])

    def verdict(self, query: Query, groups: Sequence[Sequence[Candidate]], mass: float) -> Verdict:
        """Decide between an answer, choices and the desk; `mass` is how much is said."""
        if not groups:
            return Verdict(DecisionKind.HANDOFF, 0, 0.5)
        view = signs(query, groups, mass)
        right, listed = probability(self.right, view), probability(self.listed, view)
        if right >= self.answer_from:
            return Verdict(DecisionKind.ANSWER, 1, right, listed, right)
        if listed >= self.list_from and len(groups) >= 2:
            return Verdict(
                DecisionKind.CHOICES, _offered(groups), max(listed, right), listed, right
            )
        return Verdict(DecisionKind.HANDOFF, 0, 1.0 - listed, listed, right)


def _offered(groups: Sequence[Sequence[Candidate]]) -> int:
    """Return how many groups are worth offering: two to four."""
    best = groups[0][0].score
    near = sum(group[0].score >= best - GAP for group in groups[:CHOICES])
    return max(near, 2)


def signs(query: Query, groups: Sequence[Sequence[Candidate]], mass: float) -> dict[str, float]:
    """Return what the probabilities are computed from."""
    best = groups[0][0]
    scores = [group[0].score for group in groups] + [best.score - 8.0] * 5
    near = sum(math.exp(2.0 * (score - best.score)) for score in scores[1:6])
    named = dict(zip(NAMES, (float(value) for value in best.features), strict=True))
    count = len(query.content)
    covering = sum(group[0].features[0] >= best.features[0] - 0.05 for group in groups[1:9])
    return {
        "one": 1.0,
        "score": best.score,
        "margin": min(best.score - scores[1], 3.0),
        "margin4": min(best.score - scores[4], 3.0),
        "crowd": math.log1p(near),
        "words": min(count, 8) / 8.0,
        "few": float(count <= 2),
        "mass": min(mass, 60.0) / 20.0,
        "light": float(mass < 9.0),
        "translated": float(len(query.variants) > 1),
        "asked": named["asked_covered"],
        "title": named["title_covered"],
        "verbatim": named["verbatim"],
        "missing": named["worst_asked_missing"],
        "phrasing": named["phrasing"],
        "phrased": named["phrasing_both"],
        "popular": named["popular"],
        "action_extra": min(named["action_extra"], 2.0),
        "action_missing": min(named["action_missing"], 2.0),
        "acted": float(named["action_met"] > 0),
        "rivals": math.log1p(covering),
        "told": min(max((len(said.split()) for said, _ in query.phrases), default=0), 5) / 5.0,
        "retold": float(bool(query.phrases)) * min(best.score - scores[1], 1.5),
        "facet": float(query.facet is not None),
        "pairs": named["pairs_asked"],
        "own_title": named["own_title"],
        "bag": named["bag_covered"],
        "bag_missing": named["bag_missing"],
        "second_asked": float(groups[1][0].features[0]) if len(groups) > 1 else 0.0,
        "trait_extra": min(named["trait_extra"], 2.0),
        "trait_missing": min(named["trait_missing"], 2.0),
    }


def probability(model: Mapping[str, float], view: Mapping[str, float]) -> float:
    """Return the logistic of a weighted sum."""
    total = sum(weight * view.get(name, 0.0) for name, weight in model.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
