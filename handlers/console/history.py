"""The history of a question as lines that people read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.questions.life import Act
from bot.reach.roads import Road
from bot.wording import Wording

#: officers must not see who rated how, nor that somebody did
_HIDDEN = frozenset({Act.RATE})


@dataclass(frozen=True, slots=True)
class Line:
    """One event: who did what, when, and the words that are still kept."""

    at: datetime
    who: str
    what: str
    text: str


def history_lines(
    events: Iterable[Row[Any]],
    officers: Mapping[str, str],
    agencies: Mapping[str, str],
    wording: Wording,
) -> list[Line]:
    """Return the events in order, without those that officers do not see."""
    return [
        Line(
            event.at,
            _who(event.actor, officers, wording),
            _what(event, agencies, wording),
            _text(event),
        )
        for event in events
        if event.act not in _HIDDEN
    ]


def _who(actor: str, officers: Mapping[str, str], wording: Wording) -> str:
    if actor.startswith("officer:"):
        return officers.get(actor, actor)
    return wording(f"desk.actor.{actor}")


def _what(event: Row[Any], agencies: Mapping[str, str], wording: Wording) -> str:
    detail: Mapping[str, Any] = event.detail
    kind = "road." if detail.get("use") in set(Road) else ""
    sentence = wording(f"desk.event.{kind}{event.act}")
    parts = [
        agencies.get(detail["agency"], detail["agency"]) if "agency" in detail else "",
        _move(event, agencies, wording),
        wording(f"desk.refusal.{detail['reason']}") if event.act == Act.REFUSE else "",
        wording("desk.event.late") if detail.get("late") else "",
        _consent(detail, wording) if "use" in detail else "",
        wording(f"desk.message.{detail['message']}") if "message" in detail else "",
        str(detail.get("signer", "")),
    ]
    told = "; ".join(part for part in parts if part)
    return f"{sentence}: {told}" if told else sentence


def _move(event: Row[Any], agencies: Mapping[str, str], wording: Wording) -> str:
    detail = event.detail
    if event.act == Act.TRANSFER:
        came, goes = detail["from"], detail["to"]
        return f"{agencies.get(came, came)} → {agencies.get(goes, goes)}"
    if event.act == Act.RECLASSIFY:
        return f"{wording('desk.kind.' + detail['from'])} → {wording('desk.kind.' + detail['to'])}"
    return ""


def _consent(detail: Mapping[str, Any], wording: Wording) -> str:
    use = wording(f"desk.use.{detail['use']}")
    granted = detail.get("granted")
    is_plain = granted is None or detail["use"] in set(Road)
    return use if is_plain else f"{use} – {wording('desk.yes' if granted else 'desk.no')}"


def _text(event: Row[Any]) -> str:
    """Return the words kept with an event; what stands elsewhere on the page is left out."""
    return event.text or "" if event.kind in ("note", "reason", "ask", "supplement") else ""
