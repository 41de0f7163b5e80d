"""What each part of understanding is worth: `python -m bench.ablation [SHARED]`.

Every row leaves one part out and learns anew, by cross-validation over procedures.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from bench.crossval import Asked, Bench, place, places_of, share, start
from bench.matching import emit
from bench.scores import Share, table
from bench.train import STIFFNESS
from knowledge.features import NAMES
from knowledge.lexicon import Lexicon, standard
from knowledge.patterns import Phrases
from knowledge.repair import Repair

_SHARED = Path(__file__).parents[2] / "shared"
_BAG = tuple(name for name in NAMES if name.startswith("bag_"))
_SHAPE = tuple(name for name in NAMES if name.startswith(("action_", "trait_")))
_LEVEL = ("ministry", "province", "commune", "military", "popular")
_PAIRS = ("pairs_asked", "pairs_title", "verbatim")
_TITLE = ("title_covered", "both_covered", "own_title", "title_squared", "worst_title_missing")
_FEATURES = {
    "without words of papers and fields": _BAG,
    "without actions and parties": _SHAPE,
    "without level and frequency": _LEVEL,
    "without neighbouring words": _PAIRS,
    "without the cost of the title's other words": _TITLE,
    "without accents": ("marks_agree",),
}


class _Wordless(Lexicon):
    """The lexicon without citizens' phrases for official words."""

    @cached_property
    def official(self) -> Phrases:
        """Return no phrases."""
        return Phrases({})


class _Aliasless(Lexicon):
    """The lexicon without phrasings of entries."""

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Return no phrasings."""
        return {}


def main() -> None:
    """Print the table."""
    data = (Path(sys.argv[1]) if len(sys.argv) > 1 else _SHARED) / "data"
    lexicon = standard()
    whole = Bench.over(data, lexicon)
    asked = whole.all(data)
    groups = whole.shelf.groups
    rows = [_row("everything", asked, places_of(asked, groups, STIFFNESS))]
    hand = [place(one.case, start(), groups) for one in asked]
    rows.append(_row("weights by hand", asked, hand))
    for name, columns in _FEATURES.items():
        rows.append(_row(name, asked, places_of(asked, groups, STIFFNESS, columns)))
    others = {
        "without citizens' phrases": Bench.over(data, _Wordless()),
        "without added phrasings": Bench.over(data, _Aliasless()),
        "without repair": Bench.over(data, lexicon, Repair(())),
    }
    for name, bench in others.items():
        again = bench.all(data)
        rows.append(_row(name, again, places_of(again, bench.shelf.groups, STIFFNESS)))
    head = ("", "top 1", "top 3", "no marks", "one typo", "written for training")
    emit(table("Ablation: clear questions, cross-validated by procedure", head, rows))


def _row(name: str, asked: Sequence[Asked], found: Sequence[int]) -> tuple[object, ...]:
    def dev(depth: int, noise: str) -> Share:
        return Share.of(share(asked, found, depth, lambda a: a.set == "dev" and a.noise == noise))

    own = share(asked, found, 1, lambda a: a.set == "own" and not a.noise)
    return (name, dev(1, ""), dev(3, ""), dev(1, "no marks"), dev(1, "typo"), Share.of(own))


if __name__ == "__main__":
    main()
