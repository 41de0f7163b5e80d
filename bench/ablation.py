"""What each part of understanding is worth: `python -m bench.ablation [SHARED]`.

Every row leaves one part out, or puts one in, and learns anew, by cross-validation over procedures.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rapidfuzz.fuzz import token_set_ratio

from bench.crossval import Asked, Bench, place, places_of, start
from bench.matching import emit
from bench.scores import Share, table
from bench.train import STIFFNESS
from knowledge.features import LEVEL, SHAPE
from knowledge.index import Floats
from knowledge.lexicon import Lexicon, standard
from knowledge.patterns import Match, Phrases, Words
from knowledge.query import Query, Reader, Segment
from knowledge.repair import Repair

_SHARED = Path(__file__).parents[2] / "shared"
_HEAD = ("", "top 1", "top 3", "no marks", "one typo", "development", "vague, among four")
_FEATURES = {
    "words of papers and fields": ("bag_covered", "bag_missing", "bag_main"),
    "all sayings of an entry together": ("told_covered", "told_often", "told_pairs", "both_second"),
    "frequency where little is said": ("popular_light", "phrasings_light", "commune_light"),
    "actions and parties": SHAPE,
    "level and frequency": LEVEL,
    "neighbouring words": ("pairs_asked", "pairs_title", "verbatim", "told_pairs"),
    "the cost of the title's other words": (
        *("title_covered", "both_covered", "own_title", "title_squared", "worst_title_missing"),
    ),
    "accents": ("marks_agree",),
}
_TABLES: dict[str, dict[str, object]] = {
    "citizens' phrases for official words": {"official": Phrases({})},
    "phrasings of the lexicon": {"aliases": {}},
    "soft words and facets": {"soft": Phrases({}), "facets": Phrases({})},
}

Row = tuple[object, ...]


class _Unparted(Reader):
    """Reads a message as two wholes, what was said and what was meant, not as parts."""

    def understand(self, words: Words, ignored: Sequence[Match] = ()) -> Query:
        """Understand words."""
        query = super().understand(words, ignored)
        said, meant = query.variants[0], query.variants[-1]
        whole = Segment(tuple(range(len(said.words))), (tuple(filter(None, meant.words)),))
        return replace(query, segments=(whole,))


def main() -> None:
    """Print the table."""
    data = (Path(sys.argv[1]) if len(sys.argv) > 1 else _SHARED) / "data"
    rows = [*_over_features(data), *(_relearned(name, bench, data) for name, bench in _less(data))]
    emit(table("Ablation: cross-validated by procedure", _HEAD, rows))


def _over_features(data: Path) -> Iterator[Row]:
    """Yield the rows that need no other candidates."""
    whole = Bench.over(data, standard())
    asked, groups = whole.all(data), whole.shelf.groups
    yield _row("everything", asked, places_of(asked, groups, STIFFNESS))
    yield _row("weights by hand", asked, [place(one.case, start(), groups) for one in asked])
    for name, columns in _FEATURES.items():
        yield _row(f"without {name}", asked, places_of(asked, groups, STIFFNESS, columns))
    alone = np.arange(len(groups))
    yield _row("without groups", asked, places_of(asked, alone, STIFFNESS))
    plain = places_of(asked, groups, STIFFNESS, taught=lambda one: not one.noise)
    yield _row("without mangled copies in training", asked, plain)
    beside = [_with(one, _ratios(one, whole)) for one in asked]
    yield _row("with RapidFuzz token_set_ratio", beside, places_of(beside, groups, STIFFNESS))


def _less(data: Path) -> Iterator[tuple[str, Bench]]:
    """Yield what lacks a table or a step of reading."""
    for name, tables in _TABLES.items():
        yield f"without {name}", Bench.over(data, _lacking(tables))
    yield "without repair", Bench.over(data, standard(), Repair(()))
    yield "without parts", Bench.over(data, standard(), reads=_Unparted)


def _relearned(name: str, bench: Bench, data: Path) -> Row:
    asked = bench.all(data)
    return _row(name, asked, places_of(asked, bench.shelf.groups, STIFFNESS))


def _lacking(tables: dict[str, object]) -> Lexicon:
    """Return a lexicon that finds these tables built already."""
    lexicon = Lexicon()
    vars(lexicon).update(tables)
    return lexicon


def _ratios(one: Asked, bench: Bench) -> Floats:
    said = " ".join(one.case.query.words.folded)
    texts = (bench.shelf.texts[unit] for unit in one.case.units)
    return np.array([token_set_ratio(said, text) / 100.0 for text in texts], np.float32)


def _with(one: Asked, column: Floats) -> Asked:
    return replace(one, case=replace(one.case, rows=np.column_stack([one.case.rows, column])))


def _row(name: str, asked: Sequence[Asked], found: Sequence[int]) -> Row:
    def within(depth: int, which: Callable[[Asked], bool]) -> Share:
        pairs = zip(asked, found, strict=True)
        return Share.of(0 < at <= depth for one, at in pairs if which(one))

    def clear(noise: str, sets: str = "dev train own") -> Callable[[Asked], bool]:
        names = sets.split()
        return lambda a: a.case.example.clear and a.noise == noise and a.set in names

    vague = within(4, lambda a: not a.case.example.clear and not a.noise)
    plain = clear("")
    noisy = (within(1, clear(noise)) for noise in ("no marks", "typo"))
    return (name, within(1, plain), within(3, plain), *noisy, within(1, clear("", "dev")), vague)


if __name__ == "__main__":
    main()
