"""Due dates computed anew when the calendar has changed: a new day off moves what it touches."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.clock import Due, WorkCalendar, due_after_days
from bot.questions import limits
from bot.questions.life import Act, Bucket
from bot.questions.steps import SERVICE, Step, take
from bot.store.upsert import insert as upserting
from bot.tables.desk import question
from bot.tables.directory import policy

_APPLIED = "calendar.applied"


def reclock_if_changed(connection: Connection, now: datetime) -> int:
    """Compute open due dates anew if the calendar is another than last time; return how many moved.

    Each moved question gets an event with the old and the new date; the trace says why.
    """
    calendar = limits.calendar_for(connection, "")
    digest = _digest(calendar)
    applied = connection.execute(select(policy.c.value).where(policy.c.key == _APPLIED)).scalar()
    if applied == digest:
        return 0
    moved = (
        0 if applied is None else sum(_reclock(connection, row, now) for row in _open(connection))
    )
    _note(connection, digest, now)
    return moved


def _open(connection: Connection) -> list[Row[Any]]:
    wanted = select(question).where(
        question.c.bucket == str(Bucket.OPEN), question.c.due_at.is_not(None)
    )
    return list(connection.execute(wanted.with_for_update()).all())


def _reclock(connection: Connection, row: Row[Any], now: datetime) -> bool:
    due = _due(row, limits.calendar_for(connection, row.agency))
    if due is None or due.at == row.due_at:
        return False
    detail = {"from": row.due_at.isoformat(), "to": due.at.isoformat()}
    changes = {"due_at": due.at, "due_trace": {**row.due_trace, "answer": due.trace}}
    take(connection, row, Step(Act.RECLOCK, SERVICE, now, detail, changes=changes))
    return True


def _due(row: Row[Any], calendar: WorkCalendar) -> Due | None:
    """Return the due date by today's calendar: the limit of old, then each pause again."""
    trace = row.due_trace.get("answer")
    if not trace:
        return None
    received = datetime.fromisoformat(trace["received"])
    due = due_after_days(calendar, received, int(trace["limit"]))
    first = due
    for pause in row.due_trace.get("pauses", []):
        since, until = (datetime.fromisoformat(pause[name]) for name in ("since", "until"))
        due = limits.extended(calendar, due.at, since, until)
    return Due(due.at, first.trace)


def _digest(calendar: WorkCalendar) -> str:
    rows = [(day.day.isoformat(), day.working) for day in calendar.special_days]
    return hashlib.sha256(repr((rows, calendar.week)).encode()).hexdigest()


def _note(connection: Connection, digest: str, now: datetime) -> None:
    row = {"value": digest, "updated_at": now, "updated_by": SERVICE}
    statement = upserting(connection, policy).values(key=_APPLIED, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))
