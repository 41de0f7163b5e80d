"""Learn the weights anew: `python -m bench.train SHARED` writes them into knowledge/data.

Order matters: ranking first, then when to answer, then what kind of message it is.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench import kinds
from bench.kinds import ROOT, TRAIN
from bench.matching import load
from bot.directory.communes import places
from knowledge import starter
from knowledge.entries import Entry
from knowledge.features import NAMES
from knowledge.judgement import signs
from knowledge.lexicon import standard
from knowledge.matcher import Matcher
from knowledge.query import Reader
from knowledge.ranking import Ranker, Shelf
from knowledge.shelf import shelve
from knowledge.training import judge, rank
from knowledge.training.examples import Example, from_aliases, from_file, mangled, written

WRITTEN = ROOT / "knowledge" / "data"
STIFFNESS = 3.0
ANSWER_FROM, LIST_FROM = 0.84, 0.3
SHY = 1.8  # an answer to a vague question costs more than a list to a clear one
NO_PROCEDURE = {"out_of_scope", "village_feedback", "angry_with_subject", "scam"}


def main() -> None:
    """Learn and write all three."""
    data = Path(sys.argv[1]) / "data"
    entries = load(data / "procedures.jsonl.gz")
    questions = [
        *from_file(data / "questions_dev.jsonl"),
        *from_file(TRAIN),
        *written(),
    ]
    shelf, reader = shelve(entries, standard()), Matcher.build(entries, places()).reader
    weights = _ranking(questions, entries, shelf, reader)
    _write("ranking.json", {"weights": _named(weights)})
    _judgement(questions, entries, Ranker(shelf, weights), reader)
    kinds.write(Matcher.build(entries, places()), data)


def _ranking(
    questions: Sequence[Example], entries: Sequence[Entry], shelf: Shelf, reader: Reader
) -> np.ndarray:
    examples = _copies([*questions, *from_aliases(starter.load())])
    start = json.loads((WRITTEN / "ranking_start.json").read_text(encoding="utf-8"))["weights"]
    first = np.array([start.get(name, 0.0) for name in NAMES], np.float32)
    return rank.learn(rank.cases(examples, entries, shelf, reader), first, STIFFNESS)


def _judgement(
    questions: Sequence[Example], entries: Sequence[Entry], ranker: Ranker, reader: Reader
) -> None:
    views, right, listed, mass = [], [], [], []
    for example in _copies([*questions, *_strangers(), *_phrasings()]):
        query = reader.read(example.text)
        groups = ranker.groups(rank.unaided(example, ranker, query))
        if not groups:
            continue
        codes = [{entries[c.entry].code for c in group} for group in groups[:4]]
        views.append(signs(query, groups, ranker.mass(query)))
        right.append(bool(codes[0] & example.gold) and example.clear)
        listed.append(any(some & example.gold for some in codes))
        mass.append(example.weight * (1.0 if example.clear else SHY))
    models = {
        "right": judge.learn(views, right, mass, 0.5),
        "listed": judge.learn(views, listed, mass, 0.5),
    }
    _write("judgement.json", {"answer_from": ANSWER_FROM, "list_from": LIST_FROM, **models})


def _phrasings() -> list[Example]:
    """Return phrasings of some length as questions that deserve an answer."""
    return [
        replace(example, weight=0.15)
        for example in from_aliases(starter.load(), 8)
        if len(example.text.split()) >= 3
    ]


def _strangers() -> list[Example]:
    """Return messages that no procedure answers."""
    records = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()]
    return [
        Example(r["text"], frozenset({r["id"]}), clear=False, weight=0.7)
        for r in records
        if r["class"] in NO_PROCEDURE
    ]


def _copies(examples: Sequence[Example]) -> list[Example]:
    return [copy for seed, one in enumerate(examples) for copy in mangled([one], seed)]


def _named(weights: np.ndarray) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)}


def _write(name: str, table: dict[str, object]) -> None:
    text = json.dumps({"version": "1", **table}, ensure_ascii=False, indent=0)
    (WRITTEN / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
