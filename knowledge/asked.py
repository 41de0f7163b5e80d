"""A query in the numbers of an index: its words, and what its phrases may stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Floats, Index, Ints, pairs
from knowledge.query import Query, Segment, Variant
from knowledge.text import bare
from knowledge.traits import marks_of

UNKNOWN = 0.6  # worth of a word no title has, beside the rarest one
MEANT = 0.5  # worth of a phrase's official words, where its own words say less
HEAVY = 30.0  # a message of such mass is not vague for want of words
UNHEARD = 4.0  # mass of a word no entry has
SAYING = 0.2  # a word that weighs less says nothing of actions and traits

Shares = list[tuple[int, float]]


@dataclass(frozen=True)
class Columns:
    """Distinct known words, sorted by term."""

    terms: Ints
    marks: Ints  # their accented forms (-1 where unknown)


@dataclass(frozen=True)
class Asked:
    """What ranking compares units with.

    Each segment of the message has alternatives: its own words first, then each official
    wording it may stand for; a unit meets a segment as well as its best alternative.
    """

    said: Columns
    meant: Columns
    weights: Floats  # of the words said
    shares: Floats  # alternative x (words said, then words meant)
    starts: Ints  # the first alternative of each segment
    mass: Floats  # of each segment
    streams: tuple[Mapping[int, float], ...]  # neighbouring words, as said and as meant
    actions: tuple[int, int]  # named by the words said; by these or the words meant
    traits: int
    marked: bool
    wanted: Mapping[int, float]  # words and pairs, as retrieval weighs them
    known: NDArray[np.bool_]  # of each term of the index, whether it is wanted
    light: float  # 1 for a message that says nothing, 0 for one that says a good deal


def asked(query: Query, index: Index) -> Asked:
    """Look a query up in the index."""
    words = query.words.accented
    said = _columns(words, index)
    meant = _columns((w for s in query.segments for m in s.meanings for w in m), index)
    rows, starts, masses = _segments(query, index)
    streams = tuple(_pairs(variant, index.terms) for variant in query.variants)
    wanted = _wanted(query, streams, index.terms)
    marks = [marks_of(_text(variant)) for variant in query.variants]
    return Asked(
        said=said,
        meant=meant,
        weights=_weights(query, said, index),
        shares=_shares(rows, said, meant),
        starts=np.array(starts, np.int32),
        mass=np.array(masses, np.float32),
        streams=streams,
        actions=(marks[0][0], marks[0][0] | marks[-1][0]),
        traits=marks[0][1] | marks[-1][1],
        marked=query.words.marked,
        wanted=wanted,
        known=_known(wanted, len(index.idf)),
        light=max(0.0, 1.0 - mass(query, index) / HEAVY),
    )


def mass(query: Query, index: Index) -> float:
    """Return how much a message says: the summed rarity of its words of content."""
    terms = (index.terms.get(bare(word)) for word in dict.fromkeys(query.content))
    return sum(float(index.idf[term]) if term is not None else UNHEARD for term in terms)


def _columns(words: Iterable[str], index: Index) -> Columns:
    found: dict[int, int] = {}
    for word in words:
        term = index.terms.get(bare(word))
        if term is not None:
            found.setdefault(term, index.marks.get(word, -1))
    terms = sorted(found)
    return Columns(np.array(terms, np.int32), np.array([found[t] for t in terms], np.int32))


def _segments(query: Query, index: Index) -> tuple[list[Shares], list[int], list[float]]:
    """Return the alternatives, where each segment's begin, and what each segment weighs.

    What is said twice counts once. Words meant are numbered from -1 down.
    """
    rows: list[Shares] = []
    starts, mass = [], []
    seen: set[object] = set()
    top = index.rarest
    for segment in query.segments:
        starts.append(len(rows))
        own, heavy = _own(segment, query, index, top)
        rows.append(own)
        for meaning in segment.meanings:
            told, weight = _told(meaning, index)
            rows.append(told)
            heavy = max(heavy, MEANT * weight)
        key = segment.meanings or query.words.accented[segment.places[0]]
        mass.append(0.0 if key in seen else heavy)
        seen.add(key)
    return rows, starts, mass


def _own(segment: Segment, query: Query, index: Index, top: float) -> tuple[Shares, float]:
    """Return a segment's own words with their shares, and what they weigh together."""
    row: dict[int, float] = {}
    whole = 0.0
    for at in segment.places:
        word = query.words.accented[at]
        term = index.terms.get(bare(word))
        if term is None:
            whole += UNKNOWN * query.weights[at] * top if word.isalpha() else 0.0
        elif term not in row:
            row[term] = query.weights[at] * float(index.idf[term])
            whole += row[term]
    return [(term, weight / max(whole, 1e-6)) for term, weight in row.items()], whole


def _told(meaning: Sequence[str], index: Index) -> tuple[Shares, float]:
    terms = {index.terms[bare(word)] for word in meaning if bare(word) in index.terms}
    whole = sum(float(index.idf[term]) for term in sorted(terms))
    return [(-term - 1, float(index.idf[term]) / max(whole, 1e-6)) for term in terms], whole


def _shares(rows: Sequence[Shares], said: Columns, meant: Columns) -> Floats:
    places = {int(term): at for at, term in enumerate(said.terms)}
    places |= {-int(term) - 1: at + len(said.terms) for at, term in enumerate(meant.terms)}
    table = np.zeros((len(rows), len(places)), np.float32)
    for row, parts in enumerate(rows):
        for term, share in parts:
            table[row, places[term]] = share
    return table


def _weights(query: Query, said: Columns, index: Index) -> Floats:
    best: dict[int, float] = {}
    for word, weight in zip(query.words.accented, query.weights, strict=True):
        term = index.terms.get(bare(word), -1)
        best[term] = max(best.get(term, 0.0), weight)
    return np.array([best[int(t)] for t in said.terms], np.float32) * index.idf[said.terms]


def _wanted(
    query: Query, streams: Iterable[Mapping[int, float]], terms: Mapping[str, int]
) -> dict[int, float]:
    wanted: dict[int, float] = {}
    for variant in query.variants:
        for word, weight in zip(variant.words, variant.weights, strict=True):
            term = terms.get(bare(word)) if word else None
            if term is not None:
                wanted[term] = max(wanted.get(term, 0.0), weight)
    for stream in streams:
        for pair, weight in stream.items():
            wanted[pair] = max(wanted.get(pair, 0.0), weight)
    return wanted


def _known(wanted: Mapping[int, float], size: int) -> NDArray[np.bool_]:
    known = np.zeros(size, np.bool_)
    known[list(wanted)] = True
    return known


def _pairs(variant: Variant, terms: Mapping[str, int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for at, pair in enumerate(pairs(variant.words)):
        term = terms.get(pair)
        if term is not None:
            weight = min(variant.weights[at], variant.weights[at + 1])
            found[term] = max(found.get(term, 0.0), weight)
    return found


def _text(variant: Variant) -> str:
    spoken = zip(variant.words, variant.weights, strict=True)
    return " ".join(bare(word) for word, weight in spoken if weight > SAYING)
