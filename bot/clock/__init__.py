"""Working time and legal deadlines: pure arithmetic over a dated calendar."""

from bot.clock.calendar import Interval, SpecialDay, WorkCalendar
from bot.clock.due import Due, due_after_days, due_after_hours, working_days_before

__all__ = [
    "Due",
    "Interval",
    "SpecialDay",
    "WorkCalendar",
    "due_after_days",
    "due_after_hours",
    "working_days_before",
]
