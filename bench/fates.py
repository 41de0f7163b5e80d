"""What became of each message of a crowd: as the crowd saw it and as the ledger tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, select

from bench.crowd import Written
from bench.hourglass import Letter
from bot.messages import Purpose
from bot.tables.delivery import conversation, inbox, outbox


@dataclass(frozen=True, slots=True)
class Fate:
    """A message with what the ledger says of it; None for what did not happen."""

    written: Written
    #: seconds from its acceptance to its decision
    decided: float | None
    #: by seconds since the first message
    reply: Letter | None

    @property
    def seen(self) -> float:
        """Seconds from writing to the reply on the screen, endless where none came."""
        shown = self.written.shown
        return inf if shown is None else shown - self.written.at


def read_fates(database: Path, written: Sequence[Written]) -> tuple[list[Fate], int]:
    """Return the fate of each message, and how many replies of whatever sort are still unsent."""
    ledger = create_engine(f"sqlite:///{database}")
    with ledger.connect() as connection:
        decided, replies = _decided(connection), _replies(connection)
        open_ = select(func.count()).select_from(outbox).where(outbox.c.state != "sent")
        unsent: int = connection.execute(open_).scalar_one()
    ledger.dispose()
    begun = min(each.at for each in written)

    def fate(each: Written) -> Fate:
        key = (each.channel, each.address)
        reply = None
        if each.shown is not None and key in replies:
            receipt, ready = replies[key]
            reply = Letter(receipt, ready - begun, each.shown - begun)
        return Fate(each, decided.get(key), reply)

    return [fate(each) for each in written], unsent


def _decided(connection: Connection) -> Mapping[tuple[str, str], float]:
    """Return the seconds from acceptance to decision, by channel and address."""
    statement = (
        select(
            conversation.c.channel, conversation.c.address,
            inbox.c.received_at, inbox.c.decided_at,
        )
        .join(conversation, conversation.c.id == inbox.c.conversation_id)
        .where(inbox.c.state == "decided", inbox.c.decided_at.is_not(None))
    )  # fmt: skip
    rows = connection.execute(statement)
    return {(row[0], row[1]): (row[3] - row[2]).total_seconds() for row in rows}


def _replies(connection: Connection) -> Mapping[tuple[str, str], tuple[bool, float]]:
    """Return whether each first reply is a receipt, and since when it was ready to go."""
    statement = (
        select(
            conversation.c.channel, conversation.c.address, outbox.c.purpose, outbox.c.created_at
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .order_by(outbox.c.id.desc())
    )
    rows = connection.execute(statement)
    return {(row[0], row[1]): (row[2] == Purpose.RECEIPT, row[3].timestamp()) for row in rows}
