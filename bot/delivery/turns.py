"""What the delivery engine asks of the conversation, and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.errors import BotError
from bot.messages import Incoming, Outgoing


@dataclass(frozen=True, slots=True)
class Pending:
    """An undecided inbox row."""

    inbox_id: int
    seq: int
    message_id: int
    event: Incoming
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """All a decision may depend on: the conversation's memory and what came in, in order."""

    conversation_id: int
    channel: str
    address: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    silent_until: datetime | None = None
    barred_until: datetime | None = None
    pending: tuple[Pending, ...] = ()
    #: whatever `Mind.recall` read for this turn (open questions, recent messages)
    recalled: Any = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Too little to decide on: look again at `until`, or when more comes in."""

    until: datetime


class Plan(Protocol):
    """A decision ready to be recorded."""

    @property
    def through(self) -> int:
        """The seq of the last row it covers."""

    def record(self, connection: Connection, now: datetime) -> "Recorded":
        """Write everything but the messages; raise Stale where a cited entry has changed."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording a plan yields: the new memory and the messages to send, in order."""

    state: Mapping[str, Any]
    replies: tuple[Outgoing, ...]


class Mind(Protocol):
    """The conversation, seen from the delivery engine."""

    def recall(self, connection: Connection, turn: Turn) -> Any:  # noqa: ANN401
        """Read what `decide` needs; runs in a read transaction."""

    async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:
        """Decide outside any transaction. Raising puts the first row aside after retries."""


class Stale(BotError):
    """The public state of a cited entry changed between decision and record: decide again."""
