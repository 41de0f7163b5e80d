"""Simulated time: what happens when, in order, through the real pipeline."""

import heapq
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import WorkCalendar

Action = Callable[[], Awaitable[None]]


class SimulatedClock:
    """A clock that can be set; from there it runs on, since the engine waits in real time."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def set(self, moment: datetime) -> None:
        """Go on from this moment."""
        self._set_to, self._set_at = moment, time.monotonic()

    def __call__(self) -> datetime:
        """Return the simulated moment."""
        return self._set_to + timedelta(seconds=time.monotonic() - self._set_at)


@dataclass
class Agenda:
    """Actions by the moment at which they happen; an action may add later ones."""

    clock: SimulatedClock
    until: datetime
    _waiting: list[tuple[datetime, int, Action]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def at(self, moment: datetime, action: Action) -> None:
        """Plan an action; nothing happens later than the present."""
        due = min(moment, self.until)
        heapq.heappush(self._waiting, (due, next(self._order), action))

    def after(self, delay: timedelta, action: Action) -> None:
        """Plan an action so long after the present moment of the simulation."""
        self.at(self.clock() + delay, action)

    async def run(self) -> None:
        """Do everything in order of time."""
        while self._waiting:
            due, _, action = heapq.heappop(self._waiting)
            self.clock.set(max(due, self.clock()))
            await action()


def between(start: datetime, end: datetime, share: float) -> datetime:
    """Return the moment after such a share of the time from start to end."""
    return start + (end - start) * share


def in_office_hours(calendar: WorkCalendar, moment: datetime, latest: datetime) -> datetime:
    """Return the first moment from this one on at which offices work, `latest` at most."""
    return min(calendar.next_opening(moment), latest)
