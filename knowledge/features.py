"""How well a unit and a query fit, as numbers: cheap, and for all candidates at once."""

from dataclasses import dataclass

import numpy as np

from knowledge.asked import Asked, Columns
from knowledge.index import Floats, Index, Ints, Places
from knowledge.sayings import Sayings, fit
from knowledge.traits import clashes

SHAPE = ("action_missing", "action_extra", "trait_missing", "trait_extra", "action_met")
LEVEL = ("popular", "ministry", "province", "commune", "military")
NAMES = (
    "asked_covered", "title_covered", "both_covered", "own_title",
    "pairs_asked", "pairs_title", "retrieval", "verbatim",
    "worst_asked_missing", "worst_title_missing", "phrasing", "marks_agree",
    "asked_squared", "title_squared", "phrasing_both",
    "bag_covered", "bag_missing", "bag_main", "told_covered", "told_often", "told_pairs",
    "both_second", "popular_light", "phrasings_light", "commune_light",
    *SHAPE, *LEVEL,
)  # fmt: skip

SAME_FOLD = 0.45  # worth of a word whose marks were typed and differ
WORST = 2.0
WHOLE = 0.97

Table = dict[str, Floats]


@dataclass(frozen=True)
class Candidates:
    """Units to compare with a query, and what is known of them and their entries."""

    units: Ints
    scores: Floats  # of retrieval
    entries: Ints
    actions: Ints  # as bits
    traits: Ints
    entry_traits: Floats  # popular, ministry, province, commune, military
    sayings: Sayings  # of all entries of the index


def features(query: Asked, found: Candidates, index: Index) -> Floats:
    """Return one row of NAMES for each unit."""
    table = _words(query, found.units, index) | _pairs(query, found.units, index)
    phrasing = (~index.unit_is_title[found.units]).astype(np.float32)
    both = table["asked_covered"] * table["title_covered"]
    table["both_covered"] = both
    table["phrasing"], table["phrasing_both"] = phrasing, phrasing * both
    table["asked_squared"] = table["asked_covered"] ** 2
    table["title_squared"] = table["title_covered"] ** 2
    whole = (table["own_title"] > WHOLE) & (table["pairs_title"] > WHOLE)
    table["verbatim"] = whole.astype(np.float32)
    table["retrieval"] = found.scores / max(float(found.scores.max(initial=0.0)), 1e-6)
    table |= _entrywide(query, found, both, index)
    shape = clashes(query.actions, query.traits, found.actions, found.traits)
    told = [table[name] for name in NAMES[: -len(SHAPE) - len(LEVEL)]]
    rest = np.concatenate([shape, found.entry_traits], 1)
    return np.concatenate([np.array(told, np.float32).T, rest], 1, dtype=np.float32)


def _words(query: Asked, units: Ints, index: Index) -> Table:
    """Return how words meet, both ways: what was asked by the unit, the unit by what was asked."""
    flat, owner = index.unit_terms.gather(units)
    terms = index.unit_terms.values[flat]
    met = np.flatnonzero(query.known[terms])
    words = terms[met], index.unit_marks[flat[met]], owner[met]
    own, told = np.zeros((2, len(terms)), np.float32)
    own[met], own_met = _met(query.said, words, len(units), strict=query.marked)
    told[met], told_met = _met(query.meant, words, len(units), strict=True)
    cover = np.concatenate([own_met, told_met], 1) @ query.shares.T
    best = np.maximum.reduceat(cover, query.starts, 1) if len(query.starts) else cover
    agree = np.maximum(own, told)
    weight, whole = index.word_masses[flat], np.maximum(index.unit_masses[units], 1e-6)
    worst = np.zeros(len(units), np.float32)
    np.maximum.at(worst, owner, weight * (1 - agree))
    missing = ((1 - best) * query.mass).max(1, initial=0.0)
    return {
        "asked_covered": best @ query.mass / (float(query.mass.sum()) + 1e-6),
        "worst_asked_missing": np.minimum(missing / index.rarest, WORST),
        "title_covered": _sums(weight * agree, owner, len(units)) / whole,
        "own_title": _sums(weight * own, owner, len(units)) / whole,
        "worst_title_missing": worst / index.rarest,
        "marks_agree": own_met.sum(1) / np.maximum((own_met > 0).sum(1), 1),
    }


def _met(
    query: Columns, words: tuple[Ints, Ints, Ints], size: int, *, strict: bool
) -> tuple[Floats, Floats]:
    """Return how each word of the units agrees, and how each asked word is met by each unit."""
    terms, marks, owner = words
    agree = np.zeros(len(terms), np.float32)
    met = np.zeros((size, len(query.terms)), np.float32)
    if len(query.terms):
        column, hit = _found(query.terms, terms)
        same = marks[hit] == query.marks[column[hit]]
        agree[hit] = np.where(same | (not strict), 1.0, SAME_FOLD)
        met[owner[hit], column[hit]] = agree[hit]
    return agree, met


def _found(terms: Ints, words: Ints) -> tuple[Ints, np.ndarray]:
    """Return where each word stands among sorted terms, and whether it does."""
    column = np.minimum(np.searchsorted(terms, words), len(terms) - 1).astype(np.int32)
    return column, terms[column] == words


def _pairs(query: Asked, units: Ints, index: Index) -> Table:
    """Return how neighbouring words meet: the better of what was said and what was meant."""
    flat, owner = index.unit_pairs.among(units, query.known)
    terms = index.unit_pairs.values[flat]
    known = np.zeros(len(terms), np.bool_)
    best = np.zeros(len(units), np.float32)
    for stream in query.streams:
        if stream:
            asked = np.array(sorted(stream), np.int32)
            weights = np.array([stream[t] for t in asked.tolist()], np.float32) * index.idf[asked]
            column, same = _found(asked, terms)
            met = np.where(same, weights[column], 0.0)
            known |= met > 0
            whole = max(float(weights.sum()), 1e-6)
            best = np.maximum(best, _sums(met, owner, len(units)) / whole)
    told = _sums(index.idf[terms] * known, owner, len(units))
    return {"pairs_asked": best, "pairs_title": told / np.maximum(index.pair_masses[units], 1e-6)}


def _entrywide(query: Asked, found: Candidates, both: Floats, index: Index) -> Table:
    """Return what is true of an entry whichever of its units is looked at.

    How often an entry is asked speaks only where a message says little.
    """
    entries, home = np.unique(found.entries, return_inverse=True)
    whole = fit(query, entries, found.sayings, index) | {
        "both_second": _second(both, home.astype(np.int32))
    }
    table = {name: values[home] for name, values in whole.items()}
    table["popular_light"] = query.light * found.entry_traits[:, LEVEL.index("popular")]
    table["commune_light"] = query.light * found.entry_traits[:, LEVEL.index("commune")]
    table["phrasings_light"] = query.light * found.sayings.counts[found.entries]
    return table


def _second(values: Floats, home: Ints) -> Floats:
    """Return the second best value of each home, 0 where there is but one."""
    order = np.lexsort((-values, home))
    counts = np.bincount(home)
    second = np.minimum(np.cumsum(counts) - counts + 1, max(len(values) - 1, 0))
    return np.asarray(np.where(counts > 1, values[order][second], 0.0), np.float32)


def _sums(values: Floats, owner: Ints | Places, size: int) -> Floats:
    return np.asarray(np.bincount(owner, values, size), np.float32)
