"""Near-identical procedures told apart by one question in plain words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.text import fold, split

_DATA = Path(__file__).parent / "data" / "differences.yaml"
_OR = " hay "
_LONGEST = 110
_SHORTEST = 3
_POLITE = frozenset({"da", "a", "thi", "la", "nha", "nhe", "roi", "u", "vang"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What to ask, and a label of at most 35 characters for each procedure.

    `question` is empty where it would be long to read aloud: then ask about the `matter`.
    """

    question: str
    matter: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; several codes are one procedure at several levels."""

    label: str
    say: str
    codes: frozenset[str]

    @property
    def words(self) -> tuple[str, str]:
        """Return how it may be named in an answer."""
        return (self.say, self.label)


@dataclass(frozen=True, slots=True)
class Family:
    """Procedures that read alike; `ask` holds {} for the options in question."""

    name: str
    ask: str
    options: tuple[Option, ...]

    def options_of(self, codes: Sequence[str]) -> list[Option]:
        """Return the option of each code; none where two share one or one has none."""
        found = [option for code in codes for option in self.options if code in option.codes]
        return found if len(found) == len(codes) == len(set(found)) else []

    def tell_apart(self, codes: Sequence[str]) -> Difference | None:
        """Return the question, if every code stands for an option of its own."""
        found = self.options_of(codes)
        if not found:
            return None
        question = self.ask.format(_joined([option.say for option in found]))
        is_short = len(question) <= _LONGEST
        labels = tuple(option.label for option in found)
        return Difference(question if is_short else "", self.name, labels)


def difference(codes: Sequence[str]) -> Difference | None:
    """Return what tells these procedures apart; None where they are no family.

    The narrowest family asks: "sinh trong nước hay ở nước ngoài" before "lần đầu hay làm lại".
    """
    if len(codes) < 2:
        return None
    asked = (family.tell_apart(codes) for family in _families_of().get(codes[0], ()))
    return next((found for found in asked if found), None)


def unlike(codes: Sequence[str]) -> list[int]:
    """Return the places of codes that are no further level of one before.

    All places, where but one procedure would be left to choose.
    """
    kept: list[int] = []
    for place, code in enumerate(codes):
        if not any(_is_same(code, codes[other]) for other in kept):
            kept.append(place)
    return kept if len(kept) > 1 else list(range(len(codes)))


def _is_same(one: str, other: str) -> bool:
    return any(
        {one, other} <= option.codes
        for family in _families_of().get(one, ())
        for option in family.options
    )


def answered(codes: Sequence[str], text: str) -> int | None:
    """Return which procedure a short answer to the question means: "nước ngoài", "bị mất".

    Marks may be missing; None where the words fit no option, or several.
    """
    said = _plain(text)
    known = _families_of().get(codes[0], ()) if codes else ()
    family = next((each for each in known if each.options_of(codes)), None)
    if family is None or len(said) < _SHORTEST:
        return None
    options = family.options_of(codes)
    exact = [n for n, option in enumerate(options) if said in map(_plain, option.words)]
    within = [n for n, option in enumerate(options) if any(_within(said, w) for w in option.words)]
    found = exact or within
    return found[0] if len(found) == 1 else None


def _within(said: str, words: str) -> bool:
    return f" {said} " in f" {_plain(words)} "


def _plain(text: str) -> str:
    words = [word for word in split(fold(text)) if word not in _POLITE]
    return " ".join(words)


@cache
def families() -> tuple[Family, ...]:
    """Return the shipped families, the narrowest first."""
    rows = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return tuple(sorted(map(_family, rows), key=lambda family: len(family.options)))


@cache
def _families_of() -> Mapping[str, Sequence[Family]]:
    """Return the families that a procedure belongs to, the narrowest first."""
    found: defaultdict[str, list[Family]] = defaultdict(list)
    for family in families():
        for code in frozenset[str]().union(*(option.codes for option in family.options)):
            found[code].append(family)
    return dict(found)


def _family(row: Mapping[str, Any]) -> Family:
    return Family(row["name"], row["ask"], tuple(_options(row["options"])))


def _options(rows: Iterable[Mapping[str, Any]]) -> Iterable[Option]:
    return (Option(**{**row, "codes": frozenset(row["codes"])}) for row in rows)


def _joined(said: Sequence[str]) -> str:
    """Return "a hay b", "a, b hay c"; what has a comma or "hay" of its own is set off."""
    mixed = any("," in part or _OR in part for part in said)
    before = f",{_OR}" if mixed else _OR
    return ", ".join(said[:-1]) + before + said[-1]
