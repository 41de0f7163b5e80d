"""A rule finds one kind of writing and says how it is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever the pattern finds is read by `reading`; None leaves the stretch as it is."""

    pattern: re.Pattern[str]
    reading: Callable[[Match], str | None]

    def apply(self, text: str) -> str:
        """Return the text with every stretch of this kind read out."""
        return self.pattern.sub(self._read, text)

    def _read(self, match: Match) -> str:
        spoken = self.reading(match)
        if spoken is None:
            return match[0]
        start, end = match.span()
        before, after = match.string[max(start - 1, 0) : start], match.string[end : end + 1]
        parted = spoken[:1] != match[0][:1] and _touch(before, spoken[:1])
        return f"{' ' if parted else ''}{spoken}{' ' if _touch(spoken[-1:], after) else ''}"


def rule(pattern: str, reading: Callable[[Match], str | None], flags: int = 0) -> Rule:
    """Return a rule; the pattern may be written over several lines."""
    return Rule(re.compile(pattern, flags | re.VERBOSE), reading)


@cache
def table(name: str) -> dict[str, str]:
    """Return a table of the data folder: what is written, and how it is read."""
    rows = (_DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    cells = (row.partition("\t") for row in rows if row and not row.startswith("#"))
    return {written: read for written, _, read in cells}


def one_of(words: "dict[str, str] | list[str]") -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _touch(left: str, right: str) -> bool:
    """Whether two words would run into each other."""
    return left.isalnum() and right.isalnum()
