"""Past questions whose right answer is known, decided again: what is lost, what is gained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from knowledge.decisions import Decision, DecisionKind
from knowledge.matcher import Matcher

_OFFERED = 4


class Outcome(IntEnum):
    """How a decision serves somebody who asked for a known entry, the worst first."""

    WRONG = 0  # answered with something else
    MISSED = 1  # handed over, or offered without it
    LISTED = 2  # offered among others
    ANSWERED = 3


@dataclass(frozen=True, slots=True)
class Past:
    """A question of the past: any of `entries` is right; `how` says how that is known."""

    name: str  # the question's code, or the phrasing's number
    text: str
    entries: tuple[str, ...]
    how: str  # reviewed | confirmed | chosen | kept

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Past":
        """Rebuild what `asdict` wrote."""
        return cls(record["name"], record["text"], tuple(record["entries"]), record["how"])


@dataclass(frozen=True, slots=True)
class Move:
    """A question that is served otherwise than before."""

    past: Past
    before: Outcome
    after: Outcome
    now: str  # the entry that would come first now


@dataclass(frozen=True, slots=True)
class Comparison:
    """The replay of past questions under two models."""

    asked: int
    losses: Sequence[Move]
    gains: Sequence[Move]


def outcome(decision: Decision, entries: Sequence[str]) -> Outcome:
    """Return how a decision serves who asked for one of these entries."""
    right = set(entries)
    if decision.kind is DecisionKind.ANSWER:
        return Outcome.ANSWERED if right & set(decision.entries[:1]) else Outcome.WRONG
    if decision.kind is DecisionKind.CHOICES and right & set(decision.entries[:_OFFERED]):
        return Outcome.LISTED
    return Outcome.MISSED


def compare(before: Matcher, after: Matcher, asked: Iterable[Past]) -> Comparison:
    """Decide each question with both and say which are served worse, which better."""
    moves, count = [], 0
    for past in asked:
        count += 1
        old, new = before.decide(past.text), after.decide(past.text)
        was, now = outcome(old, past.entries), outcome(new, past.entries)
        if was != now:
            moves.append(Move(past, was, now, next(iter(new.entries), "")))
    losses = [move for move in moves if move.after < move.before]
    return Comparison(count, losses, [move for move in moves if move.after > move.before])
