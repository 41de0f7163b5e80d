"""The name of what a decision was made with: index, words and weights, told apart."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.entries import Entry

_DATA = Path(__file__).parent / "data"
_BYTES = 4


@dataclass(frozen=True, slots=True)
class Version:
    """Names of the three things a decision depends on; any may be "" when it is not known."""

    index: str = ""  # the entries with their phrasings
    lexicon: str = ""  # the shipped words and the weights that are not learned in service
    model: str = ""  # the weights of ranking and judgement

    def __str__(self) -> str:
        return f"k{self.index}-l{self.lexicon}-m{self.model}"

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read a stored version; what was written in another shape is unknown.

        >>> Version.parse("k12ab-l34cd-m56ef")
        Version(index='12ab', lexicon='34cd', model='56ef')
        """
        parts = {part[:1]: part[1:] for part in text.split("-") if part}
        return cls(parts.get("k", ""), parts.get("l", ""), parts.get("m", ""))


def of_entries(entries: Sequence[Entry]) -> str:
    """Return a name for what the index is built from, whatever their order."""
    lines = (f"{entry.id}|{entry.title}|{'|'.join(entry.aliases)}\n" for entry in entries)
    return _name(line.encode() for line in sorted(lines))


@cache
def of_lexicon() -> str:
    """Return a name for the shipped words and for what tells kinds of message apart."""
    files = sorted([_DATA / "intents.json", *(_DATA / "lexicon").rglob("*.tsv")])
    return _name(path.read_bytes() for path in files)


def _name(parts: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
