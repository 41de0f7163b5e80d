"""What judging sees of a question, beside what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.entries import Entry
from knowledge.judgement import CHOICES, signs
from knowledge.ranking import Ranker
from knowledge.training.rank import Case

SHY = 1.8  # an answer to a vague question costs more than a list to a clear one
_RANKED = 24


@dataclass(frozen=True, slots=True)
class Seen:
    """The signs of one question; `right` and `listed` are what the two models learn."""

    view: Mapping[str, float]
    right: bool
    listed: bool
    mass: float


def seen(cases: Iterable[Case], ranker: Ranker, entries: Sequence[Entry]) -> list[Seen]:
    """Return what judging sees of these questions; those without a candidate teach nothing."""
    found = []
    for case in cases:
        example = case.example
        groups = ranker.groups(ranker.best(case.units, case.rows, _RANKED))
        if not groups:
            continue
        codes = [{entries[c.entry].code for c in group} for group in groups[:CHOICES]]
        view = signs(case.query, groups, ranker.mass(case.query))
        right = bool(codes[0] & example.gold) and example.clear
        listed = any(some & example.gold for some in codes)
        found.append(Seen(view, right, listed, example.weight * (1.0 if example.clear else SHY)))
    return found
