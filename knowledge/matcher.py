"""A message in, a decision out: the one door to the understanding of citizens' words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge import storage, versions
from knowledge.clauses import clauses
from knowledge.decisions import SEVERAL, Decision, DecisionKind, MatterKind
from knowledge.entries import Entry, EntryKind
from knowledge.explanation import Explanation, explained
from knowledge.gazetteer import NOWHERE, Found, Gazetteer
from knowledge.intent import Intent, Intents, khmer
from knowledge.judgement import Verdict
from knowledge.lexicon import standard
from knowledge.model import Model, shipped
from knowledge.places import Place
from knowledge.query import Query, Reader
from knowledge.ranking import Candidate, Ranker, Shelf
from knowledge.repair import Repair
from knowledge.routing import Router
from knowledge.shelf import shelve
from knowledge.text import clean
from knowledge.versions import Version

CODES = 10
RANKED = 24
# signals of a thought that needs no rest
COMPLETE = frozenset({"thanks", "bye", "abuse", "spam", "injection", "chatter", "scope"})
DESK_TOPICS = frozenset({"own_file", "scam", "real_channel", "officer", "hotline"})
WHOLE = 0.93  # an answer that covers so much of the words leaves no second matter
PART_RIGHT = 0.3  # how surely a clause must be a matter of its own
PART_MASS = 4.0  # and how much it must say
LINE_FITS = 0.6

Groups = list[list[Candidate]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a conversation already holds: the entry last shown and the asker's commune.

    `calm` says that the words tell of no danger, whatever they look like.
    """

    last_entry: str | None = None
    commune: str | None = None
    calm: bool = False


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class _Seen:
    text: str
    query: Query
    place: Found
    groups: Groups
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Look:
    query: Query
    groups: Groups
    decision: Decision


class Matcher:
    """Decides messages; built once, then only read, so that threads may share it."""

    def __init__(
        self,
        entries: Sequence[Entry],
        places: Sequence[Place],
        shelf: Shelf,
        model: Model | None = None,
    ) -> None:
        self._entries = tuple(entries)
        self._places = tuple(places)
        self._shelf = shelf
        self._numbers = {entry.id: number for number, entry in enumerate(self._entries)}
        self._codes = {entry.code: number for number, entry in enumerate(self._entries)}
        lexicon = standard()
        self._gazetteer = Gazetteer(places, lexicon.spelling)
        known = {term for term in shelf.index.terms if " " not in term}
        known |= lexicon.vocabulary | self._gazetteer.vocabulary
        repair = Repair(known, (term for term in shelf.index.terms if " " in term))
        self._reader = Reader(lexicon, repair, self._gazetteer)
        self.model = model or shipped()
        self._ranker = Ranker(shelf, self.model.weights())
        self._router = Router(lexicon)
        self._judge = self.model.judge()
        self._intents = Intents.load()
        named = versions.of_entries(self._entries), versions.of_lexicon(), self.model.version
        self.version = str(Version(*named))

    @classmethod
    def build(
        cls, entries: Sequence[Entry], places: Sequence[Place], model: Model | None = None
    ) -> "Matcher":
        """Index the entries; takes seconds for thousands."""
        return cls(entries, places, shelve(entries, standard()), model)

    @classmethod
    def load(cls, path: Path, model: Model | None = None) -> "Matcher":
        """Read what `save` wrote; weights other than the shipped ones come with `model`."""
        return cls(*storage.load(path), model)

    def weighing(self, model: Model) -> "Matcher":
        """Return a matcher over the same index with other weights."""
        return Matcher(self._entries, self._places, self._shelf, model)

    def save(self, path: Path) -> None:
        """Lay the index on disk as plain arrays and JSON."""
        storage.save(path, self._entries, self._places, self._shelf)

    def decide(self, text: str, context: Context = NO_CONTEXT) -> Decision:
        """Decide a message; never raises, whatever the text."""
        return self._look(text, context).decision

    def explain(self, text: str, context: Context = NO_CONTEXT) -> Explanation:
        """Return how a decision came about, for a page to show."""
        look = self._look(text, context)
        ranked = [candidate for group in look.groups for candidate in group]
        weights = self.model.weights()
        return explained(look.query, ranked, look.decision, self._entries, self._shelf, weights)

    @property
    def reader(self) -> Reader:
        """Return what reads words into queries, for training."""
        return self._reader

    def read(self, text: str) -> tuple[Query, float]:
        """Return a message as understood, and how surely a procedure answers it."""
        query = self._reader.read(clean(text))
        groups = self._ranker.groups(self._ranker.rank(query, RANKED))
        return query, self._judge.verdict(query, groups, self._ranker.mass(query)).listed

    def search(self, text: str, limit: int = 10) -> list[str]:
        """Return ids of entries for a search box, best first."""
        ranked = self._ranker.rank(self._reader.read(clean(text)), limit)
        return [self._entries[candidate.entry].id for candidate in ranked]

    @property
    def gazetteer(self) -> Gazetteer:
        """Return the names of places."""
        return self._gazetteer

    def namesakes(self, text: str) -> tuple[Place, ...]:
        """Return the communes that bear a name in the text, of today and of before the merger."""
        return self._gazetteer.namesakes(self._reader.words(clean(text)))

    def _look(self, text: str, context: Context) -> _Look:
        tidy = clean(text)
        words = self._reader.words(tidy)
        place = self._gazetteer.find(words, tidy)
        query = self._reader.understand(words, place.matches)
        groups = self._ranker.groups(self._eligible(query))
        verdict = self._judge.verdict(query, groups, self._ranker.mass(query))
        intent = self._intents.of(query, verdict.listed)
        if khmer(tidy):
            intent = Intent(DecisionKind.HANDOFF, "khmer", sure=0.95, reason="tin nhắn chữ Khmer")
        seen = _Seen(tidy, query, place, groups, verdict)
        decision = self._decided(seen, intent, context)
        return _Look(query, groups, self._stamped(decision, seen, context))

    def _eligible(self, query: Query) -> list[Candidate]:
        """Rank; a hotline is a candidate only where a number is asked for."""
        ranked = self._ranker.rank(query, RANKED)
        lines = query.signals.get("hotline", 0.0) >= 1.0
        ofline = [c for c in ranked if self._entries[c.entry].kind is EntryKind.HOTLINE]
        others = [c for c in ranked if self._entries[c.entry].kind is not EntryKind.HOTLINE]
        return [*ofline, *others] if lines else others

    def _decided(self, seen: _Seen, intent: Intent, context: Context) -> Decision:
        if intent.kind is DecisionKind.EMERGENCY and not context.calm:
            return _settled(intent)
        follow = self._followed(seen.query, context)
        if follow:
            return follow
        if intent.kind is DecisionKind.SMALLTALK:
            return _fragment(seen.query) or _settled(intent)
        if intent.kind is DecisionKind.HANDOFF:
            return self._handed_over(seen, intent)
        return _fragment(seen.query) or self._answered(seen, intent)

    def _handed_over(self, seen: _Seen, intent: Intent) -> Decision:
        words, place = seen.query.words, seen.place
        if intent.topic in DESK_TOPICS:
            agency, reason = self._router.by_desk(intent.topic, words, place)
        elif intent.matter is MatterKind.QUESTION:
            agency, reason = self._router.by_topic(words, place)
        else:
            agency, reason = self._router.by_matter(intent.matter, words, place)
        return replace(_settled(intent), agency=agency, reason=f"{intent.reason}; {reason}")

    def _followed(self, query: Query, context: Context) -> Decision | None:
        """Answer "thế bao nhiêu tiền?" with the entry last shown."""
        last = self._numbers.get(context.last_entry or "")
        if last is None or query.facet is None or len(query.content) > 1:
            return None
        entry = self._entries[last]
        agency, reason = self._router.by_entry(entry, query.words, NOWHERE)
        codes = (entry.code,) if entry.code else ()
        return Decision(
            DecisionKind.ANSWER, (entry.id,), codes, agency=agency, confidence=0.9, reason=reason
        )

    def _answered(self, seen: _Seen, intent: Intent) -> Decision:
        query, place = seen.query, seen.place
        lines = [e for e in self._heads(seen.groups) if e.kind is EntryKind.HOTLINE]
        if intent.topic == "hotline" or lines:
            return self._numbered(seen, lines, intent.sure)
        both = self._both(seen)
        if both:
            agency, reason = self._router.by_entry(both[0], query.words, place)
            ids, codes = tuple(e.id for e in both), tuple(e.code for e in both)
            decision = Decision(DecisionKind.CHOICES, ids, codes, agency=agency, confidence=0.8)
            return replace(decision, topic=SEVERAL, reason=reason, offered=len(both))
        choosing = seen.verdict.kind is DecisionKind.CHOICES
        offered = seen.verdict.offered if choosing else 0
        if seen.groups and seen.verdict.kind is not DecisionKind.HANDOFF:
            meant = self._heads(seen.groups, max(offered, 1))
            agency, reason = self._router.by_entries(meant, query.words, place)
        else:
            agency, reason = self._router.by_topic(query.words, place)
        sure = seen.verdict.confidence
        decision = Decision(seen.verdict.kind, agency=agency, confidence=sure, reason=reason)
        return replace(decision, offered=offered)

    def _numbered(self, seen: _Seen, lines: Sequence[Entry], sure: float) -> Decision:
        """Answer with a line where one fits well, else hand over."""
        agency, reason = self._router.by_desk("hotline", seen.query.words, seen.place)
        best = seen.groups[0][0] if lines else None
        fits = best is not None and float(best.features[0]) >= LINE_FITS
        kind = DecisionKind.ANSWER if fits else DecisionKind.HANDOFF
        ids = (lines[0].id,) if fits else ()
        return Decision(
            kind, ids, (), None, agency, None, confidence=sure, topic="hotline", reason=reason
        )

    def _both(self, seen: _Seen) -> list[Entry]:
        """Return the entries of two clear matters in one message."""
        if seen.verdict.kind is DecisionKind.ANSWER and seen.groups[0][0].features[0] > WHOLE:
            return []
        found: dict[int, Entry] = {}
        for part in clauses(seen.text):
            query = self._reader.read(part)
            groups = self._ranker.groups(self._eligible(query))
            mass = self._ranker.mass(query)
            verdict = self._judge.verdict(query, groups, mass)
            if groups and verdict.right >= PART_RIGHT and mass >= PART_MASS:
                number = groups[0][0].entry
                found.setdefault(int(self._shelf.groups[number]), self._entries[number])
        return list(found.values()) if len(found) >= 2 else []

    def _heads(self, groups: Groups, count: int = 1) -> list[Entry]:
        return [self._entries[group[0].entry] for group in groups[:count]]

    def _stamped(self, decision: Decision, seen: _Seen, context: Context) -> Decision:
        """Add what every decision carries: candidates, facet, commune, version."""
        first = [group[0].entry for group in seen.groups]
        rest = [candidate.entry for group in seen.groups for candidate in group[1:]]
        ranked = [self._entries[n] for n in (*first[:6], *rest, *first[6:])]
        entries = dict.fromkeys((*decision.entries, *(e.id for e in ranked)))
        codes = dict.fromkeys((*decision.codes, *(e.code for e in ranked if _has_code(e))))
        place = seen.place
        where = f"; nơi: {place.reason}" if place.reason else ""
        return replace(
            decision,
            entries=tuple(entries)[:CODES],
            codes=tuple(codes)[:CODES],
            facet=seen.query.facet,
            commune=place.agency or (None if place.offered else context.commune),
            confidence=round(decision.confidence, 4),
            reason=decision.reason + where,
            version=self.version,
        )


def _has_code(entry: Entry) -> bool:
    return bool(entry.code) and entry.kind is EntryKind.PROCEDURE


def _settled(intent: Intent) -> Decision:
    return Decision(
        intent.kind or DecisionKind.HANDOFF,
        matter=intent.matter,
        confidence=intent.sure,
        topic=intent.topic,
        reason=intent.reason,
    )


def _fragment(query: Query) -> Decision | None:
    """Return the decision on words without content that wait for the rest of the thought."""
    spoken = any(word.isalpha() and len(word) > 1 for word in query.words.folded)
    opening = "greeting" in query.signals or not query.signals.keys() & COMPLETE
    if query.content or not spoken or not opening:
        return None
    topic = "chatter" if query.facet else "greeting"
    return Decision(DecisionKind.SMALLTALK, confidence=0.9, topic=topic, standalone=False)
