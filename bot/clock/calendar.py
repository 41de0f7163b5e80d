"""When an office is open: weekly hours, days off and swapped working days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.errors import BotError

#: a calendar without one open day in so long is a configuration error, not a long holiday
_LONGEST_CLOSURE = timedelta(days=366)


class NeverOpen(BotError):
    """The calendar has no working day within a year: check its hours and days off."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Office hours of one half-day, local time, `opens` before `closes`."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise ValueError(f"{self.opens} must be before {self.closes}")


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that departs from the week: off, or worked in exchange for another day."""

    day: date
    working: bool
    name: str
    source: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """Seven weekdays' hours (Monday first) and the dated exceptions.

    A swapped working day has `full_day`, whatever its weekday's own hours.
    """

    zone: ZoneInfo
    week: tuple[tuple[Interval, ...], ...]
    special_days: Sequence[SpecialDay] = ()
    full_day: tuple[Interval, ...] = (
        Interval(time(7), time(11)),
        Interval(time(13), time(17)),
    )

    @cached_property
    def _special(self) -> Mapping[date, SpecialDay]:
        return {special.day: special for special in self.special_days}

    def special_day(self, day: date) -> SpecialDay | None:
        """Return the dated exception of a day, if there is one."""
        return self._special.get(day)

    def hours(self, day: date) -> tuple[Interval, ...]:
        """Return the day's intervals in order; empty on a day off."""
        special = self.special_day(day)
        if special is None:
            return self.week[day.weekday()]
        return self.full_day if special.working else ()

    def is_working(self, day: date) -> bool:
        """Whether the office opens at all on this day."""
        return bool(self.hours(day))

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the office's own clock; raise ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError(f"naive moment {moment!r}: pass an aware datetime")
        return moment.astimezone(self.zone)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the day's office hours as aware moments."""
        for interval in self.hours(day):
            yield (
                datetime.combine(day, interval.opens, self.zone),
                datetime.combine(day, interval.closes, self.zone),
            )

    def closing(self, day: date) -> datetime:
        """Return when a working day ends."""
        return list(self.spans(day))[-1][1]

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at this moment."""
        local = self.local(moment)
        return any(opens <= local < closes for opens, closes in self.spans(local.date()))

    def next_opening(self, moment: datetime) -> datetime:
        """Return the moment itself when open, else the next time the office opens."""
        local = self.local(moment)
        for opens, closes in self.spans_from(local.date()):
            if local < closes:
                return max(local, opens)
        raise NeverOpen

    def spans_from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield office hours from a day on, for ever; raise NeverOpen after a year of nothing."""
        for working_day in self.working_days_from(day):
            yield from self.spans(working_day)

    def working_days_from(self, day: date) -> Iterator[date]:
        """Yield the working days from a day on (that day included), for ever."""
        last = day
        while day - last <= _LONGEST_CLOSURE:
            if self.is_working(day):
                last = day
                yield day
            day += timedelta(days=1)
        raise NeverOpen
