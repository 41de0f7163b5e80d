"""Who in this process waits for news of a conversation: open pages of the web chat."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.store import Wake


class Subscription:
    """News of one conversation; several pieces of news at once count as one."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        """Say that there may be new lines."""
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for news since the last call; False when `seconds` passed without any."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Listeners:
    """Tells subscribers that a conversation changed; what changed they read themselves."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[int, set[Subscription]] = defaultdict(set)

    @contextmanager
    def subscribe(self, conversation_id: int) -> Iterator[Subscription]:
        """Listen while the block runs. Subscribe first, then read, so that nothing is missed."""
        subscription = Subscription()
        self._subscriptions[conversation_id].add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[conversation_id].discard(subscription)
            if not self._subscriptions[conversation_id]:
                del self._subscriptions[conversation_id]

    def count(self, conversation_id: int) -> int:
        """Return how many listen to a conversation."""
        return len(self._subscriptions.get(conversation_id, ()))

    def notify(self, wake: Wake) -> None:
        """Pass on a wake of the store, unless it is for later."""
        if wake.at is None:
            for subscription in self._subscriptions.get(wake.conversation_id, ()):
                subscription.tell()

    def close(self) -> None:
        """Wake everybody, so that open streams notice the shutdown at once."""
        self.tell_all()

    def tell_all(self) -> None:
        """Let everybody look: news may have passed unheard."""
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.tell()
