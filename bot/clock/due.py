"""Due dates in working days and working hours, each with the trace of its computation.

The day of receipt is day zero, as the periods of administrative procedures are counted
(day 1 is the working day after it); a limit of N days ends when the office closes on day N.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from bot.clock.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline and how it came about.

    `trace` is plain JSON: `received`, `counted_from`, `limit`, `unit`, `due` and `skipped`
    (the days off on the way with their names), so that anybody can check it by hand.
    """

    at: datetime
    trace: dict[str, Any]


def due_after_days(calendar: WorkCalendar, received: datetime, days: int) -> Due:
    """Return the closing time of the `days`-th working day after the day of receipt.

    Receipt after closing or on a day off counts as received on the next working day; before
    opening or at lunch it counts that day. `days` = 0 is the closing of the day of receipt.
    """
    if days < 0:
        raise ValueError("a limit cannot be negative")
    local = calendar.local(received)
    day_zero = _day_of_receipt(calendar, local)
    last = next(islice(calendar.working_days_from(day_zero), days, None))
    return _due(calendar, local, day_zero, calendar.closing(last), (days, "working days"))


def due_after_hours(calendar: WorkCalendar, received: datetime, hours: float) -> Due:
    """Return the moment at which `hours` of office time have passed since receipt.

    A limit that runs out exactly when an interval ends is due then, not at the next opening.
    """
    if hours < 0:
        raise ValueError("a limit cannot be negative")
    local = calendar.local(received)
    left = timedelta(hours=hours)
    started = calendar.next_opening(local)
    at = started
    for opens, closes in calendar.spans_from(started.date()):
        begins = max(opens, started)
        if begins > closes:
            continue
        if begins + left <= closes:
            at = begins + left
            break
        left -= closes - begins
    return _due(calendar, local, started.date(), at, (hours, "working hours"))


def working_days_before(calendar: WorkCalendar, day: date, count: int) -> date:
    """Return the working day `count` working days before the last one that precedes `day`."""
    found = -1
    while found < count:
        day -= timedelta(days=1)
        found += calendar.is_working(day)
    return day


def _day_of_receipt(calendar: WorkCalendar, local: datetime) -> date:
    today = local.date()
    if calendar.is_working(today) and local > calendar.closing(today):
        today += timedelta(days=1)
    return next(calendar.working_days_from(today))


def _due(
    calendar: WorkCalendar,
    received: datetime,
    counted_from: date,
    at: datetime,
    limit: tuple[float, str],
) -> Due:
    amount, unit = limit
    return Due(
        at,
        {
            "received": received.isoformat(),
            "counted_from": counted_from.isoformat(),
            "limit": amount,
            "unit": unit,
            "skipped": _skipped(calendar, received.date(), at.date()),
            "due": at.isoformat(),
        },
    )


def _skipped(calendar: WorkCalendar, first: date, last: date) -> list[dict[str, str]]:
    """Name the days between receipt and deadline that depart from the plain week."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    specials = (calendar.special_day(day) for day in days)
    return [
        {
            "day": special.day.isoformat(),
            "what": "worked" if special.working else "off",
            "name": special.name,
            "source": special.source,
        }
        for special in specials
        if special is not None
    ]
