"""How long to wait before trying again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom

_random = SystemRandom().random


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits with full jitter: spread evenly between nothing and a growing ceiling."""

    first: timedelta
    cap: timedelta
    attempts: int
    chance: Callable[[], float] = _random

    def delay(self, attempt: int) -> timedelta:
        """Return the wait after the n-th failed attempt, n from 1."""
        ceiling = self.first * (1 << min(attempt - 1, 30))
        return min(self.cap, ceiling) * self.chance()
