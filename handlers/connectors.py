"""How a channel is plugged in: the composition root lists connectors and knows no channel."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels import Channel
from bot.delivery.gate import Limits
from bot.delivery.schedule import Periodic
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from handlers.routes import Route


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel put together. `close` finishes what must not be lost: before the store closes."""

    channel: Channel
    routes: Sequence[Route]
    close: Callable[[], Awaitable[None]]
    periodics: Sequence[Periodic] = ()
    limits: Limits = field(default_factory=Limits)


class Build(Protocol):
    """Puts a channel together; `keys` are the service's own secrets, newest first."""

    async def __call__(
        self,
        settings: Settings,
        store: Store,
        keys: Sequence[str],
        clock: Clock,
        metrics: Metrics,
    ) -> Connected:
        """Return the channel, ready to receive and to send."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A channel that may be switched on."""

    name: str
    is_enabled: Callable[[Settings], bool]
    build: Build
