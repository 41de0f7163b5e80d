"""How an agency's desk stands: open, due soon, late, answered this month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, select, true

from bot.questions.life import Act, Bucket, State
from bot.tables.desk import question, question_event, question_open
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
    runs = question.c.state != str(State.WAITING)
    open_ones = {
        "open": true(),
        "soon": and_(runs, question.c.due_at.between(marks.now, marks.soon)),
        "late": and_(runs, question.c.due_at < marks.now),
    }
    lately = question.alias("lately")
    answered = and_(
        # by number: SQLite would go through all that was ever answered, in the order of agencies
        question.c.id.in_(select(lately.c.id).where(lately.c.answered_at >= marks.month)),
        question.c.bucket == str(Bucket.ANSWERED),
        _by_an_officer(),
    )
    tallied: dict[str, Tally] = {}
    for columns, where in ((open_ones, question_open), ({"answered": true()}, answered)):
        for row in _by_agency(connection, columns, and_(where, seen_by)):
            before = tallied.get(row.agency) or Tally(row.agency, row.name)
            figures: dict[str, Any] = dict(zip(columns, map(int, row[2:]), strict=True))
            tallied[row.agency] = replace(before, **figures)
    return sorted(tallied.values(), key=lambda one: (-one.late, -one.soon, -one.open, one.name))


def _by_agency(
    connection: Connection, columns: Mapping[str, ColumnElement[bool]], where: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Sum columns by agency over few rows: those that are open, or those of this month."""
    sums = [func.sum(case((when, 1), else_=0)).label(name) for name, when in columns.items()]
    name = func.coalesce(agency.c.name, question.c.agency)
    return connection.execute(
        select(question.c.agency, name.label("name"), *sums)
        .outerjoin(agency, agency.c.code == question.c.agency)
        .where(where)
        .group_by(question.c.agency, name)
    ).all()


def together(each: Iterable[Tally]) -> Tally:
    """Return the sums."""
    some = list(each)
    names = ("open", "soon", "late", "answered")
    return Tally(**{name: sum(getattr(one, name) for one in some) for name in names})


def _by_an_officer() -> ColumnElement[bool]:
    return exists(
        select(question_event.c.question_id).where(
            question_event.c.question_id == question.c.id, question_event.c.act == str(Act.SEND)
        )
    )
