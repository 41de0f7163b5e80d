"""Segments and their items in the database: what is proposed, and what may be read."""

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, exists, func, insert, select

from bot.privacy import redact
from bot.segments.listing import Item, Listing
from bot.segments.months import Month, Schedule
from bot.segments.script import speaking_time, spoken_lines
from bot.segments.selection import PUBLIC, candidates, item_airs
from bot.store.upsert import insert as upserting
from bot.tables.desk import question
from bot.tables.directory import agency, plan_item, policy
from bot.tables.segments import DEFAULT_SLOT_SECONDS, segment, segment_item

_AIR_DATES = "segment.air_dates"
_CLOSES_BEFORE = "segment.closes_before"


def schedule_of(connection: Connection, plain: Schedule) -> Schedule:
    """Return the schedule with the province's own air dates and closing rule."""
    keys = (_AIR_DATES, _CLOSES_BEFORE)
    rows = connection.execute(select(policy.c.key, policy.c.value).where(policy.c.key.in_(keys)))
    stored = {row.key: row.value for row in rows}
    overrides = {
        Month.read(month): date.fromisoformat(day)
        for month, day in stored.get(_AIR_DATES, {}).items()
    }
    return Schedule(plain.calendar, overrides, stored.get(_CLOSES_BEFORE, plain.closes_before))


def propose(connection: Connection, schedule: Schedule, now: datetime) -> int:
    """Refresh the month that is open now and the one that closed last; return how many are new.

    The closed one still needs it: somebody may have answered just before its close.
    """
    month = schedule.month_open_at(now)
    return sum(refresh(connection, each, schedule) for each in (month.previous, month))


def refresh(connection: Connection, month: Month, schedule: Schedule) -> int:
    """Propose what was answered for this month and is on no list yet; return how many.

    A published list stays as it is. An item whose question has another answer now is proposed
    anew with that answer.
    """
    _ensure(connection, month, schedule)
    lock_unpublished(connection)
    if _head(connection, month).status in PUBLIC:
        return 0
    after, until = _window(connection, month, schedule)
    _forget_outdated(connection, after, until)
    found = candidates(connection, after, until)
    first = _last_position(connection, month) + 1
    for position, row in enumerate(found, start=first):
        connection.execute(insert(segment_item).values(**_proposal(month, position, row, schedule)))
    return len(found)


def lock_unpublished(connection: Connection) -> None:
    """Keep others from changing or publishing a list until this transaction ends."""
    lists = select(segment.c.month).where(segment.c.status.not_in(PUBLIC))
    connection.execute(lists.order_by(segment.c.month).with_for_update()).all()


def listing(connection: Connection, month: Month, schedule: Schedule) -> Listing:
    """Return the month's list as it may be read: approved items whose consent stands today."""
    head = _head(connection, month)
    rows = connection.execute(_readable(), {"of_month": str(month)}).all()
    return Listing(
        month=str(month),
        air_date=head.air_date if head else schedule.air_date(month),
        theme=(head.theme if head else "") or _theme(connection, month),
        status=head.status if head else "open",
        items=tuple(_item(order, row) for order, row in enumerate(rows, start=1)),
    )


@cache
def _readable() -> Select[Any]:
    """Return what may be read of a month; built once, since every look at a page asks for it."""
    return (
        joined_items()
        .where(
            segment_item.c.month == bindparam("of_month"),
            segment_item.c.state == "approved",
            item_airs(),
        )
        .order_by(segment_item.c.position, segment_item.c.id)
    )


def published_months(connection: Connection) -> list[Row[Any]]:
    """Return published segments, newest first."""
    statement = select(segment).where(segment.c.status.in_(PUBLIC)).order_by(segment.c.month.desc())
    return list(connection.execute(statement).all())


def known_months(connection: Connection) -> list[Row[Any]]:
    """Return every month that has a list, newest first, with its number of items by state."""
    counted = {
        state: func.coalesce(
            select(func.count())
            .where(segment_item.c.month == segment.c.month, segment_item.c.state == state)
            .scalar_subquery(),
            0,
        ).label(state)
        for state in ("proposed", "approved", "dropped")
    }
    statement = select(segment, *counted.values()).order_by(segment.c.month.desc())
    return list(connection.execute(statement).all())


def slot_seconds(connection: Connection, month: Month) -> int:
    """Return how long the programme lasts; a month without a list has the default."""
    head = _head(connection, month)
    return head.slot_seconds if head else DEFAULT_SLOT_SECONDS


def joined_items() -> Select[Any]:
    """Return the query of items with their question, their list and their agency's name."""
    name = func.coalesce(agency.c.name, segment_item.c.agency).label("agency_name")
    return (
        select(segment_item, name)
        .join(segment, segment.c.month == segment_item.c.month)
        .join(question, question.c.id == segment_item.c.question_id)
        .outerjoin(agency, agency.c.code == segment_item.c.agency)
    )


def _item(order: int, row: Row[Any]) -> Item:
    spoken = spoken_lines(row.question, row.answer)
    return Item(
        id=row.id,
        order=order,
        question=row.question,
        answer=row.answer,
        agency=row.agency_name,
        askers=row.askers,
        seconds=speaking_time(spoken),
        basis=row.basis,
        signer=row.signer,
        answered_on=row.answered_on,
        spoken=spoken,
    )


def _proposal(month: Month, position: int, row: Row[Any], schedule: Schedule) -> dict[str, Any]:
    asked, answered, basis = redact(row.question), redact(row.answer), redact(row.basis or "")
    masks = (*asked.masks, *answered.masks, *basis.masks)
    return {
        "month": str(month),
        "question_id": row.id,
        "answer_id": row.answer_id,
        "position": position,
        "state": "proposed",
        "question": asked.text,
        "answer": answered.text,
        "agency": row.agency,
        "askers": row.askers,
        "basis": basis.text,
        "signer": row.signer or "",
        "answered_on": schedule.calendar.local(row.answered_at).date(),
        "masks": [{"kind": mask.kind.value, "rule": mask.rule} for mask in masks],
    }


def _ensure(connection: Connection, month: Month, schedule: Schedule) -> None:
    opening = upserting(connection, segment).values(
        month=str(month),
        air_date=schedule.air_date(month),
        theme=_theme(connection, month),
        status="open",
    )
    connection.execute(opening.on_conflict_do_nothing())


def _window(connection: Connection, month: Month, schedule: Schedule) -> tuple[datetime, datetime]:
    """Return the window of the month; it begins earlier where the list before was published
    before its close, so that no answer falls between two lists."""
    after, until = schedule.window(month)
    before = _head(connection, month.previous)
    published_at = before.published_at if before else None
    return (min(after, published_at) if published_at else after), until


def _forget_outdated(connection: Connection, after: datetime, until: datetime) -> None:
    """Remove items of unpublished lists whose question was answered anew in the window."""
    answered_anew = exists().where(
        question.c.id == segment_item.c.question_id,
        question.c.answer_id != segment_item.c.answer_id,
        question.c.answered_at > after,
        question.c.answered_at <= until,
    )
    unpublished = select(segment.c.month).where(segment.c.status.not_in(PUBLIC))
    connection.execute(
        delete(segment_item).where(segment_item.c.month.in_(unpublished), answered_anew)
    )


def _theme(connection: Connection, month: Month) -> str:
    statement = select(plan_item.c.theme).where(
        plan_item.c.year == month.year, plan_item.c.month == month.number
    )
    return connection.execute(statement.order_by(plan_item.c.id)).scalars().first() or ""


def _head(connection: Connection, month: Month) -> Any:  # noqa: ANN401 - a row, or None
    return connection.execute(select(segment).where(segment.c.month == str(month))).first()


def _last_position(connection: Connection, month: Month) -> int:
    statement = select(func.max(segment_item.c.position)).where(segment_item.c.month == str(month))
    return connection.execute(statement).scalar() or 0
