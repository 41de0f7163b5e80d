"""Events, a mind and a channel simple enough that only the ledger can be at fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from bot.channels import Delivery, Sent
from bot.delivery.turns import Plan, Recorded, Turn, Wait
from bot.messages import Incoming, IncomingKind, Outgoing, Purpose

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
_ids = count(1)


def said(text: str, event_id: str = "", who: str = "an", **more: Any) -> Incoming:  # noqa: ANN401
    """Return what a citizen wrote."""
    kind = more.pop("kind", IncomingKind.TEXT)
    event_id = event_id or f"event-{next(_ids)}"
    return Incoming("fake", event_id, who, kind, more.pop("at", NOW), text=text, **more)


def told(kind: IncomingKind, *provider_ids: str, text: str = "", who: str = "an") -> Incoming:
    """Return news of a provider about messages of ours."""
    return said(text, who=who, kind=kind, refers_to=provider_ids)


def rows(connection: Connection, table: Table) -> Sequence[RowMapping]:
    """Return a table in the order of its ids."""
    return connection.execute(select(table).order_by(*table.primary_key)).mappings().all()


def states(connection: Connection, table: Table) -> list[str]:
    """Return the states of a table's rows."""
    return [row["state"] for row in rows(connection, table)]


class Ticker:
    """A clock that tests move."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass(frozen=True)
class Repeat:
    """Answers the rows it covers with their words."""

    through: int
    words: str
    purpose: Purpose
    on_record: Callable[[], None] = lambda: None

    def record(self, connection: Connection, now: datetime) -> Recorded:  # noqa: ARG002
        self.on_record()
        return Recorded(
            {"last": self.words}, (Outgoing(f"re: {self.words}", purpose=self.purpose),)
        )


@dataclass
class Parrot:
    """Answers everything it is asked at once, unless `script` says something else first."""

    script: list[Any] = field(default_factory=list)
    purpose: Purpose = Purpose.AUTOMATIC
    one_by_one: bool = False
    turns: list[Turn] = field(default_factory=list)

    def recall(self, connection: Connection, turn: Turn) -> Any:  # noqa: ANN401, ARG002
        return "recalled"

    async def decide(self, turn: Turn, now: datetime) -> Plan | Wait:  # noqa: ARG002
        self.turns.append(turn)
        on_record: Callable[[], None] = lambda: None  # noqa: E731
        if self.script:
            step = self.script.pop(0)
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Wait):
                return step
            on_record = step
        covered = turn.pending[:1] if self.one_by_one else turn.pending
        words = " / ".join(row.event.text for row in covered)
        return Repeat(covered[-1].seq, words, self.purpose, on_record)


@dataclass
class ScriptedChannel:
    """A channel whose provider answers as scripted, then accepts everything."""

    script: list[Exception] = field(default_factory=list)
    name: str = "fake"
    seen: list[str] = field(default_factory=list)

    def parse(self, raw: bytes) -> Sequence[Incoming]:  # noqa: ARG002
        return ()

    async def send(self, delivery: Delivery) -> Sent:
        self.seen.append(delivery.message.text)
        if self.script:
            raise self.script.pop(0)
        return Sent((f"p{len(self.seen)}",), NOW)
