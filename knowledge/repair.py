"""Unknown words repaired: a typo, telex keys left in, two words written as one."""

from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.text import bare, telex

SHORTEST = 3
MAX_REPAIRS = 12


class Repair:
    """Knows the folded words of the trade and how they neighbour; touches only unknown words."""

    def __init__(self, known: Iterable[str], neighbours: Iterable[str] = ()) -> None:
        self._known = frozenset(known)
        self._choices = sorted(word for word in self._known if len(word) >= 2)
        self._neighbours = frozenset(neighbours)

    def words(self, words: Sequence[str]) -> tuple[list[str], frozenset[int]]:
        """Return the words with unknown ones repaired where possible, and where that was."""
        repaired: list[str] = []
        guessed: set[int] = set()
        budget = MAX_REPAIRS
        for at, word in enumerate(words):
            plain = bare(word)
            if budget and len(plain) >= SHORTEST and word.isalpha() and plain not in self._known:
                budget -= 1
                before = bare(repaired[-1]) if repaired else ""
                after = bare(words[at + 1]) if at + 1 < len(words) else ""
                better = self._repaired(plain, before, after)
                guessed.update(range(len(repaired), len(repaired) + len(better)))
                repaired.extend(better or [word])
            else:
                repaired.append(word)
        return repaired, frozenset(guessed)

    def _repaired(self, word: str, before: str, after: str) -> list[str]:
        if telex(word) in self._known:
            return [telex(word)]
        halves = self._halves(word)
        if halves:
            return halves
        near = process.extract(word, self._choices, scorer=OSA.distance, score_cutoff=1, limit=12)
        ranked = sorted((self._worth(w, word, before, after), w) for w, _, _ in near)
        return [ranked[-1][1]] if ranked else []

    def _halves(self, word: str) -> list[str]:
        for cut in range(2, len(word) - 1):
            one, two = word[:cut], word[cut:]
            if f"{one} {two}" in self._neighbours:
                return [one, two]
        return []

    def _worth(self, choice: str, word: str, before: str, after: str) -> tuple[int, int]:
        beside = (f"{before} {choice}" in self._neighbours) + (
            f"{choice} {after}" in self._neighbours
        )
        return (beside, choice[0] == word[0])
