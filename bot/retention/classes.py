"""The classes of data that are kept only for a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete, func, select

from bot.delivery import retention as ledger
from bot.delivery.policy import RAW_DAYS, Bounded
from bot.retention import words
from bot.retention.words import Batch
from bot.tables.delivery import inbox, quarantine
from bot.tables.desk import login_attempt, session

#: rows forgotten in one transaction, so that messages get in between
AT_ONCE = 500

_DECADE = 3653


@dataclass(frozen=True, slots=True)
class Kept:
    """One class: how many days it is kept, how many rows are due, and how to forget some.

    `forget` returns how many it forgot, and is called again while it forgets a whole batch.
    """

    name: str
    what: str
    rule: Bounded
    due: Callable[[Connection, datetime], int]
    forget: Callable[[Connection, Batch], int]


def _days(name: str, default: int, least: int = 1, most: int = _DECADE) -> Bounded:
    return Bounded(f"retention.{name}_days", default, least, most)


def _rows(name: str, what: str, rule: Bounded, column: Column[datetime]) -> Kept:
    """Return a class whose rows simply go."""
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - a column of a table of ours

    def due(connection: Connection, before: datetime) -> int:
        count = select(func.count()).select_from(table).where(column < before)
        return int(connection.execute(count).scalar_one())

    def forget(connection: Connection, batch: Batch) -> int:
        key = next(iter(table.primary_key))
        aged = select(key).where(column < batch.before).limit(batch.most)
        gone = delete(table).where(key.in_(aged.scalar_subquery()))
        return connection.execute(gone).rowcount

    return Kept(name, what, rule, due, forget)


def _raw_due(connection: Connection, before: datetime) -> int:
    aged = (inbox.c.raw.is_not(None), inbox.c.received_at < before)
    return int(
        connection.execute(select(func.count()).select_from(inbox).where(*aged)).scalar_one()
    )


def _forget_raw(connection: Connection, batch: Batch) -> int:
    return ledger.forget_raw(connection, batch.before, batch.most)


CLASSES: Sequence[Kept] = (
    Kept(
        "raw",
        "bytes of providers and words of events, kept for replay",
        RAW_DAYS,
        _raw_due,
        _forget_raw,
    ),
    _rows(
        "quarantine",
        "webhook requests with a wrong signature",
        _days("quarantine", 2, most=30),
        quarantine.c.received_at,
    ),
    _rows("sessions", "logins that are over", _days("sessions", 1, most=30), session.c.seen_at),
    _rows("logins", "attempts to log in", _days("logins", 30, most=365), login_attempt.c.at),
    Kept(
        "origins",
        "digests of the networks that web chats were opened from",
        _days("origins", 2, most=30),
        words.origins_due,
        words.forget_origins,
    ),
    Kept(
        "files",
        "citizens' files, after their question was closed",
        _days("files", 365, least=30),
        words.files_due,
        words.forget_files,
    ),
    Kept(
        "chats",
        "what was said around questions, after the chat fell silent",
        _days("chats", 365, least=30),
        words.chats_due,
        words.forget_chats,
    ),
    Kept(
        "questions",
        "citizens' words and the answers, after a question was closed",
        _days("questions", 1826, least=365),
        words.questions_due,
        words.forget_questions,
    ),
)
