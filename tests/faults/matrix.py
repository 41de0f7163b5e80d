"""Every fault of a provider × every channel: what becomes of a message, told in advance.

A channel joins with a `Rig` in `RIGS` (tests/faults/rigs.py) and its column in `EXPECTED`.
`python -m tests.faults.matrix` prints the table that docs/faults.md shows.
"""

import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select

from bot.channels import Channel
from bot.delivery.numbering import open_conversation
from bot.delivery.outbox import post
from bot.delivery.sender import Sender
from bot.messages import Outgoing, Purpose
from bot.store import Done, Store
from bot.tables.delivery import outbox

#: so often the sender may come back before we call it the end
_ROUNDS = 6


class Fault(StrEnum):
    """What the provider does to one request, or to all of them."""

    TIMEOUT_BEFORE = "timeout before acceptance"
    TIMEOUT_AFTER = "timeout after acceptance"
    TOO_MANY = "429"
    SERVER = "5xx"
    BAD_REQUEST = "400"
    REVOKED = "revoked token"
    MALFORMED = "malformed body"
    SLOW = "slow body"
    RESET = "connection reset"


@dataclass(frozen=True, slots=True)
class End:
    """Where a message ended: the state of its outbox row, and how often the citizen saw it."""

    state: str
    seen: int

    def __str__(self) -> str:
        """Return the end as the table says it."""
        times = {0: "not seen", 1: "seen once"}.get(self.seen, f"seen {self.seen} times")
        return f"{self.state}, {times}"


SENT, TWICE = End("sent", 1), End("sent", 2)
LOST, WAITS = End("failed", 0), End("pending", 0)
DOUBTED, DOUBTED_SEEN = End("unknown", 0), End("unknown", 1)

#: (fault, purpose) → end, by channel. An officer's answer whose outcome nobody can tell waits
#: for a person; the assistant's goes again where the channel does not show it.
EXPECTED: dict[str, Mapping[tuple[Fault, Purpose], End]] = {
    "zalo": {
        (Fault.TIMEOUT_BEFORE, Purpose.AUTOMATIC): SENT,
        (Fault.TIMEOUT_AFTER, Purpose.AUTOMATIC): SENT,
        (Fault.TOO_MANY, Purpose.AUTOMATIC): SENT,
        (Fault.SERVER, Purpose.AUTOMATIC): SENT,
        (Fault.BAD_REQUEST, Purpose.AUTOMATIC): LOST,
        (Fault.REVOKED, Purpose.AUTOMATIC): WAITS,
        (Fault.MALFORMED, Purpose.AUTOMATIC): SENT,
        (Fault.SLOW, Purpose.AUTOMATIC): SENT,
        (Fault.RESET, Purpose.AUTOMATIC): SENT,
        (Fault.TIMEOUT_BEFORE, Purpose.OFFICER): DOUBTED,
        (Fault.TIMEOUT_AFTER, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.TOO_MANY, Purpose.OFFICER): SENT,
        (Fault.SERVER, Purpose.OFFICER): SENT,
        (Fault.BAD_REQUEST, Purpose.OFFICER): LOST,
        (Fault.REVOKED, Purpose.OFFICER): WAITS,
        (Fault.MALFORMED, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.SLOW, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.RESET, Purpose.OFFICER): DOUBTED_SEEN,
    },
    # Telegram shows a bot nothing of the past: what may have arrived is sent again
    "telegram": {
        (Fault.TIMEOUT_BEFORE, Purpose.AUTOMATIC): SENT,
        (Fault.TIMEOUT_AFTER, Purpose.AUTOMATIC): TWICE,
        (Fault.TOO_MANY, Purpose.AUTOMATIC): SENT,
        (Fault.SERVER, Purpose.AUTOMATIC): SENT,
        (Fault.BAD_REQUEST, Purpose.AUTOMATIC): LOST,
        (Fault.REVOKED, Purpose.AUTOMATIC): WAITS,
        (Fault.MALFORMED, Purpose.AUTOMATIC): TWICE,
        (Fault.SLOW, Purpose.AUTOMATIC): TWICE,
        (Fault.RESET, Purpose.AUTOMATIC): TWICE,
        (Fault.TIMEOUT_BEFORE, Purpose.OFFICER): DOUBTED,
        (Fault.TIMEOUT_AFTER, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.TOO_MANY, Purpose.OFFICER): SENT,
        (Fault.SERVER, Purpose.OFFICER): SENT,
        (Fault.BAD_REQUEST, Purpose.OFFICER): LOST,
        (Fault.REVOKED, Purpose.OFFICER): WAITS,
        (Fault.MALFORMED, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.SLOW, Purpose.OFFICER): DOUBTED_SEEN,
        (Fault.RESET, Purpose.OFFICER): DOUBTED_SEEN,
    },
}


class Rig(Protocol):
    """One channel with its provider played by a server, and a clock that can be moved on."""

    channel: Channel
    address: str

    def now(self) -> datetime:
        """Return the moment it is here."""

    def move_to(self, moment: datetime) -> None:
        """Let time pass until a moment."""

    def arrange(self, fault: Fault) -> None:
        """Let the next sending meet the fault; a revoked token is revoked for good."""

    def seen(self) -> int:
        """Return how many messages the citizen saw."""


class OpenRig(Protocol):
    """Sets a rig up and takes it down."""

    def __call__(self, folder: Path, store: Store) -> AbstractAsyncContextManager[Rig]:
        """Return a rig whose citizen has written a moment ago."""


async def endure(rig: Rig, store: Store, fault: Fault, purpose: Purpose) -> End:
    """Send one message into a fault, keep trying as the service would, and return the end."""
    rig.arrange(fault)
    conversation_id = await store.write(lambda c: _intend(c, rig, purpose))
    sender = Sender(store, {rig.channel.name: rig.channel}, owner="matrix", clock=rig.now)
    for _ in range(_ROUNDS):
        again = await sender.drain(conversation_id)
        if again is None:
            break
        rig.move_to(again)
    state = await store.read(lambda c: c.execute(select(outbox.c.state)).scalar_one())
    return End(state, rig.seen())


def _intend(connection: Connection, rig: Rig, purpose: Purpose) -> Done[int]:
    name, now = rig.channel.name, rig.now()
    conversation_id = open_conversation(connection, name, rig.address, now)
    outgoing = Outgoing("Dạ, đây là câu trả lời.", purpose=purpose)
    post(connection, conversation_id, "matrix", [outgoing], now)
    return Done(conversation_id)


def table() -> str:
    """Return the expected ends as Markdown, a row for each fault and purpose."""
    names = list(EXPECTED)
    lines = [
        f"| fault | message of | {' | '.join(names)} |",
        "|---|---" + "|---" * len(names) + "|",
    ]
    whose = {Purpose.AUTOMATIC: "the assistant", Purpose.OFFICER: "an officer"}
    for fault in Fault:
        for purpose, who in whose.items():
            ends = [str(EXPECTED[name][fault, purpose]) for name in names]
            lines.append(f"| {fault} | {who} | {' | '.join(ends)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
