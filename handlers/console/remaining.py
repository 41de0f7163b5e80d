"""How much working time is left, in words and with a mark that is not colour alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.clock import WorkCalendar
from bot.questions.life import Bucket, State
from bot.wording import Wording

_DAY = timedelta(hours=8)
_SOON = 2 * _DAY


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the badge of a question says; `mark` is "ok", "soon", "late" or "neutral"."""

    mark: str
    text: str


def remaining(row: Row[Any], calendar: WorkCalendar, now: datetime, wording: Wording) -> Remaining:
    """Return where a question stands towards its due date."""
    if row.bucket != Bucket.OPEN or row.due_at is None:
        return Remaining("neutral", wording(f"desk.state.{row.state}"))
    if row.state == State.WAITING:
        return Remaining("neutral", wording("desk.left.paused"))
    if now > row.due_at:
        amount = _amount(working_time(calendar, row.due_at, now), wording)
        return Remaining("late", wording("desk.left.late", amount=amount))
    left = working_time(calendar, now, row.due_at)
    mark = "soon" if left <= _SOON else "ok"
    return Remaining(mark, wording(f"desk.left.{mark}", amount=_amount(left, wording)))


def working_time(calendar: WorkCalendar, since: datetime, until: datetime) -> timedelta:
    """Return the office time between two moments."""
    total = timedelta()
    for opens, closes in calendar.spans_from(calendar.local(since).date()):
        if opens >= until:
            return total
        total += max(timedelta(), min(closes, until) - max(opens, since))
    return total


def soon_until(calendar: WorkCalendar, now: datetime) -> datetime:
    """Return the moment up to which a due date counts as soon."""
    left = _SOON
    for opens, closes in calendar.spans_from(calendar.local(now).date()):
        here = max(timedelta(), closes - max(opens, now))
        if here >= left:
            return max(opens, now) + left
        left -= here
    raise AssertionError  # spans never end


def _amount(time: timedelta, wording: Wording) -> str:
    days, rest = divmod(time, _DAY)
    hours = rest // timedelta(hours=1)
    if days >= 3 or (days and not hours):
        return wording("desk.left.days", days=days)
    if days:
        return wording("desk.left.days_hours", days=days, hours=hours)
    if hours:
        return wording("desk.left.hours", hours=hours)
    return wording("desk.left.minutes", minutes=rest // timedelta(minutes=1))
