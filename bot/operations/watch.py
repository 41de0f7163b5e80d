"""What operators watch: readiness checks and the gauges of the backlog."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection, text

from bot.alarms import Name
from bot.alarms.ledger import present
from bot.delivery.backlog import backlog
from bot.moments import Clock
from bot.operations.metrics import Metrics
from bot.reach.notices import untold_since
from bot.store import Store

#: an undecided message this old means that the worker is stuck
_STUCK = timedelta(minutes=2)

#: how far back somebody who could not be told is counted
_UNTOLD_FOR = timedelta(days=30)

Check = Callable[[], Awaitable[str | None]]


class Versioned(Protocol):
    """Whatever says which knowledge is live."""

    @property
    def version(self) -> str:
        """Name the live knowledge."""


@dataclass(frozen=True)
class Watch:
    """Checks for /readyz, each None when well; gauges for /metrics."""

    store: Store
    library: Versioned
    metrics: Metrics
    clock: Clock

    def checks(self) -> Mapping[str, Check]:
        """Return the checks by name."""
        return {"database": self.database, "backlog": self.backlog, "knowledge": self.knowledge}

    async def database(self) -> str | None:
        """Whether the database answers."""
        await self.store.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
        return None

    async def backlog(self) -> str | None:
        """Whether messages are decided in time."""
        found = await self.store.read(backlog)
        if found.oldest is not None and self.clock() - found.oldest > _STUCK:
            return "messages wait too long for a decision"
        return None

    async def knowledge(self) -> str | None:
        """Whether an index is loaded."""
        return None if self.library.version else "no index is loaded"

    async def refresh(self) -> None:
        """Set the gauges from the ledger."""
        found = await self.store.read(_backlog)
        for ledger, rows in found.items():
            self.metrics.backlog.labels(ledger).set(rows)
        since = self.clock() - _UNTOLD_FOR
        self.metrics.untold.clear()
        for each in await self.store.read(lambda connection: untold_since(connection, since)):
            self.metrics.untold.labels(each.kind, each.reason).set(each.count)
        alarming = await self.store.read(present)
        for name in Name:
            self.metrics.alarms.labels(name).set(name in alarming)


def _backlog(connection: Connection) -> dict[str, int]:
    found = backlog(connection)
    return {
        "undecided": found.undecided,
        "unsent": found.unsent,
        "unknown": found.unknown,
        "waiting": found.waiting,
    }
