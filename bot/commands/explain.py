"""`python -m bot explain CODE|NUMBER`: why a question was matched, and what would be now."""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from bot.catalogue.indexes import Indexes
from bot.catalogue.snapshot import Snapshot, snapshot
from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.learning import hindsight
from bot.learning.hindsight import Recorded
from bot.settings import Settings
from bot.store.opening import open_for_command
from knowledge.explanation import Explanation
from knowledge.matcher import Matcher

Name = Annotated[str, typer.Argument(metavar="CODE|NUMBER", help="a question's code or number")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object, for programs")]


def explain(name: Name, as_json: AsJson = False) -> None:
    """Show a decision on record, decide the same words as of then, and as of now."""
    told = asyncio.run(_explain(read_settings(), name))
    if told is None:
        give_up(f"no question {name}")
    if as_json:
        say(json.dumps(told, ensure_ascii=False))
        return
    for line in _lines(told):
        say(line)


async def _explain(settings: Settings, name: str) -> Mapping[str, Any] | None:
    store = open_for_command(settings)
    try:
        about = await store.read(lambda c: hindsight.recorded(c, name))
        if about is None:
            return None
        then = await store.read(lambda c: hindsight.material(c, about))
        today = _matcher(await store.read(snapshot), Indexes(settings.var_dir / "index"))
    finally:
        await store.close()
    now, once = today.explain(about.text), hindsight.again(then, about.text, today)
    return {
        **_recorded(about),
        "then": {"exact": list(then.exact), **_decision(once)},
        "now": _decision(now),
        "changed": list(about.differs(now.version)),
    }


def _matcher(found: Snapshot, indexes: Indexes) -> Matcher:
    """Return what decides today, from the index of the service where there is one."""
    path = indexes.path(found.stamp)
    if path.exists():
        return Matcher.load(path, found.model)
    return Matcher.build(found.entries, found.places, found.model)


def _recorded(about: Recorded) -> dict[str, Any]:
    return {
        "code": about.code,
        "at": about.at.isoformat(),
        "text": about.text,
        "recorded": {**about.decision, "titles": about.titles},
    }


def _decision(told: Explanation) -> dict[str, Any]:
    decision = told.decision
    return {
        "kind": decision.kind.value,
        "entries": list(decision.entries),
        "agency": decision.agency,
        "confidence": decision.confidence,
        "reason": decision.reason,
        "version": decision.version,
        "candidates": [
            {"entry": c.entry, "title": c.title, "met_by": c.met_by, "score": c.score}
            for c in told.candidates[:5]
        ],
    }


def _lines(told: Mapping[str, Any]) -> list[str]:
    exact = told["then"]["exact"]
    lacking = [name for name in ("index", "lexicon", "model") if name not in exact]
    same = "exactly as then" if not lacking else f"as then but for: {', '.join(lacking)}"
    return [
        f"{told['code']}, {told['at']}: {told['text'] or '(the words were erased)'}",
        *_part("recorded", told["recorded"]),
        *_part(f"again, {same}", told["then"]),
        *_part(f"now (changed: {', '.join(told['changed']) or 'nothing'})", told["now"]),
    ]


def _part(name: str, decision: Mapping[str, Any]) -> list[str]:
    head = f"{decision.get('kind')} {decision.get('confidence')} {decision.get('reason', '')}"
    candidates = decision.get("candidates") or [
        {"entry": entry, "title": decision.get("titles", {}).get(entry, "")}
        for entry in decision.get("entries", ())[:5]
    ]
    return [
        f"{name}: {head} [{decision.get('version', '')}]",
        *(f"  {c['entry']} {c['title']}{_met(c)}" for c in candidates),
    ]


def _met(candidate: Mapping[str, Any]) -> str:
    met = candidate.get("met_by")
    return f" ({candidate['score']:.2f}, met by: {met})" if met else ""
