"""Our matcher beside other ways, same questions and titles, one core: `python -m bench.rivals`.

Prints tables and draws docs/matching.png. The rivals see folded titles and folded questions,
since most people type without marks. "titles alone" is our matcher without the phrasings,
papers and summaries that our entries carry: what is left is code and lexicon.
"""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.matching import MESSAGES, ROOT, emit, load, met
from bench.scores import Share, quantile, table
from bench.searchers import RIVALS, Search, okapi
from bot.directory.communes import places
from knowledge.entries import Entry, EntryKind
from knowledge.lexicon import standard
from knowledge.matcher import Matcher
from knowledge.text import fold, split
from knowledge.units import groups_of, units_of

_SHARED = Path(__file__).parents[2] / "shared"
_PLOT = ROOT / "docs" / "matching.png"
_SEEN, _UNSEEN = "development", "unseen"
_HEAD = ("", "n", "top 1", "top 3", "p50 ms", "p99 ms", "build s")
_WARM = 5
_BARE = "ours, titles alone"


@dataclass(frozen=True, slots=True)
class Question:
    """A clear question and the codes that are right."""

    text: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find a title, ready to be asked."""

    name: str
    search: Search
    built: float
    at_most: int | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether it is our matcher."""
        return self.name.startswith("ours")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one way made of one set."""

    way: Way
    top1: Share
    top3: Share
    ms: Sequence[float]

    @property
    def row(self) -> tuple[object, ...]:
        """Return the row of the table."""
        times = f"{quantile(self.ms, 0.5):.1f}", f"{quantile(self.ms, 0.99):.1f}"
        return (
            self.way.name,
            self.top1.total,
            self.top1,
            self.top3,
            *times,
            f"{self.way.built:.1f}",
        )


def main() -> None:
    """Print the tables and draw the plot; says so where the reference questions are absent."""
    data = _SHARED / "data"
    if not data.is_dir():
        emit(f"## Matching beside others\n\nNot measured: {_SHARED.name} is absent.")
        return
    entries = [e for e in load(data / "procedures.jsonl.gz") if e.kind is EntryKind.PROCEDURE]
    groups = dict(zip((e.code for e in entries), groups_of(entries), strict=True))
    sets = {
        _SEEN: questions(data / "questions_dev.jsonl", "kind", "answer"),
        _UNSEEN: questions(MESSAGES / "clear_fresh.jsonl", "class", "procedure_clear"),
    }
    titles = [entry.title for entry in entries]
    ways = [*ours(entries), informed(entries), *others(titles)]
    codes = [entry.code for entry in entries]
    marks = {name: [asked(way, some, codes, groups) for way in ways] for name, some in sets.items()}
    emit(f"## Matching beside others\n\n{_note(len(entries), ways)}\n\n![]({_PLOT.name})\n")
    for name, found in marks.items():
        emit(table(f"Clear questions, {name}", _HEAD, [mark.row for mark in found]))
    draw(marks, _PLOT)


def questions(path: Path, field: str, value: str) -> list[Question]:
    """Return the clear questions of a file that have a right code."""
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Question(record["text"], frozenset(record["gold"]))
        for record in records
        if record[field] == value and record["gold"]
    ]


def ours(entries: Sequence[Entry]) -> list[Way]:
    """Build our matcher over all that is known, and over bare titles."""
    bare = [replace(e, aliases=(), summary="", short_label="", facts={}, body="") for e in entries]
    return [_ours("ours", entries), _ours(_BARE, bare)]


def _ours(name: str, entries: Sequence[Entry]) -> Way:
    began = time.process_time()
    matcher = Matcher.build(entries, places())
    built = time.process_time() - began
    at = {entry.code: number for number, entry in enumerate(entries)}

    def search(text: str) -> list[int]:
        return [at[code] for code in matcher.decide(text).codes]

    return Way(name, search, built)


def others(titles: Sequence[str]) -> list[Way]:
    """Build every rival; its words are cut as ours are, so that punctuation costs nobody."""
    plain = [_plain(title) for title in titles]
    ways = []
    for name, build, at_most in RIVALS:
        began = time.process_time()
        search = build(plain)
        built = time.process_time() - began
        ways.append(Way(name, _folding(search), built, at_most))
    return ways


def informed(entries: Sequence[Entry]) -> Way:
    """Build bm25s over our phrasings too: how far the data alone would carry another way."""
    began = time.process_time()
    units = units_of(entries, standard().aliases, standard().spelling)
    search = okapi([fold(" ".join(unit.words)) for unit in units])
    built = time.process_time() - began

    def entry_of(text: str) -> list[int]:
        return list(dict.fromkeys(units[at].entry for at in search(text)))

    return Way("bm25s, our phrasings too", _folding(entry_of), built)


def _folding(search: Search) -> Search:
    return lambda text: search(_plain(text))


def _plain(text: str) -> str:
    return " ".join(split(fold(text)))


def asked(way: Way, some: Sequence[Question], codes: Sequence[str], groups: dict[str, str]) -> Mark:
    """Put a set of questions to a way; a slow one is asked a sample."""
    few = way.at_most is not None and way.at_most < len(some)
    put = random.Random(4).sample(list(some), way.at_most or 0) if few else some
    for question in put[:_WARM]:
        way.search(question.text)
    found, ms = [], []
    for question in put:
        began = time.process_time()
        best = way.search(question.text)
        ms.append((time.process_time() - began) * 1000)
        found.append(([codes[at] for at in best], set(question.gold)))
    top1, top3 = (Share.of(met(f, gold, groups, n) for f, gold in found) for n in (1, 3))
    return Mark(way, top1, top3, ms)


def _note(titles: int, ways: Sequence[Way]) -> str:
    slow = ", ".join(f"{way.name} (a sample of {way.at_most})" for way in ways if way.at_most)
    return (
        f"One run over {titles:,} titles; times are of the processor, one core; top 1 and top 3 by "
        f"answer group, with Wilson's 95% interval. Slow ones are asked a part: {slow}. "
        "Development questions were used for learning; unseen ones are clear_fresh.jsonl. "
        "The rivals get titles and questions folded and cut as ours; “titles alone” is our matcher "
        "without the phrasings, summaries and papers of the entries, its lexicon kept."
    )


def draw(marks: dict[str, list[Mark]], path: Path) -> None:
    """Draw accuracy against latency."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for name, found in marks.items():
        for number, mark in enumerate(each for each in found if each.way.name != _BARE):
            _dot(axes, mark, is_hollow=name == _SEEN, below=bool(number % 2))
    axes.set(xscale="log", xlim=(0.1, 200), ylim=(0, 1))
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.set_xlabel("median ms a question, one core, log scale")
    axes.set(ylabel="right at the first place", title="Understanding clear questions")
    axes.grid(visible=True, which="both", alpha=0.15)
    axes.text(
        0.01, 0.02, "filled: unseen; hollow: development; bars: 95%", transform=axes.transAxes
    )
    figure.savefig(path, dpi=120, metadata={"Software": None})


def _dot(axes: Axes, mark: Mark, *, is_hollow: bool, below: bool) -> None:
    x, y = quantile(mark.ms, 0.5), mark.top1.hits / mark.top1.total
    low, high = mark.top1.interval
    colour = "tab:red" if mark.way.is_ours else "tab:blue"
    face = "white" if is_hollow else colour
    bars = [[y - low], [high - y]]
    axes.errorbar(x, y, yerr=bars, fmt="o", color=colour, markerfacecolor=face, capsize=2)
    if not is_hollow:
        at = -12 if below else 6
        axes.annotate(mark.way.name, (x, y), xytext=(6, at), textcoords="offset points", fontsize=8)


if __name__ == "__main__":
    main()
