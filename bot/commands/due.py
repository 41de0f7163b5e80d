"""`python -m bot due`: legal deadlines by the starter calendar, one JSON line each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import Due, due_after_days, due_after_hours
from bot.clock.starter import OFFICE_ZONE, calendar
from bot.commands.lines import answer_lines


def due() -> None:
    """Read {"id","received","days"} or "hours" lines; write {"id","due","trace"} lines."""
    answer_lines(_answer)


def _answer(record: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _due(record)
    return {"due": found.at.isoformat(), "trace": found.trace}


def _due(record: Mapping[str, Any]) -> Due:
    received = datetime.fromisoformat(record["received"])
    if received.tzinfo is None:
        received = received.replace(tzinfo=OFFICE_ZONE)
    if record.get("days") is not None:
        return due_after_days(calendar(), received, int(record["days"]))
    return due_after_hours(calendar(), received, float(record["hours"]))
