"""How long an agency has, by policy or by default, and when that is over."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, or_, select

from bot.clock import Due, WorkCalendar, due_after_days, due_after_hours
from bot.clock.calendar import SpecialDay
from bot.clock.starter import calendar
from bot.directory.repository import calendar_rows
from bot.store.hot import Hot
from bot.tables.directory import policy
from knowledge.decisions import MatterKind

#: used where no policy row says otherwise; the same names are the keys of `policy`
DEFAULTS = {"acknowledge_hours": 8, "forward_days": 5, "answer_days": 15}


_POLICIES = Hot(
    select(policy.c.key, policy.c.value).where(or_(*map(policy.c.key.startswith, DEFAULTS)))
)


@dataclass(frozen=True, slots=True)
class Limits:
    """An agency's limits for one kind of matter, in working hours and working days."""

    acknowledge_hours: float
    forward_days: int
    answer_days: int


def limits_for(connection: Connection, agency: str, kind: MatterKind) -> Limits:
    """Return the limits in force: of agency and kind, else agency, else kind, else all.

    Policy keys are "answer_days:AGENCY:KIND", "answer_days:AGENCY", "answer_days::KIND",
    "answer_days".
    """
    suffixes = (f":{agency}:{kind}", f":{agency}", f"::{kind}", "")
    stored = {row.key: row.value for row in _POLICIES.run(connection, {}).all()}
    found = {
        name: next((stored[name + s] for s in suffixes if name + s in stored), default)
        for name, default in DEFAULTS.items()
    }
    return Limits(
        float(found["acknowledge_hours"]), int(found["forward_days"]), int(found["answer_days"])
    )


def calendar_for(connection: Connection, agency: str) -> WorkCalendar:  # noqa: ARG001
    """Return the working calendar of an agency: today one calendar serves all.

    The dated rows of the database count; the shipped ones where it has none.
    """
    return _calendar(tuple(calendar_rows(connection)))


@lru_cache(maxsize=8)
def _calendar(rows: tuple[SpecialDay, ...]) -> WorkCalendar:
    return replace(calendar(), special_days=rows) if rows else calendar()


def calendar_for_all() -> WorkCalendar:
    """Return the calendar by which the service itself counts days."""
    return calendar()


def deadlines(
    connection: Connection, agency: str, kind: MatterKind, received: datetime
) -> tuple[Due, Due]:
    """Return when an officer should have taken the question up, and when an answer is due."""
    limits = limits_for(connection, agency, kind)
    open_days = calendar_for(connection, agency)
    return (
        due_after_hours(open_days, received, limits.acknowledge_hours),
        due_after_days(open_days, received, limits.answer_days),
    )


def forward_due(connection: Connection, agency: str, kind: MatterKind, received: datetime) -> Due:
    """Return until when a misdirected question should have been passed on."""
    days = limits_for(connection, agency, kind).forward_days
    return due_after_days(calendar_for(connection, agency), received, days)


def extended(calendar: WorkCalendar, due_at: datetime, since: datetime, until: datetime) -> Due:
    """Return the due date after a pause: as many working days later as the pause touched."""
    return due_after_days(calendar, due_at, _working_days(calendar, since, until))


def _working_days(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    first, last = calendar.local(since).date(), calendar.local(until).date()
    return sum(calendar.is_working(day) for day in _days_after(first, last))


def _days_after(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
