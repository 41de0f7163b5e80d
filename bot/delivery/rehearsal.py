"""A message that nobody wrote, taken all the way and forgotten before the first one comes.

What is read and compiled when first used takes a fifth of a second, for which everybody waits.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

import structlog
from sqlalchemy import Connection

from bot.channels import Sent
from bot.delivery.inbox import accept
from bot.delivery.recording import Reading, read_turn, record
from bot.delivery.sending import Outcome, claim, read_head, settle
from bot.delivery.turns import Mind, Plan, Wait
from bot.messages import Incoming, IncomingKind
from bot.store import Store

_log = structlog.get_logger()


class _Undone(Exception):
    """Ends a body so that the database stays as it was."""

    def __init__(self, value: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.value = value


async def rehearse(store: Store, mind: Mind, text: str, now: datetime) -> None:
    """Accept, decide, record and send `text` for nobody, and keep nothing of it."""
    event = Incoming("rehearsal", "rehearsal", "rehearsal", IncomingKind.TEXT, now, text)
    try:
        reading = await _undone(store, partial(_accept, event, mind, now))
        plan = await mind.decide(reading.turn, now)
        if not isinstance(plan, Wait):
            await _undone(store, partial(_answer, event, reading, plan, now))
    except Exception as error:  # noqa: BLE001 - the play goes on without it
        _log.warning("rehearsal failed", error=type(error).__name__)


async def _undone(store: Store, body: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
    def undo(connection: Connection) -> NoReturn:
        raise _Undone(body(connection))

    try:
        await store.write(undo)
    except _Undone as undone:
        return undone.value


def _accept(event: Incoming, mind: Mind, now: datetime, connection: Connection) -> Reading | None:
    accepted = accept(connection, event, b"", now).value
    return read_turn(mind, accepted.conversation_id, connection)


def _answer(
    event: Incoming, reading: Reading, plan: Plan, now: datetime, connection: Connection
) -> None:
    accepted = accept(connection, event, b"", now).value
    if accepted.conversation_id != reading.turn.conversation_id:
        return  # PostgreSQL gives no number twice
    record(reading, plan, now, connection)
    head = read_head(accepted.conversation_id, connection)
    taken = head and claim(head, "rehearsal", connection).value
    if taken:
        settle(taken, Outcome("sent", sent=Sent(("rehearsal",), now)), connection)
