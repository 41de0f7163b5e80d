"""How a due date came about, sentence by sentence."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bot.clock import WorkCalendar
from bot.wording import Wording


def trace_sentences(
    trace: Mapping[str, Any], calendar: WorkCalendar, wording: Wording
) -> list[str]:
    """Return the stored computation in words that can be checked by hand."""
    return [
        *(_limit(name, trace[name], calendar, wording) for name in _LIMITS if name in trace),
        *_days_off(trace.get("answer", {}), wording),
        *(_pause(pause, calendar, wording) for pause in trace.get("pauses", ())),
    ]


_LIMITS = ("answer", "acknowledge")


def _limit(name: str, step: Mapping[str, Any], calendar: WorkCalendar, wording: Wording) -> str:
    return wording(
        f"trace.{name}",
        received=_moment(step["received"], calendar),
        counted_from=_day(step["counted_from"]),
        limit=f"{step['limit']:g}",
        due=_moment(step["due"], calendar),
    )


def _days_off(step: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    for special in step.get("skipped", ()):
        yield wording(f"trace.{special['what']}", day=_day(special["day"]), name=special["name"])


def _pause(pause: Mapping[str, Any], calendar: WorkCalendar, wording: Wording) -> str:
    return wording(
        "trace.pause",
        since=_moment(pause["since"], calendar),
        until=_moment(pause["until"], calendar),
        days=f"{pause['limit']:g}",
        due=_moment(pause["due"], calendar),
    )


def _moment(text: str, calendar: WorkCalendar) -> str:
    return f"{calendar.local(datetime.fromisoformat(text)):%H:%M %d/%m/%Y}"


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"
