"""Timers of conversations: the earliest of several moments counts."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.moments import Clock


class Timers:
    """Rings once for each conversation, by the loop's own clock."""

    def __init__(self, ring: Callable[[int], None], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._set: dict[int, asyncio.TimerHandle] = {}

    def set(self, conversation_id: int, at: datetime | None) -> bool:
        """Ring at a moment; False where that is now or past."""
        delay = (at - self._clock()).total_seconds() if at else 0
        if delay <= 0:
            return False
        loop = asyncio.get_running_loop()
        before = self._set.get(conversation_id)
        if before is None or before.when() > loop.time() + delay:
            if before is not None:
                before.cancel()
            self._set[conversation_id] = loop.call_later(delay, self._due, conversation_id)
        return True

    def __contains__(self, conversation_id: int) -> bool:
        return conversation_id in self._set

    def clear(self) -> None:
        """Ring no more."""
        for timer in self._set.values():
            timer.cancel()
        self._set.clear()

    def _due(self, conversation_id: int) -> None:
        del self._set[conversation_id]
        self._ring(conversation_id)
