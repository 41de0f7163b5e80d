"""What is alarming now and who was told: once when it begins, once a day, once when it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.alarms import Alarm, Name
from bot.tables.operations import alarm as table

_REMIND = timedelta(days=1)


class Stage(StrEnum):
    """Why somebody is told."""

    BEGAN = "began"
    GOES_ON = "goes on"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the operators about one alarm."""

    name: Name
    stage: Stage
    text: str
    since: datetime


def note(connection: Connection, found: Iterable[Alarm], now: datetime) -> Sequence[Notice]:
    """Write down what is alarming now and return what the operators have not been told yet.

    A notice comes again until `told` confirms it, so that a mail server that is down for an
    hour costs an hour, not the alarm.
    """
    known = {row.name: row for row in connection.execute(select(table))}
    present = {alarm.name: alarm for alarm in found}
    began = [alarm for name, alarm in present.items() if name not in known]
    for alarm in began:
        connection.execute(
            insert(table).values(name=alarm.name, text=alarm.text, since=now, ended_at=None)
        )
    notices = [Notice(alarm.name, Stage.BEGAN, alarm.text, now) for alarm in began]
    for name, row in known.items():
        notice = _follow(connection, row, present.get(Name(name)), now)
        notices += [notice] if notice else []
    return notices


def told(connection: Connection, notices: Iterable[Notice], now: datetime) -> None:
    """Remember that the operators know; an alarm that is over and told is forgotten."""
    for notice in notices:
        row = table.c.name == notice.name
        if notice.stage is Stage.OVER:
            connection.execute(delete(table).where(row, table.c.ended_at.is_not(None)))
        else:
            connection.execute(update(table).where(row).values(told_at=now))


def _follow(
    connection: Connection, row: Row[Any], alarm: Alarm | None, now: datetime
) -> Notice | None:
    """Carry one known alarm on, and return what is to be said about it."""
    mine = update(table).where(table.c.name == row.name)
    if alarm is None:
        connection.execute(mine.values(ended_at=row.ended_at or now))
        if row.told_at is None:  # nobody heard of it, so nobody waits for its end
            connection.execute(delete(table).where(table.c.name == row.name))
            return None
        return Notice(Name(row.name), Stage.OVER, row.text, row.since)
    connection.execute(mine.values(text=alarm.text, ended_at=None))
    if row.told_at is None:
        return Notice(alarm.name, Stage.BEGAN, alarm.text, row.since)
    if now - row.told_at >= _REMIND:
        return Notice(alarm.name, Stage.GOES_ON, alarm.text, row.since)
    return None


def present(connection: Connection) -> frozenset[Name]:
    """Return the alarms that are on."""
    names = connection.execute(select(table.c.name).where(table.c.ended_at.is_(None))).scalars()
    return frozenset(map(Name, names))
