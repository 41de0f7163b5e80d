"""When a month's segment airs, and which answers belong to it."""

import calendar as gregorian
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.clock import WorkCalendar, working_days_before
from bot.errors import BotError

_MONTH = re.compile(r"((?:19|2\d)\d\d)-(0[1-9]|1[0-2])")
_SATURDAY = 5


class UnreadableMonth(BotError):
    """A month is written YYYY-MM, such as 2026-11."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read "2026-11"; raise UnreadableMonth for anything else."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise UnreadableMonth
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def previous(self) -> "Month":
        """Return the month before."""
        return Month.of(date(self.year, self.number, 1) - timedelta(days=1))

    @property
    def next(self) -> "Month":
        """Return the month after."""
        return Month.of(date(self.year, self.number, 28) + timedelta(days=4))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Air dates: the last Saturday of the month unless a month has its own.

    "The Saturday of the last week" has two readings; this is the last Saturday that falls in
    the month. `closes_before` is how many working days before the air date the list closes.
    """

    calendar: WorkCalendar
    overrides: Mapping[Month, date]
    closes_before: int = 3

    def air_date(self, month: Month) -> date:
        """Return the day the month's segment goes on air."""
        return self.overrides.get(month) or last_saturday(month)

    def close(self, month: Month) -> datetime:
        """Return the moment up to which answers belong to the month: an office closing time."""
        day = working_days_before(self.calendar, self.air_date(month), self.closes_before - 1)
        return self.calendar.closing(day)

    def window(self, month: Month) -> tuple[datetime, datetime]:
        """Return the previous month's close (exclusive) and this month's (inclusive)."""
        return self.close(month.previous), self.close(month)

    def month_open_at(self, moment: datetime) -> Month:
        """Return the month for which answers given at this moment count."""
        month = Month.of(self.calendar.local(moment).date())
        return month if moment <= self.close(month) else month.next


def last_saturday(month: Month) -> date:
    """Return the last Saturday that falls in the month."""
    last = date(month.year, month.number, gregorian.monthrange(month.year, month.number)[1])
    return last - timedelta(days=(last.weekday() - _SATURDAY) % 7)
