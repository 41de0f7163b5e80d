"""How fast one caller may write: a bucket of tokens each, forgotten when full again."""

import math
from collections import OrderedDict
from dataclasses import dataclass

_MOST_CALLERS = 50_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """A burst at once, then so many a second."""

    burst: int
    per_second: float


class RateLimit:
    """Token buckets by key in this process; the oldest keys go first when there are too many."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float, cost: int = 1) -> int:
        """Take so many tokens; return 0, or the whole seconds until there are enough again.

        `now` is a monotonic clock in seconds; `cost` is never more than the burst.
        """
        tokens, since = self._levels.pop(key, (float(self._allowance.burst), now))
        refilled = tokens + max(0.0, now - since) * self._allowance.per_second
        tokens = min(float(self._allowance.burst), refilled)
        allowed = tokens >= cost
        self._levels[key] = (tokens - cost if allowed else tokens, now)
        if len(self._levels) > _MOST_CALLERS:
            self._levels.popitem(last=False)
        return 0 if allowed else math.ceil((cost - tokens) / self._allowance.per_second)
