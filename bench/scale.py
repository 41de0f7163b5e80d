"""How matching grows with the base: `python -m bench.scale [SHARED [SIZE…]]`.

Synthetic entries are titles of the base with their second halves exchanged: words as rare and
as long as real ones, none alike.
"""

import gc
import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.matching import emit, load
from bench.scores import quantile, table
from bot.directory.communes import places
from knowledge.entries import Entry
from knowledge.matcher import Matcher
from knowledge.training.examples import from_file

_SHARED = Path(__file__).parents[2] / "shared"
SIZES = (5_000, 50_000, 200_000)


def main() -> None:
    """Print the table."""
    data = (Path(sys.argv[1]) if len(sys.argv) > 1 else _SHARED) / "data"
    sizes = [int(size) for size in sys.argv[2:]] or SIZES
    if not data.is_dir():
        emit(f"## Growth\n\nNot measured: {_SHARED.name} with the questions is absent.")
        return
    entries = load(data / "procedures.jsonl.gz")
    texts = [example.text for example in from_file(data / "questions_dev.jsonl")]
    emit("## Growth of matching\n\nTimes are of the processor, one core.\n")
    head = ("entries", "build s", "p50 ms", "p99 ms", "MB in use")
    emit(table("Entries", head, [_measured(grown(entries, size), texts) for size in sizes]))


def grown(entries: Sequence[Entry], size: int) -> list[Entry]:
    """Return the entries and as many synthetic ones as the size wants."""
    dice = random.Random(7)
    found = list(entries)
    titles = [entry.title.split() for entry in entries if len(entry.title.split()) > 3]
    for number in range(max(0, size - len(entries))):
        one, two = dice.choice(titles), dice.choice(titles)
        title = " ".join((*one[: len(one) // 2], *two[len(two) // 2 :]))
        model = entries[number % len(entries)]
        code = f"x{number}"
        named = replace(model, id=f"procedure:{code}", code=code, title=title, group="")
        found.append(replace(named, aliases=(), short_label=""))
    return found


def _measured(entries: Sequence[Entry], texts: Sequence[str]) -> tuple[object, ...]:
    began = time.process_time()
    matcher = Matcher.build(entries, places())
    built = time.process_time() - began
    gc.collect()
    times = []
    for text in (*texts[:20], *texts):
        began = time.process_time()
        matcher.decide(text)
        times.append((time.process_time() - began) * 1000)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    p50, p99 = quantile(times[20:], 0.5), quantile(times[20:], 0.99)
    return (len(entries), f"{built:.1f}", f"{p50:.1f}", f"{p99:.1f}", f"{memory:.0f}")


if __name__ == "__main__":
    main()
