"""The live library: public knowledge in memory, exchanged whole whenever it changes."""

import asyncio
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from bot.catalogue import build
from bot.catalogue.indexes import Indexes
from bot.catalogue.repository import version
from bot.catalogue.snapshot import Snapshot, snapshot
from bot.catalogue.starter import load_starter_if_empty
from bot.moments import Clock
from bot.store import Store, StoreUnavailable
from knowledge.decisions import Decision, DecisionKind
from knowledge.entries import Entry, EntryKind
from knowledge.explanation import Explanation
from knowledge.matcher import NO_CONTEXT, Context, Matcher
from knowledge.model import shipped
from knowledge.places import Place

_log = structlog.get_logger()
#: so few entries are indexed in a moment, more of them in another process
_FEW = 600
#: numbers for a life in danger, in the order people learn them, before all others
_URGENT = ("113", "114", "115", "111", "112")


@dataclass(frozen=True, slots=True)
class _Holding:
    """What questions are answered from; never changed, only exchanged."""

    version: int
    indexed: str  # the stamp of the knowledge that the matcher was built from
    entries: Mapping[str, Entry]
    agencies: Mapping[str, str]
    matcher: Matcher


class Library:
    """Answers from memory; notices a change of public knowledge within `interval` seconds."""

    def __init__(self, store: Store, folder: Path, clock: Clock, *, interval: float = 2.0) -> None:
        self._store = store
        self._indexes = Indexes(folder)
        self._folder = folder.absolute()
        self._clock = clock
        self._interval = interval
        self._watching: asyncio.Task[None] | None = None
        self._holding: _Holding

    async def start(self) -> None:
        """Load the shipped knowledge where there is none, open the index, and keep watch."""
        await load_starter_if_empty(self._store, self._clock())
        with _collector_at_rest():
            found = await self._store.read(snapshot)
            matcher = await self._first_matcher(found)
        current = self._indexes.path(found.stamp).exists()
        self._hold(found, matcher, found.stamp if current else "")
        self._watching = asyncio.create_task(self._watch(found.version if current else -1))

    async def stop(self) -> None:
        """Stop watching; a build under way is broken off."""
        if self._watching:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching

    @property
    def version(self) -> str:
        """Name the knowledge and the matcher that a decision is made with."""
        return f"{self._holding.version}-{self._holding.matcher.version}"

    def decide(self, text: str, context: Context = NO_CONTEXT) -> Decision:
        """Understand a message; an entry that is public no more is not offered."""
        holding = self._holding
        return _still_public(holding.matcher.decide(text, context), holding.entries)

    def explain(self, text: str, context: Context = NO_CONTEXT) -> Explanation:
        """Return how a decision comes about, for an officer to see."""
        return self._holding.matcher.explain(text, context)

    def entry(self, entry_id: str) -> Entry | None:
        """Return a public entry."""
        return self._holding.entries.get(entry_id)

    def search(self, text: str, limit: int = 10) -> list[Entry]:
        """Return entries for a search box, best first."""
        holding = self._holding
        found = (holding.entries.get(i) for i in holding.matcher.search(text, limit))
        return [entry for entry in found if entry]

    def namesakes(self, text: str) -> tuple[Place, ...]:
        """Return the communes that bear a name in the text, of today and of before the merger."""
        return self._holding.matcher.namesakes(text)

    def parts(self, agency: str) -> tuple[Place, ...]:
        """Return a commune of today and all that became it or a part of it."""
        return self._holding.matcher.gazetteer.parts(agency)

    def hotlines(self) -> tuple[Entry, ...]:
        """Return the lines, the most urgent first: police, fire, ambulance, then short numbers."""
        entries = self._holding.entries.values()
        lines = (entry for entry in entries if entry.kind is EntryKind.HOTLINE)
        return tuple(sorted(lines, key=_urgency))

    def agency_name(self, code: str) -> str:
        """Return an agency's name, the code itself for one the directory lacks."""
        return self._holding.agencies.get(code, code)

    def _hold(self, found: Snapshot, matcher: Matcher, indexed: str) -> None:
        entries = {entry.id: entry for entry in found.entries}
        self._holding = _Holding(found.version, indexed, entries, found.agencies, matcher)

    async def _first_matcher(self, found: Snapshot) -> Matcher:
        """Be ready soon: a saved index, else yesterday's, else a small one built here and now."""
        exact = self._indexes.path(found.stamp)
        saved = exact if exact.exists() else self._indexes.newest()
        if saved is None or (saved != exact and len(found.entries) <= _FEW):
            build_once = self._indexes.build  # a node beside us waits and takes ours
            saved = await asyncio.to_thread(build_once, found.stamp, found.entries, found.places)
        return await asyncio.to_thread(Matcher.load, saved, found.model)

    async def _watch(self, held: int) -> None:
        while True:
            try:
                latest = await self._store.read(version)
                if latest != held:
                    await self._renew()
                    held = latest
            except (StoreUnavailable, OSError, build.BuildFailed) as error:
                _log.warning("knowledge_not_renewed", reason=str(error))
            await asyncio.sleep(self._interval)

    async def _renew(self) -> None:
        """Tell the new words at once, find by them as soon as their index is built."""
        before = self._holding
        with _collector_at_rest():
            found = await self._store.read(snapshot)
            self._hold(found, before.matcher, before.indexed)
        model = found.model or shipped()
        if found.stamp == before.indexed and model.version == before.matcher.model.version:
            return
        if found.stamp != before.indexed:
            await build.apart(self._folder, found)
        path = self._indexes.path(found.stamp)
        with _collector_at_rest():
            matcher = await asyncio.to_thread(Matcher.load, path, model)
            self._hold(found, matcher, found.stamp)
        _log.info("knowledge_renewed", version=found.version, entries=len(found.entries))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Millions of lasting objects come at once: looking them over would stop the service.

    Collecting them stops every thread for half a second, and they are no garbage; from here on
    the collector leaves them out (reference counting frees an index that was exchanged).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _urgency(line: Entry) -> tuple[int, bool, int, str]:
    rank = _URGENT.index(line.phone) if line.phone in _URGENT else len(_URGENT)
    return rank, not line.phone, len(line.phone), line.code


def _still_public(decision: Decision, public: Mapping[str, Entry]) -> Decision:
    entries = tuple(entry_id for entry_id in decision.entries if entry_id in public)
    if entries == decision.entries:
        return decision
    gone = not entries or entries[0] != decision.entries[0]
    answered = decision.kind is DecisionKind.ANSWER
    kind = DecisionKind.HANDOFF if gone and answered else decision.kind
    if decision.kind is DecisionKind.CHOICES and len(entries) < len(decision.entries):
        kind = DecisionKind.CHOICES if len(entries) > 1 else DecisionKind.HANDOFF
    codes = tuple(public[entry_id].code for entry_id in entries)
    return replace(decision, kind=kind, entries=entries, codes=codes)
