"""`python -m bot.learning.school`: weights learned and tried on the past, in its own process.

The service goes on meanwhile; what comes in and goes out is one JSON document.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge import storage
from knowledge.matcher import Matcher
from knowledge.model import Model
from knowledge.training.nudge import School, between, lesson, nudged
from knowledge.training.past import Comparison, Move, Past, compare

_POLITE = 15
_SHARES = (0.5, 0.25)


def taught(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the learned model and how it compares with the one in use."""
    entries, places, shelf = storage.load(Path(task["index"]))
    in_use = Model.from_json(task["model"])
    before = Matcher(entries, places, shelf, in_use)
    codes = {entry.id: entry.code for entry in entries}
    asked = [Past.from_json(record) for record in task["past"]]
    known = [past for past in asked if any(entry in codes for entry in past.entries)]
    lessons = [
        lesson(past.text, frozenset(codes[e] for e in past.entries if e in codes))
        for past in known
        if past.how != "kept"
    ]
    learned = nudged(in_use, School(entries, shelf, before.reader), lessons)
    model, found = _as_far_as_nothing_is_lost(before, learned, known)
    return {"model": model.as_json(), "lessons": len(lessons), **_told(found)}


def _as_far_as_nothing_is_lost(
    before: Matcher, learned: Model, known: Sequence[Past]
) -> tuple[Model, Comparison]:
    """Go the whole way, else half of it, else a quarter; what is lost is told of the last."""
    model, found = learned, compare(before, before.weighing(learned), known)
    for share in _SHARES:
        if not found.losses:
            break
        model = between(before.model, learned, share)
        found = compare(before, before.weighing(model), known)
    return model, found


def _told(found: Comparison) -> dict[str, Any]:
    return {
        "asked": found.asked,
        "losses": _moves(found.losses),
        "gains": _moves(found.gains),
    }


def _moves(moves: Sequence[Move]) -> list[dict[str, Any]]:
    return [
        {**asdict(move.past), "before": move.before.name, "after": move.after.name, "now": move.now}
        for move in moves
    ]


def main() -> None:
    """Read the task, answer with what was learned."""
    os.nice(_POLITE)
    json.dump(taught(json.load(sys.stdin)), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
