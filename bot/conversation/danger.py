"""Danger, told in the words of whoever is in it; patterns in `danger.yaml`. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.words import plain
from knowledge.text import clean

_FILE = Path(__file__).parent / "danger.yaml"
_WORD = re.compile(r"[^\W\d_]+")
#: how sure of danger a classifier must be where words speak against it, or none speaks for it
_SURE_AGAINST_WORDS, _SURE_WITHOUT_WORDS, _SURE_WITH_WORDS = 0.9, 0.5, 0.3


@dataclass(frozen=True, slots=True)
class _Signs:
    harmless: Mapping[str, str]
    calm: re.Pattern[str]
    idiom: re.Pattern[str]
    habit: re.Pattern[str]
    lasting: frozenset[str]
    now: Mapping[str, re.Pattern[str]]
    dangers: Mapping[str, re.Pattern[str]]
    called: Mapping[str, str]
    afraid: re.Pattern[str]
    unanswered: re.Pattern[str]
    over: re.Pattern[str]
    any: re.Pattern[str]


def danger_in(text: str) -> str | None:
    """Return the topic of the danger that a text tells of, None where it tells of none.

    >>> danger_in("chay nha roi"), danger_in("nhà bị cháy có được hỗ trợ không")
    ('fire', None)
    """
    words, known = _words(text), _signs()
    if (topic := _first(known.now, words)) is not None:
        return topic
    if known.calm.search(words) or known.idiom.search(words):
        return None
    topic = _first(known.dangers, words)
    if topic in known.lasting and known.habit.search(words):
        return None
    return known.called.get(topic, topic) if topic else None


def is_doubtful(text: str, confidence: float) -> bool:
    """Whether a classifier, so sure of danger, is better not believed; our own signs found none."""
    words, known = _words(text), _signs()
    if known.idiom.search(words):
        return danger_in(text) is None
    if known.calm.search(words):
        return confidence < _SURE_AGAINST_WORDS
    needed = _SURE_WITH_WORDS if known.any.search(words) else _SURE_WITHOUT_WORDS
    return confidence < needed


def is_afraid(text: str) -> bool:
    """Whether the whole text says that somebody is afraid: "tôi sợ lắm"."""
    return bool(_signs().afraid.search(_words(text)))


def is_unanswered(text: str) -> bool:
    """Whether somebody called and nobody took it: "gọi mà không ai bắt máy"."""
    return bool(_signs().unanswered.search(_words(text)))


def is_over(text: str) -> bool:
    """Whether the whole text says that a fire is out, somebody saved: "dập được rồi"."""
    return bool(_signs().over.search(_words(text)))


def _first(patterns: Mapping[str, re.Pattern[str]], words: str) -> str | None:
    return next((topic for topic, form in patterns.items() if form.search(words)), None)


def _words(text: str) -> str:
    """Return folded words, those told apart by their tone marks written in another way."""
    harmless = _signs().harmless
    told = _WORD.sub(lambda found: harmless.get(found[0], found[0]), clean(text).lower())
    return plain(told)


@cache
def _signs() -> _Signs:
    record: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    people = {name: record[name] for name in ("who", "child", "elder")}
    return _Signs(
        harmless=record["harmless"],
        calm=_joined(record["calm"], people),
        idiom=_joined(record["idiom"], people),
        habit=re.compile(record["habit"]),
        lasting=frozenset(record["lasting"]),
        now={topic: _joined(forms, people) for topic, forms in record["now"].items()},
        dangers={topic: _joined(forms, people) for topic, forms in record["dangers"].items()},
        called=record["called"],
        afraid=_joined([record["afraid"]], people),
        unanswered=re.compile(record["unanswered"]),
        over=re.compile(record["over"]),
        any=re.compile(record["signs"]),
    )


def _joined(forms: Iterable[str], people: Mapping[str, str]) -> re.Pattern[str]:
    pattern = "|".join(forms)
    for name, form in people.items():
        pattern = pattern.replace("{" + name + "}", form)
    return re.compile(pattern)
