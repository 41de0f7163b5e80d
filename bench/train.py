"""Learn the weights anew: `python -m bench.train SHARED` writes them into knowledge/data.

Order matters: ranking first, then when to answer, then what kind of message it is.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import kinds
from bench.crossval import FOLDS, part_of, start
from bench.kinds import ROOT, TRAIN
from bench.matching import load
from bot.directory.communes import places
from knowledge.entries import Entry
from knowledge.features import NAMES
from knowledge.lexicon import standard
from knowledge.matcher import Matcher
from knowledge.model import shipped
from knowledge.ranking import Ranker, Shelf
from knowledge.shelf import shelve
from knowledge.training import judge, rank
from knowledge.training.examples import copies, from_file, strangers, written
from knowledge.training.rank import Case
from knowledge.training.seen import Seen, seen

WRITTEN = ROOT / "knowledge" / "data"
STIFFNESS = 3.0
SMOOTHNESS = 0.1  # of the logistic models
ANSWER_FROM, LIST_FROM = 0.86, 0.2
NO_PROCEDURE, STRANGERS = frozenset({"feedback", "scam", "smalltalk"}), 600


def main() -> None:
    """Learn and write all three."""
    data = Path(sys.argv[1]) / "data"
    entries = load(data / "procedures.jsonl.gz")
    shelf = shelve(entries, standard())
    matcher = Matcher(entries, places(), shelf)
    asked = [*from_file(data / "questions_dev.jsonl"), *from_file(TRAIN), *written()]
    cases = rank.cases(copies(asked), entries, shelf, matcher.reader)
    strange = rank.cases(copies(strangers(NO_PROCEDURE, STRANGERS)), entries, shelf, matcher.reader)
    _write("ranking.json", {"weights": _named(rank.learn(cases, start(), STIFFNESS))})
    _write("judgement.json", _judgement([*cases, *strange], cases, entries, shelf))
    kinds.write(matcher.weighing(shipped()), data)


def _judgement(
    judged: Sequence[Case], ranked: Sequence[Case], entries: Sequence[Entry], shelf: Shelf
) -> dict[str, object]:
    """Learn to judge on questions as they are ranked by weights that never saw their procedure.

    On questions that taught the ranking it would learn to trust more than unseen ones deserve.
    """
    found: list[Seen] = []
    for part in range(FOLDS):
        others = [case for case in ranked if part_of(case.example) != part]
        ranker = Ranker(shelf, rank.learn(others, start(), STIFFNESS))
        held = [case for case in judged if part_of(case.example) == part]
        found.extend(seen(held, ranker, entries))
    return {
        "answer_from": ANSWER_FROM,
        "list_from": LIST_FROM,
        "right": judge.learn(found, [one.right for one in found], SMOOTHNESS),
        "listed": judge.learn(found, [one.listed for one in found], SMOOTHNESS),
    }


def _named(weights: np.ndarray) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)}


def _write(name: str, table: dict[str, object]) -> None:
    text = json.dumps({"version": "1", **table}, ensure_ascii=False, indent=0)
    (WRITTEN / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
