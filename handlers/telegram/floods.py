"""Flood waits: Telegram says how long, but not whether one chat is meant or all of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Floods:
    """Remembers which chats must wait: a wait asked for in two chats at a time is everybody's."""

    clock: Callable[[], float] = time.monotonic
    _until: dict[str, float] = field(default_factory=dict)

    def note(self, chat: str, seconds: float) -> bool:
        """Note a wait; return whether it concerns the bot as a whole."""
        now = self.clock()
        self._until = {other: until for other, until in self._until.items() if until > now}
        others = any(other != chat for other in self._until)
        self._until[chat] = max(self._until.get(chat, now), now + seconds)
        return others
