"""Ranking judged on procedures it did not learn from: cross-validation by procedure."""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.kinds import TRAIN
from bench.matching import load
from bot.directory.communes import places
from knowledge.entries import Entry
from knowledge.features import NAMES
from knowledge.gazetteer import Gazetteer
from knowledge.index import Floats
from knowledge.lexicon import Lexicon
from knowledge.query import Reader
from knowledge.ranking import Shelf
from knowledge.repair import Repair
from knowledge.shelf import shelve
from knowledge.text import fold
from knowledge.training import rank
from knowledge.training.examples import Example, from_file, mangled, written
from knowledge.training.rank import Case

FOLDS = 5
START = Path(rank.__file__).parents[1] / "data" / "ranking_start.json"


def part_of(example: Example) -> int:
    """Return which part an example belongs to: all on one procedure are in one."""
    return zlib.crc32(example.procedure.encode()) % FOLDS


@dataclass(frozen=True)
class Asked:
    """A question of one set, as written or mangled, with its candidates."""

    set: str
    noise: str  # "", "no marks", "typo"
    case: Case

    @property
    def fold(self) -> int:
        """Return which part it belongs to: all questions on one procedure are in one."""
        return part_of(self.case.example)


@dataclass(frozen=True)
class Bench:
    """What cross-validation runs over."""

    entries: Sequence[Entry]
    shelf: Shelf
    reader: Reader

    @classmethod
    def over(cls, data: Path, lexicon: Lexicon, repair: Repair | None = None) -> "Bench":
        """Index the whole base with a lexicon."""
        entries = load(data / "procedures.jsonl.gz")
        shelf = shelve(entries, lexicon)
        known = {term for term in shelf.index.terms if " " not in term}
        gazetteer = Gazetteer(places())
        known |= lexicon.vocabulary | gazetteer.vocabulary
        pairs = (term for term in shelf.index.terms if " " in term)
        return cls(entries, shelf, Reader(lexicon, repair or Repair(known, pairs), gazetteer))

    def asked(self, name: str, examples: Iterable[Example]) -> list[Asked]:
        """Return examples, and their mangled copies, with candidates."""
        found = []
        for seed, example in enumerate(examples):
            for copy in mangled([example], seed):
                case = rank.cases([copy], self.entries, self.shelf, self.reader)[0]
                found.append(Asked(name, _noise(copy.text, example.text), case))
        return found

    def all(self, data: Path) -> list[Asked]:
        """Return every labelled question with its copies."""
        return [
            *self.asked("dev", from_file(data / "questions_dev.jsonl")),
            *self.asked("train", from_file(TRAIN)),
            *self.asked("own", written()),
        ]


def start() -> Floats:
    """Return the weights that learning starts from and is pulled to."""
    table = json.loads(START.read_text(encoding="utf-8"))["weights"]
    return np.array([table.get(name, 0.0) for name in NAMES], np.float32)


def places_of(
    asked: Sequence[Asked], groups: np.ndarray, stiffness: float, columns: Sequence[str] = ()
) -> list[int]:
    """Return at which place each question finds its answer (0: nowhere), never learned from.

    `columns` are features to leave out.
    """
    kept = np.array([name not in columns for name in NAMES], np.float32)
    first = start() * kept
    cases = [_masked(one.case, kept) if columns else one.case for one in asked]
    parts = np.array([one.fold for one in asked])
    found = [0] * len(asked)
    for part in range(FOLDS):
        learned = [case for case, home in zip(cases, parts, strict=True) if home != part]
        weights = rank.learn(learned, first, stiffness)
        for at in np.flatnonzero(parts == part):
            found[at] = place(cases[at], weights, groups)
    return found


def place(case: Case, weights: Floats, groups: np.ndarray) -> int:
    """Return the place of the first right group, 0 where none is among the candidates."""
    home = groups[case.entries]
    right = set(home[case.right].tolist())
    ordered = dict.fromkeys(home[np.argsort(-(case.rows @ weights), kind="stable")].tolist())
    return next((at for at, group in enumerate(ordered, 1) if group in right), 0)


def share(
    asked: Sequence[Asked], found: Sequence[int], depth: int, which: Callable[[Asked], bool]
) -> list[bool]:
    """Return for each clear question of a kind whether its answer is among the first `depth`."""
    pairs = zip(asked, found, strict=True)
    return [0 < at <= depth for one, at in pairs if one.case.example.clear and which(one)]


def _masked(case: Case, kept: Floats) -> Case:
    return replace(case, rows=case.rows * kept)


def _noise(text: str, original: str) -> str:
    if text == original:
        return ""
    return "no marks" if text == fold(original) else "typo"
