"""A mind that lets those go first who wait to be accepted: thinking takes the processor, and one
more thought holds up who waits on the line. Beside a backlog it halves what accepting takes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.delivery.turns import Mind, Plan, Turn, Wait

#: a thought steps back so often and so long, and then goes on: some are decided in any rush
_STEPS_BACK, _STEP_SECONDS = 12, 0.005
#: thoughts that do not step back any more: one under way, one ready
_UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class Courteous:
    """Implements Mind by another one."""

    mind: Mind
    is_accepting: Callable[[], bool]
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_UNDER_WAY))

    def recall(self, connection: Connection, turn: Turn) -> Any:  # noqa: ANN401
        """Recall at once."""
        return self.mind.recall(connection, turn)

    async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:
        """Decide when nobody waits on the line, soon in any case."""
        async with self._room:
            for _ in range(_STEPS_BACK):
                if not self.is_accepting():
                    break
                await asyncio.sleep(_STEP_SECONDS)
            return await self.mind.decide(turn, now)
