"""How what the project, an office, an officer and the nation say of one entry becomes one."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from knowledge.entries import Entry, Facet, Fact
from knowledge.lint import SUMMARY, Finding, lint, text_of

Data = Mapping[str, Any]

#: a stronger layer says something else than the national one, which has just changed
DIFFERS = "differs"
_IDENTITY = ("id", "kind", "code")
_UNION = ("aliases",)
_PROVENANCE = ("source", "source_url", "checked_on")
_REVIEWED = ("title", "agency_text", "level", "field")


class Layer(StrEnum):
    """Who says it, the strongest voice first."""

    LOCAL = "local"  # officers, in the console
    OFFICE = "office"  # files an office imports
    STARTER = "starter"  # shipped with the project
    NATIONAL = "national"  # the national database

    def stronger(self) -> list["Layer"]:
        """Return the layers that this one is laid under."""
        return list(Layer)[: list(Layer).index(self)]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An officer vouched for a text with this digest."""

    by: str
    at: datetime
    source: str
    text_digest: str


@dataclass(frozen=True, slots=True)
class Assembled:
    """An entry as it may go out, and what was found wrong with what was left out."""

    entry: Entry
    findings: tuple[tuple[Finding, str], ...]  # each with the digest of the text at fault


Confirmations = Mapping[tuple[str, str], Confirmation]  # by facet and rule


def data_of(entry: Entry) -> dict[str, Any]:
    """Return what one layer says: the entry without its identity and without empty fields."""
    return {k: v for k, v in entry.as_json().items() if k not in _IDENTITY and v}


def digest(data: Data) -> str:
    """Return a fingerprint that depends on what is said, not on its order."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text_digest(text)


def text_digest(text: str) -> str:
    """Return the fingerprint of a text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def merge(entry_id: str, layers: Mapping[str, Data]) -> Entry:
    """Return one entry, field by field and facet by facet from the strongest layer that has it.

    Aliases of all layers count; source and date come together from one layer.
    """
    kind, _, code = entry_id.partition(":")
    voices = [layers[name] for name in Layer if name in layers]
    merged: dict[str, Any] = {}
    for voice in reversed(voices):
        merged |= {k: v for k, v in voice.items() if k not in _PROVENANCE and v}
    merged["facts"] = {f: fact for voice in reversed(voices) for f, fact in _facts(voice)}
    for name in _UNION:
        merged[name] = list(dict.fromkeys(v for voice in voices for v in voice.get(name, ())))
    merged |= _provenance(voices)
    return Entry.from_json({"title": code, **merged, "id": entry_id, "kind": kind, "code": code})


def merged(own: Iterable[Entry], imported: Iterable[Entry]) -> list[Entry]:
    """Lay the shipped entries over those of the national database, as the service holds them."""
    found = {entry.id: entry for entry in imported}
    for entry in own:
        layers = {Layer.STARTER: entry, Layer.NATIONAL: found.get(entry.id)}
        voices = {name.value: data_of(voice) for name, voice in layers.items() if voice}
        found[entry.id] = merge(entry.id, voices)
    return list(found.values())


def _facts(voice: Data) -> Iterable[tuple[str, Any]]:
    facts: Mapping[str, Any] = voice.get("facts", {})
    return facts.items()


def _provenance(voices: Iterable[Data]) -> dict[str, Any]:
    voices = list(voices)
    vouching = next((voice for voice in voices if voice.get("source")), {})
    address = next((voice["source_url"] for voice in voices if voice.get("source_url")), "")
    return {**{k: vouching[k] for k in _PROVENANCE if k in vouching}, "source_url": address}


def assemble(
    entry_id: str, layers: Mapping[str, Data], confirmations: Confirmations, on: date
) -> Assembled:
    """Merge, look for faults as of that day, and leave out every fact nobody can vouch for."""
    entry = merge(entry_id, layers)
    findings = tuple((found, text_digest(text_of(entry, found.facet))) for found in lint(entry, on))
    facts = {
        facet: _judged(fact, _about(facet, findings), confirmations)
        for facet, fact in entry.facts.items()
    }
    summary = Fact(entry.summary)
    told = _judged(summary, _about(SUMMARY, findings), confirmations).text
    return Assembled(replace(entry, facts=facts, summary=told), findings)


def _about(name: str, findings: Iterable[tuple[Finding, str]]) -> list[tuple[Finding, str]]:
    return [(found, digest) for found, digest in findings if found.facet == name]


def _judged(
    fact: Fact, faults: Iterable[tuple[Finding, str]], confirmations: Confirmations
) -> Fact:
    """A fact with faults goes out only when each was confirmed for this very text."""
    vouched = [
        known
        for found, digest in faults
        if (known := confirmations.get((found.facet, found.rule))) and known.text_digest == digest
    ]
    if len(vouched) < len(list(faults)):
        return replace(fact, text="", sound=False)
    if not vouched:
        return fact
    latest = max(vouched, key=lambda known: known.at)
    return replace(fact, sound=True, source=latest.source, checked_on=latest.at.date())


def changed_beneath(old: Data, new: Data, above: Sequence[Data]) -> tuple[tuple[Finding, str], ...]:
    """Return what changed in a layer while a stronger one says something of its own."""
    pairs = [(name, old.get(name), new.get(name)) for name in _REVIEWED]
    pairs += [(facet, _text(old, facet), _text(new, facet)) for facet in Facet]
    return tuple(
        (Finding(str(name), DIFFERS, f"{was or '–'} → {now or '–'}"), text_digest(str(now)))
        for name, was, now in pairs
        if was != now and any(_says(voice, name) for voice in above)
    )


def _text(voice: Data, facet: Facet) -> str | None:
    fact = voice.get("facts", {}).get(facet)
    return fact and str(fact["text"])


def _says(voice: Data, name: str) -> bool:
    return bool(voice.get(name) or voice.get("facts", {}).get(name))
