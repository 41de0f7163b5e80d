"""Which facts are unfit to go out by themselves, and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.entries import Entry, EntryKind, Facet

_DATA = Path(__file__).parent / "data" / "lint_rules.yaml"
_SENTENCE = re.compile(r"[^.;\n]+(?:\.(?=\S)[^.;\n]*)*")
_EXCERPT = 160
#: found by the shape of the entry, not by a pattern
LIST_ONLY = "list_only"
SUMMARY = "summary"
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated pattern; `pattern` is looked for in each sentence, `across` in the whole text."""

    id: str
    since: date
    why: str
    pattern: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    across: re.Pattern[str] | None = None
    facets: frozenset[str] = frozenset()  # empty: all of them, and the summary
    sources: frozenset[str] = frozenset()

    def concerns(self, facet: str, source: str, on: date) -> bool:
        """Whether the rule looks at this facet from this source at all on that day."""
        of_facet = not self.facets or facet in self.facets
        return self.since <= on and of_facet and (not self.sources or source in self.sources)

    def excerpt(self, text: str) -> str | None:
        """Return what of a lower-case text breaks the rule, None when nothing does."""
        if self.across:
            found = self.across.search(text)
            return None if found is None else text[max(found.start() - 20, 0) : found.end() + 20]
        if self.pattern is None or not self.pattern.search(text):
            return None
        return next(self._sentences_at_fault(self.pattern, text), None)

    def _sentences_at_fault(self, pattern: re.Pattern[str], text: str) -> Iterator[str]:
        for sentence in _SENTENCE.findall(text):
            if pattern.search(sentence) and not (self.unless and self.unless.search(sentence)):
                yield sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one facet; `facet` is "" where the whole entry is meant."""

    facet: str
    rule: str
    excerpt: str


def lint(entry: Entry, on: date) -> tuple[Finding, ...]:
    """Return what is wrong with an entry on that day; a fact held back always has a reason."""
    judged = (*([SUMMARY] if entry.summary else []), *entry.facts)
    texts = {str(name): text_of(entry, name) for name in judged}
    found = [
        Finding(name, rule.id, _short(excerpt))
        for name, text in texts.items()
        for rule in rules()
        if rule.concerns(name, _source(entry, name), on)
        and (excerpt := rule.excerpt(text.lower())) is not None
    ]
    told = {finding.facet for finding in found}
    found += [
        Finding(facet.value, UNCONFIRMED, _short(fact.text))
        for facet, fact in entry.facts.items()
        if not fact.sound and facet.value not in told
    ]
    if entry.kind is EntryKind.PROCEDURE and not entry.facts.keys() - {Facet.PLACE}:
        found.append(Finding("", LIST_ONLY, _short(entry.title)))
    return tuple(found)


def text_of(entry: Entry, name: str) -> str:
    """Return what a finding is about: a facet, the summary, or with "" the whole entry."""
    if name == SUMMARY:
        return entry.summary
    return entry.facts[Facet(name)].text if name else entry.title


def _source(entry: Entry, name: str) -> str:
    return entry.source if name == SUMMARY else entry.facts[Facet(name)].source


@cache
def rules() -> tuple[Rule, ...]:
    """Return the dated rules the project ships with."""
    document = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return tuple(_rule(record) for record in document["rules"])


def reasons() -> Mapping[str, str]:
    """Return why each rule holds, in words for an officer."""
    return {rule.id: rule.why for rule in rules()} | {
        LIST_ONLY: "Cơ sở dữ liệu quốc gia mới chỉ có tên thủ tục.",
        UNCONFIRMED: "Nội dung dài hoặc chia nhiều trường hợp, cần cán bộ đọc lại.",
    }


def _rule(record: Mapping[str, Any]) -> Rule:
    patterns = {
        name: re.compile(record[name]) for name in ("pattern", "unless", "across") if name in record
    }
    return Rule(
        id=record["id"],
        since=record["since"],
        why=record["why"],
        facets=frozenset(Facet(name) for name in record.get("facets", ())),
        sources=frozenset(record.get("sources", ())),
        **patterns,
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"
