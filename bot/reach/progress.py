"""One word about progress before a window ends: who gets it, and what came of earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.questions.life import State
from bot.reach.windows import ENDING, RULES, Asked, Window, may_ask, window
from bot.store.upsert import insert
from bot.tables.delivery import conversation, inbox
from bot.tables.desk import question, question_open
from bot.tables.reach import progress

#: a question whose choices nobody made yet is not at anybody's desk
_NOT_YET = (State.RECEIVED, State.CHOOSING)
_HEARD = ("pending", "decided", "aside")


@dataclass(frozen=True, slots=True)
class Due:
    """A conversation that a progress message is due in."""

    conversation_id: int
    channel: str
    window: Window


def due(connection: Connection, now: datetime, zone: tzinfo) -> list[Due]:
    """Return the conversations with an open question whose window ends, by day only."""
    found = []
    for channel, rule in RULES.items():
        rows = connection.execute(
            _ending(channel, now - rule.possible, now - rule.possible + ENDING)
        )
        found += [each for row in rows.all() if (each := _due(connection, row, now, zone))]
    return found


def begin(connection: Connection, each: Due, now: datetime) -> bool:
    """Take the right to send the one message of this window; False where somebody has it."""
    row = {
        "conversation_id": each.conversation_id,
        "window_ended": each.window.possible_until,
        "asked_at": now,
    }
    inserted = insert(connection, progress).values(**row).on_conflict_do_nothing()
    return connection.execute(inserted.returning(progress.c.id)).scalar() is not None


def confirm(connection: Connection, conversation_id: int, now: datetime) -> None:
    """Note that the button of a progress message was pressed."""
    connection.execute(
        update(progress)
        .where(progress.c.conversation_id == conversation_id, progress.c.answered_at.is_(None))
        .values(answered_at=now)
    )


def asked_in(connection: Connection, conversation_id: int) -> Sequence[Asked]:
    """Return the progress messages of a conversation, oldest first, with their echo."""
    echo = (
        select(func.min(inbox.c.received_at))
        .where(
            inbox.c.conversation_id == progress.c.conversation_id,
            inbox.c.received_at > progress.c.asked_at,
            inbox.c.state.in_(_HEARD),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(progress.c.window_ended, progress.c.answered_at, echo.label("echoed_at"))
        .where(progress.c.conversation_id == conversation_id)
        .order_by(progress.c.asked_at)
    )
    return [Asked(r.window_ended, r.echoed_at, confirmed=r.answered_at is not None) for r in rows]


def _ending(channel: str, after: datetime, until: datetime) -> Any:  # noqa: ANN401 - a select
    """Select the living conversations of a channel whose window was opened in this span."""
    still = select(question.c.conversation_id).where(
        question_open, question.c.state.not_in([str(state) for state in _NOT_YET])
    )
    return (
        select(conversation.c.id, conversation.c.channel, conversation.c.window_from)
        .add_columns(conversation.c.state, conversation.c.silent_until)
        .where(
            conversation.c.id.in_(still),
            # spelt so that the few with open questions are looked at, not the whole channel
            func.coalesce(conversation.c.channel, "") == channel,
            conversation.c.window_from >= after,
            conversation.c.window_from <= until,
            conversation.c.blocked.is_(False),
        )
        .order_by(conversation.c.window_from)
    )


def _due(connection: Connection, row: Row[Any], now: datetime, zone: tzinfo) -> Due | None:
    """Return what is due in a conversation; who wants no notices, or talks to an officer by
    hand, is left in peace."""
    is_quiet = row.state.get("stopped") or (row.silent_until and row.silent_until > now)
    found = window(row.channel, row.window_from)
    if found is None or is_quiet:
        return None
    asked = asked_in(connection, row.id)
    return Due(row.id, row.channel, found) if may_ask(found, asked, now.astimezone(zone)) else None
