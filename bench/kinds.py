"""Learn anew what kind of message words betray: `python -m bench.kinds SHARED`."""

import json
import sys
from collections.abc import Sequence
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
OWN = ROOT / "knowledge" / "training" / "messages.tsv"
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
ALIAS = 0.3  # a phrasing of a procedure beside a message of its own
DEV = 0.6
VAGUE = 0.6  # a word or two at a counter is a question too, not chatter

Labelled = tuple[str, str, float]


def main() -> None:
    """Learn from the messages and write the weights; ranking and judgement stay."""
    data = Path(sys.argv[1]) / "data"
    write(Matcher.build(load(data / "procedures.jsonl.gz"), places()), data)


def write(matcher: Matcher, data: Path) -> None:
    """Write the weights learned with a matcher's view of how procedures fit."""
    views, labels, mass = [], [], []
    for text, kind, weight in copies(messages(data)):
        query, found = matcher.read(text)
        views.append(evidence(query, found))
        labels.append(kind)
        mass.append(weight)
    table = {"version": "1", "weights": intents.learn(views, labels, mass)}
    WRITTEN.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def messages(data: Path) -> list[Labelled]:
    """Return the labelled messages with their weights."""
    train = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()]
    dev = (data / "questions_dev.jsonl").read_text(encoding="utf-8").splitlines()
    own = [line.split("\t") for line in OWN.read_text(encoding="utf-8").splitlines()]
    return [
        *((r["text"], KINDS.get(r["class"], "look_up"), 1.0) for r in train if _plain(r)),
        *((row[1], row[0], 0.8) for row in own if len(row) == 2),
        *((json.loads(line)["text"], "look_up", DEV) for line in dev),
        *((one.text, "look_up", VAGUE) for one in written() if not one.clear),
        *((alias, "look_up", ALIAS) for e in starter.load() if e.code for alias in e.aliases[:8]),
    ]


def copies(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return messages with copies as citizens would mangle them; phrasings stay as they are."""
    found: list[Labelled] = []
    for seed, (text, kind, weight) in enumerate(labelled):
        example = Example(text, frozenset({kind}), clear=True, weight=weight)
        several = mangled([example], seed) if weight > ALIAS else [example]
        found.extend((one.text, kind, one.weight) for one in several)
    return found


def _plain(record: dict[str, str]) -> bool:
    return record["class"] != "khmer_script"


if __name__ == "__main__":
    main()
