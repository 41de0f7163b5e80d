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
    def over(
        cls,
        data: Path,
        lexicon: Lexicon,
        repair: Repair | None = None,
        reads: type[Reader] = Reader,
    ) -> "Bench":
        """Index the whole base with a lexicon."""
        entries = load(data / "procedures.jsonl.gz")
        shelf = shelve(entries, lexicon)
        known = {term for term in shelf.index.terms if " " not in term}
        gazetteer = Gazetteer(places())
        known |= lexicon.vocabulary | gazetteer.vocabulary
        pairs = (term for term in shelf.index.terms if " " in term)
        return cls(entries, shelf, reads(lexicon, repair or Repair(known, pairs), gazetteer))

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
    asked: Sequence[Asked],
    groups: np.ndarray,
    stiffness: float,
    columns: Sequence[str] = (),
    taught: Callable[[Asked], bool] = lambda _: True,
) -> list[int]:
    """Return at which place each question finds its answer (0: nowhere), never learned from.

    `columns` are features to leave out; features beside ours come after them and start at 0.
    `taught` says which questions are learned from.
    """
    kept = np.array([name not in columns for name in NAMES], np.float32)
    kept = np.pad(kept, (0, asked[0].case.rows.shape[1] - len(NAMES)), constant_values=1.0)
    first = np.pad(start(), (0, len(kept) - len(NAMES))) * kept
    cases = [_masked(one.case, kept) if columns else one.case for one in asked]
    pairs = list(zip(asked, cases, strict=True))
    found = [0] * len(asked)
    for part in range(FOLDS):
        learned = [case for one, case in pairs if one.fold != part and taught(one)]
        weights = rank.learn(learned, first, stiffness)
        for at, (one, case) in enumerate(pairs):
            if one.fold == part:
                found[at] = place(case, weights, groups)
    return found


def place(case: Case, weights: Floats, groups: np.ndarray) -> int:
    """Return the place of the first right group, 0 where none is among the candidates."""
    home = groups[case.entries]
    right = set(home[case.right].tolist())
    ordered = dict.fromkeys(home[np.argsort(-(case.rows @ weights), kind="stable")].tolist())
    return next((at for at, group in enumerate(ordered, 1) if group in right), 0)


def _masked(case: Case, kept: Floats) -> Case:
    return replace(case, rows=case.rows * kept)


def _noise(text: str, original: str) -> str:
    if text == original:
        return ""
    return "no marks" if text == fold(original) else "typo"
