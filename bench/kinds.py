"""Learn anew what kind of message words betray: `python -m bench.kinds SHARED`."""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from bench.matching import load
from bot.directory.communes import places
from knowledge import starter
from knowledge.intent import evidence
from knowledge.matcher import Matcher
from knowledge.training import intents
from knowledge.training.examples import Example, mangled, written

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "knowledge" / "data" / "intents.json"
OWN = ROOT / "knowledge" / "training"
TRAIN = ROOT / "tests" / "questions" / "messages_train.jsonl"
KINDS = {
    "village_feedback": "feedback",
    "angry_with_subject": "feedback",
    "complaint": "complaint",
    "denunciation": "denunciation",
    "own_file": "own_file",
    "scam": "scam",
    "hotline": "hotline",
    "smalltalk": "smalltalk",
    "out_of_scope": "smalltalk",
    "emergency": "emergency",
}
# what is rarely written must not drown in questions, least of all a denunciation
COST = {
    "denunciation": 1.3,
    "complaint": 1.6,
    "feedback": 1.6,
    "own_file": 2.0,
    "scam": 2.0,
    "hotline": 2.0,
    "smalltalk": 2.2,
    "emergency": 1.5,
}
COMPOSED = 0.4  # a sentence put together from parts
WRITTEN_BY_HAND = 0.8
ALIAS = 0.3  # a phrasing of a procedure beside a message of its own
DEV = 0.6
LONG = 0.5  # two messages of one kind in one breath
SMOOTH = 0.5  # the smaller, the less a rare word may say
QUESTION = 1.0  # a word or two at a counter is a question too, not chatter

Labelled = tuple[str, str, float]


def main() -> None:
    """Learn from the messages and write the weights; ranking and judgement stay."""
    data = Path(sys.argv[1]) / "data"
    write(Matcher.build(load(data / "procedures.jsonl.gz"), places()), data)


def write(matcher: Matcher, data: Path) -> None:
    """Write the weights learned with a matcher's view of how procedures fit."""
    views, labels, mass = [], [], []
    told = messages(data)
    for text, kind, weight in copies([*told, *doubled(told)]):
        query, found = matcher.read(text)
        views.append(evidence(query, found))
        labels.append(kind)
        mass.append(weight * COST.get(kind, 1.0))
    table = {"version": "1", "weights": intents.learn(views, labels, mass, SMOOTH)}
    WRITTEN.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def messages(data: Path) -> list[Labelled]:
    """Return the labelled messages with their weights."""
    train = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()]
    dev = (data / "questions_dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        *((r["text"], KINDS.get(r["class"], "look_up"), 1.0) for r in train if _plain(r)),
        *chain.from_iterable(own(path) for path in sorted(OWN.glob("messages*.tsv"))),
        *((json.loads(line)["text"], "look_up", DEV) for line in dev),
        *((one.text, "look_up", QUESTION) for one in written()),
        *((alias, "look_up", ALIAS) for e in starter.load() if e.code for alias in e.aliases[:8]),
    ]


def own(path: Path) -> Iterator[Labelled]:
    """Yield the messages of a file written for training."""
    weight = COMPOSED if "composed" in path.name else WRITTEN_BY_HAND
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, text = line.partition("\t")
        if text:
            yield text, kind, weight


def copies(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return messages with copies as citizens would mangle them; phrasings stay as they are."""
    found: list[Labelled] = []
    for seed, (text, kind, weight) in enumerate(labelled):
        example = Example(text, frozenset({kind}), clear=True, weight=weight)
        several = mangled([example], seed) if weight > ALIAS else [example]
        found.extend((one.text, kind, one.weight) for one in several)
    return found


def doubled(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return messages joined with another of their kind, lest length betray a kind."""
    kinds = defaultdict(list)
    for one in labelled:
        if one[2] > ALIAS:
            kinds[one[1]].append(one)
    dice = random.Random(5)
    found: list[Labelled] = []
    for some in kinds.values():
        dice.shuffle(some)
        pairs = zip(some[::2], some[1::2], strict=False)
        found += [(f"{a}, {b}", kind, LONG * min(v, w)) for (a, kind, v), (b, _, w) in pairs]
    return found


def _plain(record: dict[str, str]) -> bool:
    return record["class"] != "khmer_script"


if __name__ == "__main__":
    main()
