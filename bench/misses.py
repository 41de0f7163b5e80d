"""The worst misses among the development questions: `python -m bench.misses [SHARED]`.

Vague questions, those of several matters and copies without marks or with a typo count too, where
the first is none of theirs; each question once, by its worst. Learned by cross-validation over
procedures, so no question is judged by what it taught. The questions themselves are not ours to
show: they stand by their ids, readings in `readings.tsv`.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.crossval import FOLDS, Asked, Bench, place, start
from bench.kinds import TRAIN
from bench.matching import emit
from bench.scores import table
from bench.train import STIFFNESS
from knowledge.features import NAMES
from knowledge.index import Floats
from knowledge.lexicon import rows, standard
from knowledge.training import rank
from knowledge.training.examples import from_file, written

_SHARED = Path(__file__).parents[2] / "shared"
_READINGS = Path(__file__).parent / "readings.tsv"
WORST = 20
TITLE = 60
GROUNDS = 3


@dataclass(frozen=True)
class Miss:
    """A question whose answer came late or never."""

    id: str
    noise: str  # "" as written
    place: int  # 0: it never reached the candidates
    wanted: str
    got: str
    lost_by: float
    grounds: str

    @property
    def badness(self) -> tuple[bool, float]:
        """Return what the worst come first by."""
        return self.place == 0, self.lost_by


def main() -> None:
    """Print the table."""
    data = (Path(sys.argv[1]) if len(sys.argv) > 1 else _SHARED) / "data"
    bench = Bench.over(data, standard())
    asked = bench.asked("dev", from_file(data / "questions_dev.jsonl"))
    others = [*bench.asked("train", from_file(TRAIN)), *bench.asked("own", written())]
    lines = (data / "questions_dev.jsonl").read_text(encoding="utf-8").splitlines()
    names = {record["text"]: record["id"] for record in map(json.loads, lines)}
    known = {entry.code for entry in bench.entries}
    found: list[Miss] = []
    for part in range(FOLDS):
        learned = [one.case for one in (*asked, *others) if one.fold != part]
        weights = rank.learn(learned, start(), STIFFNESS)
        name = ""
        for one in asked:
            name = name if one.noise else names[one.case.example.text]
            if one.fold == part and one.case.example.gold & known:
                found.extend(_miss(one, name, weights, bench))
    worst: dict[str, Miss] = {}
    for miss in sorted(found, key=lambda miss: miss.badness, reverse=True):
        worst.setdefault(miss.id, miss)
    emit(_told(list(worst.values())[:WORST], len(worst)))


def _miss(one: Asked, name: str, weights: Floats, bench: Bench) -> list[Miss]:
    case = one.case
    at = place(case, weights, bench.shelf.groups)
    if at == 1:
        return []
    titles = {entry.code: entry.title for entry in bench.entries}
    scores = case.rows @ weights
    best = int(np.argmax(scores))
    got = bench.entries[case.entries[best]]
    code = next(code for code in sorted(case.example.gold) if code in titles)
    lost, grounds = 0.0, "no candidate"
    if at:
        right = int(np.argmax(np.where(case.right, scores, -np.inf)))
        lost = float(scores[best] - scores[right])
        parts = (case.rows[best] - case.rows[right]) * weights
        first = np.argsort(-parts)[:GROUNDS]
        grounds = ", ".join(f"{NAMES[i]} {parts[i]:+.1f}" for i in first)
    wanted, came = _named(code, titles[code]), _named(got.code, got.title)
    return [Miss(name, one.noise, at, wanted, came, lost, grounds)]


def _named(code: str, title: str) -> str:
    return f"{code} {title[:TITLE]}"


def _told(misses: Sequence[Miss], whole: int) -> str:
    readings = dict(rows(_READINGS)) if _READINGS.is_file() else {}
    lines = [
        (
            m.id,
            m.noise or "as written",
            m.place or "never",
            m.wanted,
            m.got,
            m.grounds,
            readings.get(m.id, ""),
        )
        for m in misses
    ]
    head = ("question", "told", "place", "wanted", "came first", "because", "reading")
    return table(f"The {len(misses)} worst of {whole} questions missed in some copy", head, lines)


if __name__ == "__main__":
    main()
