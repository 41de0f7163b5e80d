"""Why a message was decided as it was, as a record a page can show."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.decisions import Decision
from knowledge.entries import Entry, Facet
from knowledge.features import NAMES
from knowledge.query import Query
from knowledge.ranking import Candidate, Shelf

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the message as it was understood, and how much it counts."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One candidate: the text it was met by, its score and the features behind it."""

    entry: str
    code: str
    title: str
    met_by: str
    score: float
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with its grounds."""

    decision: Decision
    words: tuple[Word, ...]
    facet: Facet | None
    phrases: tuple[tuple[str, str], ...]
    signals: dict[str, float]
    candidates: tuple[Reason, ...]
    why: str
    version: str


def explained(
    query: Query,
    ranked: Sequence[Candidate],
    decision: Decision,
    entries: Sequence[Entry],
    shelf: Shelf,
) -> Explanation:
    """Lay open how a decision came about."""
    words = zip(query.words.accented, query.weights, strict=True)
    return Explanation(
        decision,
        tuple(Word(word, weight) for word, weight in words),
        query.facet,
        query.phrases,
        dict(query.signals),
        tuple(_reason(candidate, entries, shelf) for candidate in ranked[:SHOWN]),
        decision.reason,
        decision.version,
    )


def _reason(candidate: Candidate, entries: Sequence[Entry], shelf: Shelf) -> Reason:
    entry = entries[candidate.entry]
    values = zip(NAMES, candidate.features, strict=True)
    return Reason(
        entry.id,
        entry.code,
        entry.title,
        shelf.texts[candidate.unit],
        round(candidate.score, 3),
        {name: round(float(value), 3) for name, value in values if value},
    )
