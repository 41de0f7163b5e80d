"""A message in, a decision out: the one door to the understanding of citizens' words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge import storage
from knowledge.decisions import Decision, DecisionKind, MatterKind
from knowledge.entries import Entry, EntryKind, Facet
from knowledge.explanation import Explanation, explained
from knowledge.gazetteer import Found, Gazetteer
from knowledge.intent import Intent, intent_of, khmer
from knowledge.judgement import Judge, Verdict
from knowledge.lexicon import Lexicon
from knowledge.places import Place
from knowledge.query import Query, Reader
from knowledge.ranking import Candidate, Ranker, Shelf, weights_from
from knowledge.repair import Repair
from knowledge.routing import Router
from knowledge.shelf import shelve
from knowledge.text import clean

CODES = 10
RANKED = 24

Groups = list[list[Candidate]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a conversation already holds: the entry last shown and the asker's commune."""

    last_entry: str | None = None
    commune: str | None = None


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class _Look:
    query: Query
    place: Found
    groups: Groups
    decision: Decision


class Matcher:
    """Decides messages; built once, then only read, so that threads may share it."""

    def __init__(self, entries: Sequence[Entry], places: Sequence[Place], shelf: Shelf) -> None:
        self._entries = tuple(entries)
        self._places = tuple(places)
        self._shelf = shelf
        self._numbers = {entry.id: number for number, entry in enumerate(self._entries)}
        self._codes = {entry.code: number for number, entry in enumerate(self._entries)}
        lexicon = Lexicon()
        self._gazetteer = Gazetteer(places)
        known = {term for term in shelf.index.terms if " " not in term}
        known |= lexicon.vocabulary | self._gazetteer.vocabulary
        repair = Repair(known, (term for term in shelf.index.terms if " " in term))
        self._reader = Reader(lexicon, repair)
        self._ranker = Ranker(shelf, weights_from())
        self._router = Router(lexicon)
        self._judge = Judge.load()
        self.version = storage.version(self._entries, lexicon.folder.parent)

    @classmethod
    def build(cls, entries: Sequence[Entry], places: Sequence[Place]) -> "Matcher":
        """Index the entries; takes seconds for thousands."""
        return cls(entries, places, shelve(entries, Lexicon()))

    @classmethod
    def load(cls, path: Path) -> "Matcher":
        """Read what `save` wrote."""
        return cls(*storage.load(path))

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
        return explained(look.query, ranked, look.decision, self._entries, self._shelf)

    def search(self, text: str, limit: int = 10) -> list[str]:
        """Return ids of entries for a search box, best first."""
        ranked = self._ranker.rank(self._reader.read(clean(text)), limit)
        return [self._entries[candidate.entry].id for candidate in ranked]

    def _look(self, text: str, context: Context) -> _Look:
        tidy = clean(text)
        words = self._reader.words(tidy)
        place = self._gazetteer.find(words)
        query = self._reader.understand(words, place.matches)
        intent = intent_of(query.signals, words, len(query.content))
        if khmer(tidy):
            intent = Intent(DecisionKind.HANDOFF, "khmer", sure=0.95, reason="tin nhắn chữ Khmer")
        groups = self._ranker.groups(self._eligible(query))
        decision = self._decided(query, intent, groups, place, context)
        return _Look(query, place, groups, self._stamped(decision, query, groups, place, context))

    def _eligible(self, query: Query) -> list[Candidate]:
        """Rank; a hotline is a candidate only where a number is asked for."""
        ranked = self._ranker.rank(query, RANKED)
        lines = query.signals.get("hotline", 0.0) >= 1.0
        ofline = [c for c in ranked if self._entries[c.entry].kind is EntryKind.HOTLINE]
        others = [c for c in ranked if self._entries[c.entry].kind is not EntryKind.HOTLINE]
        return [*ofline, *others] if lines else others

    def _decided(
        self, query: Query, intent: Intent, groups: Groups, place: Found, context: Context
    ) -> Decision:
        if intent.kind is DecisionKind.EMERGENCY or intent.kind is DecisionKind.SMALLTALK:
            return _settled(intent)
        if intent.kind is DecisionKind.HANDOFF:
            agency, reason = self._router.by_matter(intent.matter, query.words, place)
            return replace(_settled(intent), agency=agency, reason=reason)
        follow = self._followed(query, context)
        if follow:
            return follow
        if not query.content:
            return _fragment(query)
        verdict = self._judge.verdict(query, groups, self._ranker.mass(query))
        return self._answered(query, groups, verdict, place)

    def _followed(self, query: Query, context: Context) -> Decision | None:
        """Answer "thế bao nhiêu tiền?" with the entry last shown."""
        last = self._numbers.get(context.last_entry or "")
        if last is None or query.facet is None or len(query.content) > 1:
            return None
        entry = self._entries[last]
        agency, reason = self._router.by_entry(entry, query.words, Found(None, (), (), ""))
        return Decision(
            DecisionKind.ANSWER, (entry.id,), (entry.code,), agency=agency, confidence=0.9, reason=reason
        )

    def _answered(
        self, query: Query, groups: Groups, verdict: Verdict, place: Found
    ) -> Decision:
        if groups and verdict.kind is not DecisionKind.HANDOFF:
            entry = self._entries[groups[0][0].entry]
            agency, reason = self._router.by_entry(entry, query.words, place)
        else:
            agency, reason = self._router.by_topic(query.words, place)
        return Decision(
            verdict.kind, agency=agency, confidence=verdict.confidence, reason=reason
        )

    def _stamped(
        self, decision: Decision, query: Query, groups: Groups, place: Found, context: Context
    ) -> Decision:
        """Add what every decision carries: candidates, facet, commune, version."""
        first = [group[0].entry for group in groups]
        rest = [candidate.entry for group in groups for candidate in group[1:]]
        numbers = [n for n in (first[:6] + rest + first[6:]) if n not in decision.entries][:CODES]
        entries = dict.fromkeys((*decision.entries, *(self._entries[n].id for n in numbers)))
        codes = dict.fromkeys(
            (*decision.codes, *(self._entries[n].code for n in numbers if self._entries[n].code))
        )
        return replace(
            decision,
            entries=tuple(entries)[:CODES],
            codes=tuple(codes)[:CODES],
            facet=query.facet,
            commune=place.agency or (None if place.offered else context.commune),
            confidence=round(decision.confidence, 4),
            reason=f"{decision.reason}; nơi: {place.reason}" if place.reason else decision.reason,
            version=self.version,
        )


def _settled(intent: Intent) -> Decision:
    return Decision(
        intent.kind or DecisionKind.HANDOFF,
        matter=intent.matter,
        confidence=intent.sure,
        topic=intent.topic,
        reason=intent.reason,
        standalone=not (intent.kind is DecisionKind.SMALLTALK and intent.topic == "greeting"),
    )


def _fragment(query: Query) -> Decision:
    topic = "greeting" if query.facet is None else "chatter"
    return Decision(DecisionKind.SMALLTALK, confidence=0.6, topic=topic, standalone=False)
