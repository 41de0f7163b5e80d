"""Entries cut into short texts to compare with: one for the title, one for each phrasing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.entries import Entry
from knowledge.text import fold, respell, split

LONGEST = 48
HEAD = 8  # the words that name a procedure; what follows mostly delimits it
DECAY = 0.92
FLOOR = 0.2

_ASIDE = re.compile(r"[(\[“\"].*?[)\]”\"]")
_VARIANT = re.compile(
    r"\((?:thuc hien tai |o |tai )?(?:cap|tai cap|muc|bqp)[^()]*\)"
    r"|\b(?:thu tuc|giai quyet|thuc hien)\b|[“”\"'.,;:–-]"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One text of an entry; a word in brackets or far behind weighs less."""

    entry: int
    words: tuple[str, ...]
    weights: tuple[float, ...]
    is_title: bool


def units_of(
    entries: Sequence[Entry],
    aliases: Mapping[str, Sequence[str]],
    spelling: Mapping[str, tuple[str, ...]],
) -> list[Unit]:
    """Cut every entry into its title and its phrasings (its own and those of the lexicon)."""
    units = []
    for number, entry in enumerate(entries):
        units.append(_title(number, entry.title, spelling))
        phrasings = dict.fromkeys((*entry.aliases, entry.short_label, *aliases.get(entry.code, ())))
        for phrasing in filter(None, phrasings):
            words = respell(split(phrasing), spelling)[:LONGEST]
            if words:
                units.append(Unit(number, tuple(words), (1.0,) * len(words), is_title=False))
    return units


def groups_of(entries: Sequence[Entry]) -> list[str]:
    """Return for each entry the name under which variants of one procedure are one answer.

    Entries of one title are one, whichever of them names a group.
    """
    titles = [_plain(entry.title) for entry in entries]
    # a group that only repeats the title, as imports bring it, says no more than the title
    own = [
        entry.group if _plain(entry.group) != title else ""
        for title, entry in zip(titles, entries, strict=True)
    ]
    named = {title: group for title, group in zip(titles, own, strict=True) if group and title}
    return [
        group or named.get(title, title) or entry.id
        for title, group, entry in zip(titles, own, entries, strict=True)
    ]


def _plain(title: str) -> str:
    return " ".join(split(_VARIANT.sub(" ", fold(title))))


def _title(number: int, title: str, spelling: Mapping[str, tuple[str, ...]]) -> Unit:
    words: list[str] = []
    weights: list[float] = []
    end = 0
    for aside in [*_ASIDE.finditer(title), None]:
        _append(
            words,
            weights,
            respell(split(title[end : aside.start() if aside else None]), spelling),
            1.0,
        )
        if aside:
            _append(words, weights, respell(split(aside.group()), spelling), 0.35)
            end = aside.end()
    return Unit(number, tuple(words[:LONGEST]), tuple(weights[:LONGEST]), is_title=True)


def _append(words: list[str], weights: list[float], more: Sequence[str], weight: float) -> None:
    for word in more:
        words.append(word)
        weights.append(weight * max(FLOOR, DECAY ** max(0, len(words) - HEAD)))
