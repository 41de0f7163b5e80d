"""Entries of one id from several sources become one: our own words first."""

from collections.abc import Iterable
from dataclasses import replace

from knowledge.entries import Entry, Fact


def merged(own: Iterable[Entry], imported: Iterable[Entry]) -> list[Entry]:
    """Lay our own entries over imported ones; what our own leave open the imported fill."""
    found = {entry.id: entry for entry in imported}
    for entry in own:
        below = found.get(entry.id)
        found[entry.id] = over(entry, below) if below else entry
    return list(found.values())


def over(own: Entry, below: Entry) -> Entry:
    """Lay one entry over another."""
    empty = {
        name: getattr(below, name)
        for name in Entry.__dataclass_fields__
        if not getattr(own, name) and getattr(below, name)
    }
    facts: dict = dict(below.facts)  # type: ignore[type-arg]
    facts.update(
        {facet: fact for facet, fact in own.facts.items() if _better(fact, facts.get(facet))}
    )
    return replace(own, **{**empty, "facts": facts})


def _better(fact: Fact, below: Fact | None) -> bool:
    return below is None or fact.sound or not below.sound
