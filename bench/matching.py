"""How well and how fast questions are understood; `python -m bench.matching SHARED` prints tables.

SHARED is the folder that holds `data/procedures.jsonl.gz` and `data/questions_dev.jsonl`.
"""

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.scores import Share, quantile, table
from bot.directory.communes import places
from knowledge import starter
from knowledge.decisions import Decision, DecisionKind
from knowledge.entries import Entry
from knowledge.importers import procedures
from knowledge.layers import merged
from knowledge.matcher import Matcher
from knowledge.units import groups_of

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "tests" / "questions"
SETS = {
    "train": ("messages_train.jsonl",),
    "judge": ("messages_judge.jsonl",),
    "fresh": ("clear_fresh.jsonl", "other_fresh.jsonl"),
    "unseen": ("unseen.jsonl",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question and what came of it."""

    text: str
    label: str
    noise: str
    record: dict[str, object]
    decision: Decision
    ms: float

    @property
    def gold(self) -> set[str]:
        """Return the codes that are right."""
        gold = self.record.get("gold") or []
        return set(gold) if isinstance(gold, list) else set()

    def accepts(self, field: str, value: object) -> bool:
        """Tell whether a value is among those a label accepts; null accepts anything."""
        wanted = self.record.get(field)
        also = self.record.get(f"{field}_also") or []
        several = wanted if isinstance(wanted, list) else [wanted]
        return wanted is None or value in several or (isinstance(also, list) and value in also)


_SHARED = Path(__file__).parents[2] / "shared"


def main() -> None:
    """Print every table; says so where the reference questions are absent."""
    data = _SHARED / "data"
    if not data.is_dir():
        print(f"## Matching\n\nNot measured: {_SHARED.name} with the questions is absent.")
        return
    entries = load(data / "procedures.jsonl.gz")
    before, began = _memory(), time.perf_counter()
    matcher = Matcher.build(entries, places())
    built, grown = time.perf_counter() - began, _memory() - before
    groups = dict(zip((e.code for e in entries), groups_of(entries), strict=True))
    dev = list(ask(matcher, data / "questions_dev.jsonl", _dev_label))
    emit(accuracy("Development questions, by set and kind", dev, groups, lambda a: a.label))
    emit(accuracy("Development questions, by noise", dev, groups, lambda a: a.noise))
    for name in ("messages_train", "messages_judge", "other_fresh", "unseen"):
        asked = list(ask(matcher, MESSAGES / f"{name}.jsonl", _class))
        emit(accuracy(f"{name}, by class", asked, groups, lambda a: a.label))
        emit(manners(f"{name}, decisions", asked))
    emit(speed(dev, len(entries), built, grown))


def emit(text: str) -> None:
    """Print a table."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def load(path: Path) -> list[Entry]:
    """Return the starter over the national base."""
    rows = procedures.read(path.read_bytes(), path.name)
    return merged(starter.load(), (row for row in rows if isinstance(row, Entry)))


def ask(matcher: Matcher, path: Path, label: Callable[[dict[str, object]], str]) -> Iterator[Asked]:
    """Put every question of a file to the matcher."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        began = time.perf_counter()
        decision = matcher.decide(record["text"])
        ms = (time.perf_counter() - began) * 1000
        yield Asked(record["text"], label(record), record["noise"], record, decision, ms)


def accuracy(
    title: str, asked: Sequence[Asked], groups: dict[str, str], by: Callable[[Asked], str]
) -> str:
    """Return the table of right codes and of answers given."""
    parts: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.gold:
            parts[by(one)].append(one)
    rows = []
    for name, some in sorted(parts.items()):
        answered = [a for a in some if a.decision.kind is DecisionKind.ANSWER]
        rows.append(
            (
                name,
                len(some),
                Share.of(met(a.decision.codes, a.gold, groups, 1) for a in some),
                Share.of(met(a.decision.codes, a.gold, groups, 3) for a in some),
                Share.of(met(a.decision.codes, a.gold, groups, 4) for a in some),
                Share(len(answered), len(some)),
                Share.of(met(a.decision.codes, a.gold, groups, 1) for a in answered),
                Share.of(_listed(a, groups) for a in some),
            )
        )
    head = ("", "n", "top 1", "top 3", "top 4", "answered alone", "right when answered", "listed")
    return table(title, head, rows)


def manners(title: str, asked: Sequence[Asked]) -> str:
    """Return the table of decisions, kinds, facets and agencies."""
    parts: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        parts[one.label].append(one)
    rows = []
    for name, some in sorted(parts.items()):
        faceted = [a for a in some if a.record.get("facet")]
        routed = [a for a in some if a.record.get("agency")]
        rows.append(
            (
                name,
                len(some),
                Share.of(a.accepts("decision", a.decision.kind.value) for a in some),
                Share.of(a.accepts("kind", a.decision.matter.value) for a in some),
                Share.of(a.decision.kind is DecisionKind.ANSWER for a in some),
                Share.of(a.accepts("facet", a.decision.facet) for a in faceted),
                Share.of(a.accepts("agency", a.decision.agency) for a in routed),
            )
        )
    head = ("", "n", "decision", "kind", "a procedure alone", "facet", "agency")
    return table(title, head, rows)


def met(codes: Sequence[str], gold: set[str], groups: dict[str, str], depth: int) -> bool:
    """Tell whether a right code, or a variant of one, is among the first answer groups."""
    right = {groups.get(code, code) for code in gold}
    seen = dict.fromkeys(groups.get(code, code) for code in codes)
    return bool(right & set(list(seen)[:depth]))


def _listed(one: Asked, groups: dict[str, str]) -> bool:
    """Tell whether a right code is among the choices that are put to the citizen."""
    is_list = one.decision.kind is DecisionKind.CHOICES
    return is_list and met(one.decision.codes, one.gold, groups, one.decision.offered)


def speed(asked: Sequence[Asked], entries: int, built: float, grown: float) -> str:
    """Return latency, build time and memory."""
    times = [one.ms for one in asked]
    row = (
        entries,
        f"{quantile(times, 0.5):.2f}",
        f"{quantile(times, 0.99):.2f}",
        f"{built:.2f}",
        f"{grown:.0f}",
    )
    return table("Speed, one core", ("entries", "p50 ms", "p99 ms", "build s", "MB grown"), [row])


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _dev_label(record: dict[str, object]) -> str:
    return f"{record['set']} / {record['kind']}"


def _class(record: dict[str, object]) -> str:
    return str(record["class"])


if __name__ == "__main__":
    main()
