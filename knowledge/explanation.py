"""Why a message was decided as it was, as a record a page can show."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.decisions import Decision
from knowledge.entries import Entry, Facet
from knowledge.features import NAMES
from knowledge.index import Floats
from knowledge.query import Query
from knowledge.ranking import Candidate, Shelf

SHOWN = 10
_TELLING = 0.1
#: the first sign that stands in a feature's name tells its kind
_KINDS = (
    *(("missing", "missing"), ("extra", "action"), ("action", "action"), ("trait", "action")),
    *(("verbatim", "verbatim"), ("title", "title"), ("asked", "words"), ("both", "words")),
    *(("bag", "papers"), ("retrieval", "words"), ("marks", "marks"), ("phrasing", "phrasing")),
    *(("told", "phrasing"), ("popular", "popular"), ("translated", "words")),
    *((level, "level") for level in ("ministry", "province", "commune", "military")),
)


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
    because: tuple[tuple[str, float], ...] = ()  # what weighed most, by kind, the most first


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
    weights: Floats,
) -> Explanation:
    """Lay open how a decision came about."""
    words = zip(query.words.accented, query.weights, strict=True)
    return Explanation(
        decision,
        tuple(Word(word, weight) for word, weight in words),
        query.facet,
        query.phrases,
        dict(query.signals),
        tuple(_reason(candidate, entries, shelf, weights) for candidate in ranked[:SHOWN]),
        decision.reason,
        decision.version,
    )


def _reason(
    candidate: Candidate, entries: Sequence[Entry], shelf: Shelf, weights: Floats
) -> Reason:
    entry = entries[candidate.entry]
    values = zip(NAMES, candidate.features, strict=True)
    return Reason(
        entry.id,
        entry.code,
        entry.title,
        shelf.texts[candidate.unit],
        round(candidate.score, 3),
        {name: round(float(value), 3) for name, value in values if value},
        _because(candidate.features * weights),
    )


def _because(weighed: Floats) -> tuple[tuple[str, float], ...]:
    """Return how much each kind of feature brought or cost, what is next to nothing left out."""
    sums: dict[str, float] = {}
    for name, value in zip(NAMES, weighed, strict=True):
        kind = next((kind for sign, kind in _KINDS if sign in name), "other")
        sums[kind] = sums.get(kind, 0.0) + float(value)
    told = [(kind, round(value, 2)) for kind, value in sums.items() if abs(value) >= _TELLING]
    return tuple(sorted(told, key=lambda one: -abs(one[1])))
