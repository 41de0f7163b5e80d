"""Whether the best candidate is sure enough to answer with: calibrated probabilities."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.asked import HEAVY
from knowledge.decisions import DecisionKind
from knowledge.features import NAMES
from knowledge.query import Query
from knowledge.ranking import Candidate

HERE = Path(__file__).parent / "data" / "judgement.json"
CHOICES = 4
NEAR = 0.05
GAP = 5.0  # what fits so much worse than the best is noise in a list
WHOLE, APART = 0.95, 2.0  # a name said in full, and no other entry near it
_ASKED, _SAID, _OFTEN = map(NAMES.index, ("asked_covered", "told_covered", "told_often"))


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
        if right >= self.answer_from or _is_its_name(view):
            return Verdict(DecisionKind.ANSWER, 1, max(right, self.answer_from), listed, right)
        if listed >= self.list_from and len(groups) >= 2:
            return Verdict(
                DecisionKind.CHOICES, _offered(groups), max(listed, right), listed, right
            )
        return Verdict(DecisionKind.HANDOFF, 0, 1.0 - listed, listed, right)


def _is_its_name(view: Mapping[str, float]) -> bool:
    """Whether the message is the first entry's title and nothing else: "đăng ký kết hôn"."""
    whole = all(view[name] >= WHOLE for name in ("title", "own_title", "asked"))
    return whole and view["margin"] >= APART


def _offered(groups: Sequence[Sequence[Candidate]]) -> int:
    """Return how many groups are worth offering: two to four."""
    best = groups[0][0].score
    near = sum(group[0].score >= best - GAP for group in groups[:CHOICES])
    return max(near, 2)


def signs(query: Query, groups: Sequence[Sequence[Candidate]], mass: float) -> dict[str, float]:
    """Return what the probabilities are computed from."""
    heads = [group[0] for group in groups]
    named = dict(zip(NAMES, (float(value) for value in heads[0].features), strict=True))
    return _message(query, mass) | _best(named) | _rivals(heads) | _odds(query, heads)


def _message(query: Query, mass: float) -> dict[str, float]:
    """Return how much the message says, and in what way."""
    count = len(query.content)
    return {
        "one": 1.0,
        "words": min(count, 8) / 8.0,
        "few": float(count <= 2),
        "mass": min(mass, 60.0) / 20.0,
        "light": float(mass < 9.0),
        "slight": max(0.0, 1.0 - mass / HEAVY),
        "translated": float(len(query.variants) > 1),
        "told": min(max((len(said.split()) for said, _ in query.phrases), default=0), 5) / 5.0,
        "facet": float(query.facet is not None),
    }


def _best(named: Mapping[str, float]) -> dict[str, float]:
    """Return how the first entry fits, and what its text says beyond the message."""
    return {
        "asked": named["asked_covered"],
        "title": named["title_covered"],
        "own_title": named["own_title"],
        "beyond": named["worst_title_missing"],
        "verbatim": named["verbatim"],
        "missing": named["worst_asked_missing"],
        "phrasing": named["phrasing"],
        "phrased": named["phrasing_both"],
        "backed": named["both_second"],
        "pairs": named["pairs_asked"],
        "bag": named["bag_covered"],
        "bag_missing": named["bag_missing"],
        "said": named["told_covered"],
        "said_often": named["told_often"],
        "said_pairs": named["told_pairs"],
        "action_extra": min(named["action_extra"], 2.0),
        "action_missing": min(named["action_missing"], 2.0),
        "acted": float(named["action_met"] > 0),
        "trait_extra": min(named["trait_extra"], 2.0),
        "trait_missing": min(named["trait_missing"], 2.0),
    }


def _rivals(heads: Sequence[Candidate]) -> dict[str, float]:
    """Return whether others explain the message as well as the first does."""
    asked, said = ([float(head.features[at]) for head in heads[:9]] for at in (_ASKED, _SAID))
    return {
        "rivals": math.log1p(sum(value >= asked[0] - NEAR for value in asked[1:])),
        "rivals_said": math.log1p(sum(value >= said[0] - NEAR for value in said[1:])),
        "second_asked": asked[1] if len(heads) > 1 else 0.0,
        "second_said": said[1] if len(heads) > 1 else 0.0,
        "second_often": float(heads[1].features[_OFTEN]) if len(heads) > 1 else 0.0,
    }


def _odds(query: Query, heads: Sequence[Candidate]) -> dict[str, float]:
    """Return how far the others lie behind."""
    best = heads[0].score
    behind = [best - head.score for head in heads] + [8.0] * 5
    odds = [math.exp(-far) for far in behind[:8]]
    return {
        "margin": min(behind[1], 3.0),
        "margin4": min(behind[4], 3.0),
        "crowd": math.log1p(sum(math.exp(-2.0 * far) for far in behind[1:6])),
        "share": odds[0] / sum(odds),
        "share4": sum(odds[:CHOICES]) / sum(odds),
        "retold": float(bool(query.phrases)) * min(behind[1], 1.5),
    }


def probability(model: Mapping[str, float], view: Mapping[str, float]) -> float:
    """Return the logistic of a weighted sum."""
    total = sum(weight * view.get(name, 0.0) for name, weight in model.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
