"""`python -m bot match`: questions decided without a database, one JSON line each."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.lines import answer_lines
from bot.directory.communes import places
from knowledge import starter
from knowledge.entries import Entry
from knowledge.importers import procedures
from knowledge.layers import merged
from knowledge.matcher import Matcher

Knowledge = Annotated[
    list[Path] | None,
    typer.Option("--knowledge", help="a file of procedures, beside the starter knowledge"),
]


def match(knowledge: Knowledge = None) -> None:
    """Read {"id","text"} lines; write what each of them asks and what to do with it."""
    entries = merged(starter.load(), _imported(knowledge or []))
    matcher = Matcher.build(entries, places())
    answer_lines(lambda record: _answer(matcher, record))


def _imported(paths: Iterable[Path]) -> Iterator[Entry]:
    for path in paths:
        for row in procedures.read(path.read_bytes(), path.name):
            if isinstance(row, Entry):
                yield row
            else:
                print(row, file=sys.stderr)  # noqa: T201 - a command speaks to its operator


def _answer(matcher: Matcher, record: Mapping[str, Any]) -> Mapping[str, Any]:
    began = time.perf_counter()
    decision = matcher.decide(str(record["text"]))
    spent = (time.perf_counter() - began) * 1000
    return {
        "decision": decision.kind.value,
        "codes": list(decision.codes),
        "entries": list(decision.entries),
        "facet": decision.facet.value if decision.facet else None,
        "agency": decision.agency,
        "kind": decision.matter.value,
        "confidence": decision.confidence,
        "ms": round(spent, 3),
    }
