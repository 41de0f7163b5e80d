"""Questions as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.clock.starter import OFFICE_ZONE
from bot.questions.codes import spoken_groups
from bot.questions.life import Act, State


def summary(row: Row[Any]) -> dict[str, Any]:
    """Return a question as lists show it."""
    return {
        "code": row.code,
        "code_spoken": spoken_groups(row.code),
        "state": _shown_state(row.state),
        "bucket": row.bucket,
        "kind": row.kind,
        "sealed": row.sealed,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "commune": row.commune,
        "channel": row.channel,
        "text": row.text,
        "holder": row.holder,
        "two_persons": row.two_persons,
        "version": row.version,
        "received_at": _iso(row.received_at),
        "acknowledge_by": _iso(row.acknowledge_by),
        "due_at": _iso(row.due_at),
        "answered_at": _iso(row.answered_at),
    }


def detailed(row: Row[Any], events: Sequence[Row[Any]], draft: Row[Any] | None) -> dict[str, Any]:
    """Return a question with its draft, answer and history."""
    return {
        **summary(row),
        "decision": row.decision,
        "due_trace": row.due_trace,
        "draft": {"text": draft.text, "basis": draft.basis or ""} if draft else None,
        "answer": {"text": row.answer, "basis": row.basis or ""} if row.answer else None,
        "events": [_event(event) for event in events if event.act != Act.RATE],
    }


def _event(event: Row[Any]) -> dict[str, Any]:
    return {
        "act": event.act,
        "from": event.from_state and _shown_state(event.from_state),
        "to": _shown_state(event.to_state),
        "actor": event.actor,
        "at": _iso(event.at),
        "detail": event.detail,
        "text": event.text,
    }


def _shown_state(state: str) -> str:
    """Return the state as officers may know it: not that somebody rated, let alone how."""
    return str(State.ANSWERED) if state == State.RATED else state


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(OFFICE_ZONE).isoformat() if moment else None
