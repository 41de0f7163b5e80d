"""How an agency's desk stands: open, due soon, late, answered this month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select

from bot.questions.life import Act, Bucket, State
from bot.tables.desk import question, question_event
from bot.tables.directory import agency


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the lines are drawn: due before `now` is late, up to `soon` is due soon."""

    now: datetime
    soon: datetime
    month: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one agency, or of several together."""

    agency: str = ""
    name: str = ""
    open: int = 0
    soon: int = 0
    late: int = 0
    answered: int = 0


def tallies(connection: Connection, marks: Marks, seen_by: ColumnElement[bool]) -> Sequence[Tally]:
    """Return the figures by agency, most late first; what waits for the citizen is not late."""
    is_open = question.c.bucket == str(Bucket.OPEN)
    runs = and_(is_open, question.c.state != str(State.WAITING))
    columns = {
        "open": is_open,
        "soon": and_(runs, question.c.due_at.between(marks.now, marks.soon)),
        "late": and_(runs, question.c.due_at < marks.now),
        "answered": and_(
            question.c.bucket == str(Bucket.ANSWERED),
            question.c.answered_at >= marks.month,
            _by_an_officer(),
        ),
    }
    sums = [func.sum(case((where, 1), else_=0)).label(name) for name, where in columns.items()]
    name = func.coalesce(agency.c.name, question.c.agency)
    rows = connection.execute(
        select(question.c.agency, name.label("name"), *sums)
        .outerjoin(agency, agency.c.code == question.c.agency)
        .where(seen_by)
        .group_by(question.c.agency, name)
    ).all()
    found = [Tally(**_plain(row._mapping)) for row in rows]  # noqa: SLF001 - public in SQLAlchemy
    return sorted(found, key=lambda one: (-one.late, -one.soon, -one.open, one.name))


def together(each: Iterable[Tally]) -> Tally:
    """Return the sums."""
    some = list(each)
    names = ("open", "soon", "late", "answered")
    return Tally(**{name: sum(getattr(one, name) for one in some) for name in names})


def _plain(row: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: int(row[name]) if name not in ("agency", "name") else row[name] for name in row}


def _by_an_officer() -> ColumnElement[bool]:
    return exists(
        select(question_event.c.question_id).where(
            question_event.c.question_id == question.c.id, question_event.c.act == str(Act.SEND)
        )
    )
