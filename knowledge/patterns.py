"""Phrases written as patterns and found in a stream of words, longest first."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from math import prod

from knowledge.text import bare, canonical

MAX_READINGS = 20_000

#: canonical words that stand together
Piece = tuple[str, ...]

_PART = re.compile(r"\{(\w+)\}|\[([^\[\]]+)\]|\(([^()]+)\)|(\S+)")


@dataclass(frozen=True, slots=True)
class Words:
    """A stream of words with and without marks; `marked` tells whether the writer types marks.

    `guessed` are the places of repaired words, whose marks are not known.
    """

    accented: tuple[str, ...]
    folded: tuple[str, ...]
    marked: bool
    guessed: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        guessed: frozenset[int] = frozenset(),
        *,
        marked: bool | None = None,
    ) -> "Words":
        """Build the stream; `marked` is given where the words are not as they were typed."""
        folded = tuple(bare(word) for word in words)
        return cls(tuple(words), folded, marks_typed(words) if marked is None else marked, guessed)

    def pick(self, places: Sequence[int]) -> "Words":
        """Return the stream of the words at these places."""
        return Words(
            tuple(self.accented[i] for i in places),
            tuple(self.folded[i] for i in places),
            self.marked,
            frozenset(new for new, old in enumerate(places) if old in self.guessed),
        )

    def agrees(self, at: int, accented: Sequence[str]) -> bool:
        """Tell whether the words from `at` on are these, marks included where they were typed."""
        for offset, word in enumerate(accented):
            spot = at + offset
            typed = self.accented[spot]
            free = typed == self.folded[spot] and (not self.marked or spot in self.guessed)
            if typed != word and not free:
                return False
        return True


def marks_typed(words: Sequence[str]) -> bool:
    """Tell whether a writer types marks: a good part of the words carries some."""
    letters = [word for word in words if word.isalpha()]
    marks = sum(word != bare(word) for word in letters)
    return marks > 0 and marks >= 0.4 * len(letters)


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: the places of its words in the stream, and what it means."""

    places: tuple[int, ...]
    meaning: str


@dataclass(slots=True)
class _Node:
    after: dict[str, "_Node"] = field(default_factory=dict)
    ends: list[tuple[Piece, str]] = field(default_factory=list)

    def step(self, word: str) -> "_Node":
        """Return the node after a word, growing it where there is none."""
        found = self.after.get(word)
        if found is None:
            found = self.after[word] = _Node()
        return found


class Phrases:
    """Patterns compiled into a tree of folded words.

    A pattern is words with `{class}`, `[optional words]` and `(one|or other)`.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._classes = classes
        self._root = _Node()
        self.vocabulary: set[str] = set()

    def add(self, pattern: str, meaning: str) -> None:
        """Add every reading of a pattern with what it means."""
        parts = _parts(pattern, self._classes)
        self.vocabulary.update(bare(word) for part in parts for words in part for word in words)
        self._grow(self._root, (), parts, meaning)

    def _grow(
        self, node: _Node, said: Piece, parts: Sequence[Sequence[Piece]], meaning: str
    ) -> None:
        """Add what follows the words said so far; readings walk their common beginning once."""
        if not parts:
            if said:
                node.ends.append((said, meaning))
            return
        for words in parts[0]:
            at = node
            for word in words:
                at = at.step(bare(word))
            self._grow(at, said + words, parts[1:], meaning)

    def longest_at(self, stream: Words, start: int) -> tuple[int, list[str]]:
        """Return length and meanings of the longest phrase at a place (0 where none is)."""
        node = self._root
        found, meanings = 0, list[str]()
        for length, word in enumerate(stream.folded[start:], 1):
            after = node.after.get(word)
            if after is None:
                break
            node = after
            if node.ends:
                fits = [m for words, m in node.ends if stream.agrees(start, words)]
                found, meanings = (length, fits) if fits else (found, meanings)
        return found, meanings

    def _starts(self, stream: Words) -> list[int]:
        first = self._root.after
        return [at for at, word in enumerate(stream.folded) if word in first]

    def find(self, stream: Words) -> list[Match]:
        """Return phrases without overlap, the longest first come, in the order of the text."""
        spans = [(self.longest_at(stream, at), at) for at in self._starts(stream)]
        spans = [span for span in spans if span[0][0]]
        taken: set[int] = set()
        found: list[Match] = []
        for (length, meanings), at in sorted(spans, key=lambda span: (-span[0][0], span[1])):
            places = tuple(range(at, at + length))
            if taken.isdisjoint(places):
                taken.update(places)
                found.extend(Match(places, meaning) for meaning in meanings)
        return sorted(found, key=lambda match: match.places[0])

    def find_all(self, stream: Words) -> list[Match]:
        """Return the longest phrase at every place, overlapping ones too."""
        found: list[Match] = []
        for at in self._starts(stream):
            length, meanings = self.longest_at(stream, at)
            found.extend(Match(tuple(range(at, at + length)), m) for m in meanings)
        return found


def readings(pattern: str, classes: Mapping[str, Sequence[str]]) -> Iterator[Piece]:
    """Yield each way to read a pattern as canonical words."""
    for reading in product(*_parts(pattern, classes)):
        words = tuple(chain.from_iterable(reading))
        if words:
            yield words


def _parts(pattern: str, classes: Mapping[str, Sequence[str]]) -> list[list[Piece]]:
    """Return the choices at each place of a pattern."""
    parts = [_choices(found, classes) for found in _PART.finditer(pattern)]
    total = prod(map(len, parts))
    if total > MAX_READINGS:
        raise ValueError(f"pattern has {total} readings: {pattern}")
    return parts


def _choices(part: re.Match[str], classes: Mapping[str, Sequence[str]]) -> list[Piece]:
    name, optional, either, word = part.groups()
    if name is not None:
        return [_piece(member) for member in classes[name]]
    if optional is not None:
        return [(), *_expanded(optional.split("|"), classes)]
    if either is not None:
        return list(_expanded(either.split("|"), classes))
    return [_piece(word)]


def _expanded(choices: Iterable[str], classes: Mapping[str, Sequence[str]]) -> Iterator[Piece]:
    for choice in choices:
        yield from readings(choice, classes)


def _piece(text: str) -> Piece:
    return tuple(canonical(word) for word in text.lower().split())
