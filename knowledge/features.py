"""How well a unit and a query fit, as numbers: cheap, and for all candidates at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.index import Floats, Index, Ints, pairs
from knowledge.query import Variant
from knowledge.text import bare

NAMES = (
    "asked_covered", "title_covered", "both_covered", "head_covered",
    "pairs_asked", "pairs_title", "retrieval", "verbatim",
    "worst_asked_missing", "worst_title_missing", "phrasing", "translated",
    "token_set", "tiny", "length", "marks_agree",
    "asked_squared", "title_squared", "phrasing_both", "popular",
    "action_missing", "action_extra", "trait_missing", "trait_extra", "action_met",
    "ministry", "province", "commune", "military",
)  # fmt: skip

SAME_FOLD = 0.45  # worth of a word whose marks were typed and differ
TRAIT_START = NAMES.index("popular")
HEAD = 8
TINY = 2


@dataclass(frozen=True)
class Asked:
    """A variant in the index's numbers."""

    terms: Ints  # known words
    weights: Floats  # their weights times idf
    marks: Ints  # their accented forms (-1 where unknown)
    pairs: Ints
    pair_weights: Floats
    unknown: float  # weight of words no title has
    text: str
    marked: bool


def asked(variant: Variant, index: Index, *, marked: bool) -> Asked:
    """Look a variant's words up in the index."""
    best: dict[int, tuple[float, int]] = {}
    unknown = 0.0
    top = float(index.idf.max(initial=1.0))
    for word, weight in zip(variant.words, variant.weights, strict=True):
        term = index.terms.get(bare(word)) if word else None
        if term is None:
            unknown += 0.6 * weight * top if word.isalpha() else 0.0
        elif term not in best or best[term][0] < weight:
            best[term] = (weight, index.marks.get(word, -1))
    terms = np.fromiter(best, np.int32, len(best))
    weights = np.fromiter((w for w, _ in best.values()), np.float32, len(best))
    marks = np.fromiter((m for _, m in best.values()), np.int32, len(best))
    twos = _pairs(variant, index.terms)
    pair_terms = np.fromiter(twos, np.int32, len(twos))
    pair_weights = np.fromiter(twos.values(), np.float32, len(twos))
    text = " ".join(bare(w) for w, v in zip(variant.words, variant.weights, strict=True) if v > 0.2)
    return Asked(
        terms,
        weights * index.idf[terms],
        marks,
        pair_terms,
        pair_weights * index.idf[pair_terms],
        unknown,
        text,
        marked,
    )


def _pairs(variant: Variant, terms: Mapping[str, int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for at, pair in enumerate(pairs(variant.words)):
        term = terms.get(pair)
        if term is not None:
            weight = min(variant.weights[at], variant.weights[at + 1])
            found[term] = max(found.get(term, 0.0), weight)
    return found


def features(
    query: Asked, units: Ints, scores: Floats, index: Index, texts: list[str], traits: Floats
) -> Floats:
    """Return one row of NAMES for each unit; `traits` are the columns from "popular" on."""
    rows = np.zeros((len(units), len(NAMES)), np.float32)
    covered, missing = _word_columns(query, units, index)
    rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 15] = covered
    rows[:, 8], rows[:, 9] = missing
    rows[:, 2] = rows[:, 0] * rows[:, 1]
    rows[:, 4], rows[:, 5] = _pair_columns(query, units, index)
    rows[:, 6] = scores / max(float(scores.max(initial=0.0)), 1e-6)
    rows[:, 7] = (rows[:, 1] > 0.97) & (rows[:, 5] > 0.97)
    rows[:, 10] = ~index.unit_is_title[units]
    rows[:, 12] = process.cdist([query.text], texts, scorer=fuzz.token_set_ratio)[0] / 100.0
    lengths = index.unit_terms.starts[units + 1] - index.unit_terms.starts[units]
    rows[:, 13] = lengths <= TINY
    rows[:, 14] = np.log1p(lengths) / 4.0
    rows[:, 16], rows[:, 17] = rows[:, 0] ** 2, rows[:, 1] ** 2
    rows[:, 18] = rows[:, 10] * rows[:, 2]
    rows[:, TRAIT_START:] = traits
    return rows


def _word_columns(
    query: Asked, units: Ints, index: Index
) -> tuple[tuple[Floats, Floats, Floats, Floats], tuple[Floats, Floats]]:
    flat, owner = index.unit_terms.gather(units)
    terms = index.unit_terms.values[flat]
    agree, met = _met(query, index.unit_marks[flat], terms, owner, (len(units), len(index.idf)))
    mass = index.idf[terms] * index.unit_weights[flat]
    near = mass * ((flat - index.unit_terms.starts[units][owner]) < HEAD)
    titled = _share(mass * agree, mass, owner, len(units))
    headed = _share(near * agree, near, owner, len(units))
    weights = query.weights if len(query.weights) else np.zeros(1, np.float32)
    whole = float(weights.sum()) + query.unknown + 1e-6
    marks = met.sum(1) / np.maximum((met > 0).sum(1), 1)
    top = max(float(index.idf.max(initial=1.0)), 1e-6)
    worst_asked = np.maximum(((1 - met) * weights).max(1), min(query.unknown, top)) / top
    worst_title = np.zeros(len(units), np.float32)
    np.maximum.at(worst_title, owner, mass * (1 - agree))
    return (met @ weights / whole, titled, headed, marks), (worst_asked, worst_title / top)


def _met(
    query: Asked, marks: Ints, terms: Ints, owner: Ints, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Return how each word of the units agrees, and how each asked word is met by each unit."""
    units, vocabulary = shape
    place = np.full(vocabulary, -1, np.int32)
    place[query.terms] = np.arange(len(query.terms), dtype=np.int32)
    column = place[terms]
    hit = column >= 0
    agree = np.zeros(len(terms), np.float32)
    met = np.zeros((units, max(len(query.terms), 1)), np.float32)
    if hit.any():
        same = marks[hit] == query.marks[column[hit]]
        agree[hit] = np.where(same | (not query.marked), 1.0, SAME_FOLD)
        met[owner[hit], column[hit]] = agree[hit]
    return agree, met


def _share(part: Floats, whole: Floats, owner: Ints, size: int) -> Floats:
    return _sums(part, owner, size) / np.maximum(_sums(whole, owner, size), 1e-6)


def _pair_columns(query: Asked, units: Ints, index: Index) -> tuple[Floats, Floats]:
    flat, owner = index.unit_pairs.gather(units)
    terms = index.unit_pairs.values[flat]
    weight = np.zeros(len(index.idf), np.float32)
    weight[query.pairs] = query.pair_weights
    idf = index.idf[terms]
    asked_for = _sums(weight[terms], owner, len(units)) / max(float(query.pair_weights.sum()), 1e-6)
    return asked_for, _share(idf * (weight[terms] > 0), idf, owner, len(units))


def _sums(values: Floats, owner: Ints, size: int) -> Floats:
    return np.asarray(np.bincount(owner, values, size), np.float32)
