"""Which side of a matter a message asks for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.entries import Facet
from knowledge.patterns import Match, Words
from knowledge.text import bare, canonical

#: asked beside these a side is what is meant: "nộp online ở đâu"
_LEADING = (
    (Facet.LEGAL_BASIS, frozenset(Facet)),
    (Facet.ONLINE, frozenset({Facet.PLACE})),
)
#: words that only look like an asking: "mấy năm nay"
_NOTHING = "-"
#: stands for a word with marks of another: "máy" where "mấy" would ask
_OTHER = "·"
#: how firmly is asked, the firmest first; those of the first two compare as equals
_TIERS = ("", "!", "~", ".", "?")
_EQUAL = 2
#: words that join two askings in one breath: the first is meant
_JOINTS = frozenset({"va", "roi", "voi", "con"})
_BREATH = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """Words that ask for a side, by their places.

    How firmly they ask is the end of their meaning: nothing, "!" (yes or no, asked in so many
    words), "~" (yes or no), "." (a side named in passing) or "?" (only how).
    """

    start: int
    end: int
    meaning: str

    @property
    def facet(self) -> Facet:
        """Return the side."""
        return Facet(self.meaning.rstrip("!~.?"))

    @property
    def tier(self) -> str:
        """Return how firmly the side is asked."""
        return self.meaning[-1] if self.meaning[-1] in _TIERS else ""


class Frames:
    """Askings with other words between ("có phải … không"), as patterns over folded words.

    Rows `$name` are parts of others; the row `marks` holds words that ask with no marks but their
    own ("mấy", no "máy"), the row `own` those that without any are words of their own ("gia đình").
    """

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        table = list(rows)
        parts = {name[1:]: pattern for name, pattern in table if name.startswith("$")}
        marked = [word for name, words in table if name == "marks" for word in words.split()]
        self._marks: dict[str, tuple[str, ...]] = {}
        for word in map(canonical, marked):
            self._marks[bare(word)] = (*self._marks.get(bare(word), ()), word)
        self._own = frozenset(
            word for name, words in table if name == "own" for word in words.split()
        )
        self._forms = [
            (name, re.compile(rf"(?<!\S)(?:{_filled(pattern, parts)})(?!\S)"))
            for name, pattern in table
            if name not in ("marks", "own") and not name.startswith("$")
        ]

    def find(self, words: Words) -> Iterator[Asking]:
        """Yield every frame found."""
        said = [self._heard(words, at) for at in range(len(words.folded))]
        text = " ".join(said)
        for name, form in self._forms:
            for found in form.finditer(text):
                start = text.count(" ", 0, found.start())
                yield Asking(start, start + found.group().count(" ") + 1, name)

    def _heard(self, words: Words, at: int) -> str:
        typed, word = words.accented[at], words.folded[at]
        marks = self._marks.get(word)
        if marks is None or (typed == word and word not in self._own):
            return word
        return word if any(words.agrees(at, (mark,)) for mark in marks) else _OTHER


def asked(words: Words, found: Sequence[Asking]) -> Facet | None:
    """Return the side asked most firmly: the last, or the first of those joined by "và".

    What comes before mostly tells how it came about.
    """
    apart = [asking for asking in _apart(found) if asking.meaning != _NOTHING]
    for tiers in (_TIERS[:_EQUAL], *_TIERS[_EQUAL:]):
        askings = [asking for asking in apart if asking.tier in tiers]
        if askings:
            meant = _first_joined(words, askings).facet
            sides = {asking.facet for asking in askings}
            return next((lead for lead, over in _LEADING if lead in sides and meant in over), meant)
    return None


def _first_joined(words: Words, askings: Sequence[Asking]) -> Asking:
    meant = askings[-1]
    for before in reversed(askings[:-1]):
        between = words.folded[before.end : meant.start]
        if len(between) > _BREATH or _JOINTS.isdisjoint(between):
            break
        meant = before
    return meant


def phrased(phrases: Sequence[Match], matter: Sequence[Match]) -> list[Asking]:
    """Return askings word for word; one inside the name of a matter asks nothing."""
    names = [set(match.places) for match in matter]
    return [
        Asking(m.places[0], m.places[-1] + 1, m.meaning)
        for m in phrases
        if not any(name.issuperset(m.places) for name in names)
    ]


def _apart(found: Sequence[Asking]) -> list[Asking]:
    """Return askings without overlap in the order of the text; the firmer and longer stay."""
    kept: list[Asking] = []
    for asking in sorted(found, key=_rank):
        if all(asking.end <= other.start or other.end <= asking.start for other in kept):
            kept.append(asking)
    return sorted(kept, key=lambda a: a.start)


def _rank(asking: Asking) -> tuple[int, int]:
    firmness = -1 if asking.meaning == _NOTHING else _TIERS.index(asking.tier)
    return firmness, asking.start - asking.end


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z]\w*)\}", lambda m: f"(?:{_filled(parts[m[1]], parts)})", pattern)
