"""Questions with known answers, and copies of them as citizens would mangle them."""

import json
import random
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from knowledge import starter
from knowledge.entries import EntryKind
from knowledge.labels import shipped
from knowledge.text import fold

HERE = Path(__file__).parent
MESSAGES = HERE / "messages.tsv"
NOBODY = frozenset({"-"})
KEYS = "qwertyuiopasdfghjklzxcvbnm"
WAYS = (
    "{}",
    "{} cần giấy gì",
    "muốn {} thì làm sao",
    "{} ở đâu vậy",
    "thủ tục {}",
    "cho em hỏi {}",
    "{} mất bao lâu",
    "giờ tui muốn {}",
)

_ASIDE = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the codes that answer it, and whether one of them should be shown alone."""

    text: str
    gold: frozenset[str]
    clear: bool
    weight: float = 1.0

    @property
    def procedure(self) -> str:
        """Return the name under which cross-validation keeps copies together."""
        return min(self.gold)


def from_file(path: Path) -> Iterator[Example]:
    """Yield the questions of a labelled file that have a right answer."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        gold = frozenset(record.get("gold") or ())
        if gold:
            kind = record.get("class") or record["kind"]
            clear = kind not in {"clarify", "procedure_vague", "multi", "two_matters"}
            yield Example(record["text"], gold, clear)


def written() -> list[Example]:
    """Return the questions written for training that ship with the project, and short ones."""
    told = [one for path in sorted(HERE.glob("questions*.tsv")) for one in from_table(path)]
    return [*told, *short()]


def short() -> list[Example]:
    """Return questions of little more than a procedure's plain name, so that short is not vague.

    A name that more than two procedures bear, or one word, is left out: that would be vague.
    """
    known = [e for e in starter.load() if e.kind is EntryKind.PROCEDURE and e.short_label]
    codes: dict[str, set[str]] = {}
    for code, label in sorted({**shipped(), **{e.code: e.short_label for e in known}}.items()):
        plain = _ASIDE.sub("", label).replace(":", "").strip().lower()
        codes.setdefault(plain, set()).add(code)
    names = [name for name in codes if len(codes[name]) <= 2 and " " in name]
    return [
        Example(way.format(name), frozenset(codes[name]), clear=True, weight=0.5)
        for name, way in zip(names, cycle(WAYS), strict=False)
    ]


def from_table(path: Path) -> Iterator[Example]:
    """Yield questions written for training: codes, "clear" or "vague", text."""
    for line in path.read_text(encoding="utf-8").splitlines():
        codes, how, text = line.split("\t")
        yield Example(text, frozenset(codes.split(",")), how == "clear", 0.7)


def strangers(kinds: Container[str], most: int) -> list[Example]:
    """Return messages of these kinds, which no entry answers, evenly from all that are shipped."""
    lines = MESSAGES.read_text(encoding="utf-8").splitlines()
    told = [line.split("\t", 1) for line in lines if not line.startswith("#")]
    texts = [parts[1] for parts in told if len(parts) > 1 and parts[0] in kinds]
    step = max(len(texts) // most, 1)
    return [Example(text, NOBODY, clear=False, weight=0.5) for text in texts[::step]]


def copies(examples: Sequence[Example]) -> list[Example]:
    """Return the examples with their mangled copies, each mangled in its own way."""
    return [copy for seed, one in enumerate(examples) for copy in mangled([one], seed)]


def mangled(examples: Sequence[Example], seed: int = 7) -> list[Example]:
    """Return the examples with copies: without marks, and with one typo."""
    dice = random.Random(seed)  # noqa: S311 - reproducible copies, nothing secret
    copies = []
    for example in examples:
        plain = fold(example.text)
        if plain != example.text.lower():
            copies.append(replace(example, text=plain))  # the way most citizens type
        copies.append(replace(example, text=_typo(example.text, dice), weight=0.5 * example.weight))
    return [*examples, *copies]


def _typo(text: str, dice: random.Random) -> str:
    spots = [i for i, c in enumerate(text[:-1]) if c.isalpha() and text[i + 1].isalpha()]
    if not spots:
        return text
    at = dice.choice(spots)
    kind = dice.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    return text[:at] + dice.choice(KEYS) + text[at + 1 :]
