"""What is known of citizens' words, as data: spellings, phrases, facets, signals, routes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from knowledge.facets import Frames
from knowledge.patterns import Phrases
from knowledge.text import bare, canonical

HERE = Path(__file__).parent / "data" / "lexicon"


@dataclass(frozen=True)
class Lexicon:
    """The tables of a lexicon folder, compiled; every part is built once and only read."""

    folder: Path = HERE

    @cached_property
    def spelling(self) -> Mapping[str, tuple[str, ...]]:
        """Return word → words for teencode, abbreviations and southern spelling."""
        return {
            canonical(word): tuple(canonical(w) for w in words.split())
            for word, words in rows(self.folder / "spelling.tsv")
        }

    @cached_property
    def classes(self) -> Mapping[str, tuple[str, ...]]:
        """Return class name → members, as patterns use them."""
        return {
            name: tuple(member.strip() for member in members.split("|"))
            for name, members in rows(self.folder / "classes.tsv")
        }

    @cached_property
    def official(self) -> Phrases:
        """Return citizens' phrases → official words (alternatives separated by "|")."""
        return self._phrases("official", self.classes)

    @cached_property
    def facets(self) -> Phrases:
        """Return question phrases → facet."""
        return self._phrases("facets", self.classes)

    @cached_property
    def frames(self) -> Frames:
        """Return askings with other words between."""
        return Frames(rows(self.folder / "frames.tsv"))

    @cached_property
    def soft(self) -> Phrases:
        """Return words of politeness, persons and time that carry no matter."""
        return self._phrases("soft", self.classes)

    @cached_property
    def signals(self) -> Phrases:
        """Return phrases → what kind of message they betray."""
        return self._phrases("signals", self.classes)

    @cached_property
    def routes(self) -> Phrases:
        """Return topic words → agency code."""
        return self._phrases("routes", self.classes)

    @cached_property
    def bodies(self) -> Phrases:
        """Return words that name a body, or the service it answers for → agency code."""
        return self._phrases("bodies", self.classes)

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Return procedure code → citizens' phrasings, beyond those an entry brings."""
        found: dict[str, list[str]] = {}
        for code, phrasing in self._table("aliases"):
            found.setdefault(code, []).extend(p.strip() for p in phrasing.split("|"))
        return {code: tuple(phrasings) for code, phrasings in found.items()}

    @cached_property
    def vocabulary(self) -> set[str]:
        """Return every folded word the tables know."""
        tables = (self.official, self.facets, self.soft, self.signals, self.routes, self.bodies)
        known = {bare(word) for words in self.spelling.values() for word in words}
        return known.union(*(table.vocabulary for table in tables))

    def _phrases(self, table: str, classes: Mapping[str, tuple[str, ...]]) -> Phrases:
        phrases = Phrases(classes)
        for meaning, patterns in self._table(table):
            for pattern in patterns.split(" ; "):
                phrases.add(pattern.strip(), meaning)
        return phrases

    def _table(self, name: str) -> Iterator[tuple[str, str]]:
        single = self.folder / f"{name}.tsv"
        for path in [single] if single.is_file() else sorted((self.folder / name).glob("*.tsv")):
            yield from rows(path)


@cache
def standard() -> Lexicon:
    """Return the lexicon that ships with the project; compiling takes a second, so only once."""
    return Lexicon()


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the two columns of a table; lines starting with "#" are comments."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        left, tab, right = line.partition("\t")
        if not tab or not right.strip():
            raise ValueError(f"{path.name}:{number}: two columns expected")
        yield left.strip(), right.strip()
