"""What a citizen's words ask, before any entry is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge import facets
from knowledge.entries import Facet
from knowledge.gazetteer import NOWHERE, Gazetteer
from knowledge.lexicon import Lexicon
from knowledge.patterns import Match, Words, marks_typed
from knowledge.repair import Repair
from knowledge.text import respell, split

SOFT = 0.12
ASKED = 0.04
LIGHT = 0.4
PLACE_NAME = 0.05


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say the matter: words with weights; a gap ("") parts what was not adjacent."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    translated: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a message: one word, or a phrase with the official words it may stand for."""

    places: tuple[int, ...]
    meanings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A message as words, what of a procedure it asks, and the ways to say its matter."""

    words: Words
    facet: Facet | None
    weights: tuple[float, ...]
    variants: tuple[Variant, ...]
    segments: tuple[Segment, ...]
    signals: Mapping[str, float] = field(default_factory=dict)
    phrases: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> tuple[str, ...]:
        """Return the words that carry the matter."""
        pairs = zip(self.words.accented, self.weights, strict=True)
        return tuple(word for word, weight in pairs if weight > SOFT)


class Reader:
    """Reads a text into a Query with a lexicon, a repairer of unknown words and names of places."""

    def __init__(self, lexicon: Lexicon, repair: Repair, places: Gazetteer | None = None) -> None:
        self._lexicon = lexicon
        self._frames = lexicon.frames
        self._repair = repair
        self._places = places

    def read(self, text: str) -> Query:
        """Read a text."""
        words = self.words(text)
        found = self._places.find(words, text) if self._places else NOWHERE
        return self.understand(words, found.matches)

    def understand(self, words: Words, ignored: Sequence[Match] = ()) -> Query:
        """Understand words; the places of `ignored` (names of communes) hardly count.

        No phrase reaches into them: "bà ở Mỹ Xuyên" is no foreigner.
        """
        found = self._lexicon.official.find(words)
        kept = {at for match in found for at in match.places}
        asking = self._lexicon.facets.find(words)
        askings = [*self._frames.find(words), *facets.phrased(asking, found)]
        asks = {at for m in asking if not kept & set(m.places) for at in m.places}
        weak = _weak(self._lexicon.soft.find(words), kept | asks)
        soft = {at for at, weight in weak.items() if weight == SOFT}
        core = [at for at in range(len(words.folded)) if at not in soft and at not in asks]
        firm = [at for at in core if weak.get(at) != LIGHT]
        named = {at for match in ignored for at in match.places}
        told = [*found, *self._across(words, core), *self._across(words, firm)]
        found = _longest([match for match in told if named.isdisjoint(match.places)])
        weights = [ASKED if at in asks else weak.get(at, 1.0) for at in range(len(words.folded))]
        for match in ignored:
            for at in match.places:
                weights[at] = min(weights[at], PLACE_NAME)
        return Query(
            words,
            facets.asked(words, askings),
            tuple(weights),
            _variants(words, weights, found),
            _segments(len(words.folded), found),
            _signals(self._lexicon.signals.find_all(words)),
            tuple((" ".join(words.accented[at] for at in m.places), m.meaning) for m in found),
        )

    def words(self, text: str) -> Words:
        """Return the words of a text, respelled and repaired."""
        typed = split(text)
        spelled = respell(typed, self._lexicon.spelling)
        return Words.of(*self._repair.words(spelled), marked=marks_typed(typed))

    def _across(self, words: Words, core: Sequence[int]) -> list[Match]:
        """Find phrases that stand together once other words are left out."""
        found = self._lexicon.official.find(words.pick(core))
        return [Match(tuple(core[at] for at in m.places), m.meaning) for m in found]


def _longest(found: Sequence[Match]) -> list[Match]:
    """Return matches without overlap, the longest first come; one place may mean several."""
    taken: set[int] = set()
    chosen: dict[Match, None] = {}
    spans: set[tuple[int, ...]] = set()
    for match in sorted(found, key=lambda match: (-len(match.places), match.places)):
        if match.places in spans or taken.isdisjoint(match.places):
            taken.update(match.places)
            spans.add(match.places)
            chosen[match] = None
    return sorted(chosen, key=lambda match: match.places[0])


def _weak(found: Sequence[Match], firm: set[int]) -> dict[int, float]:
    """Return the weights of words that say little, but for those that stand in a phrase."""
    weights = {"soft": SOFT, "light": LIGHT}
    weak: dict[int, float] = {}
    for match in found:
        for at in set(match.places) - firm:
            weak[at] = min(weak.get(at, 1.0), weights[match.meaning])
    return weak


def _signals(found: Sequence[Match]) -> dict[str, float]:
    strength: dict[str, float] = {}
    for match in found:
        name, _, weight = match.meaning.partition(":")
        strength[name] = strength.get(name, 0.0) + float(weight or 1.0)
    return strength


def _segments(size: int, found: Sequence[Match]) -> tuple[Segment, ...]:
    meanings: dict[tuple[int, ...], list[tuple[str, ...]]] = {}
    for match in found:
        options = meanings.setdefault(match.places, [])
        options.extend(tuple(part.split()) for part in match.meaning.split(" | "))
    covered = {at for places in meanings for at in places}
    parts = [Segment(places, tuple(dict.fromkeys(told))) for places, told in meanings.items()]
    parts += [Segment((at,)) for at in range(size) if at not in covered]
    return tuple(sorted(parts, key=lambda part: part.places[0]))


def _variants(
    words: Words, weights: Sequence[float], found: Sequence[Match]
) -> tuple[Variant, ...]:
    literal = Variant(words.accented, tuple(weights), translated=False)
    if not found:
        return (literal,)
    said: list[str] = []
    worth: list[float] = []
    meanings: dict[int, list[str]] = {}
    covered: set[int] = set()
    for match in found:
        here = meanings.setdefault(match.places[0], [])
        if match.meaning not in here:
            here.append(match.meaning)
        covered.update(match.places)
    for at, word in enumerate(words.accented):
        for meaning in meanings.get(at, ()):
            _say(meaning, said, worth)
        if at not in covered:
            said.append(word)
            worth.append(weights[at])
    return (literal, Variant(tuple(said), tuple(worth), translated=True))


def _say(meaning: str, said: list[str], worth: list[float]) -> None:
    options = meaning.split(" | ")
    for option in options:
        if len(options) > 1:
            said.append("")
            worth.append(0.0)
        for word in option.split():
            said.append(word)
            worth.append(1.0 if len(options) == 1 else 0.8)
