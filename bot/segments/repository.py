"""Segments and their items in the database."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.errors import BotError
from bot.privacy import redact
from bot.segments.listing import Item, Listing
from bot.segments.months import Month, Schedule
from bot.segments.script import seconds_of, spoken_lines
from bot.segments.selection import candidates, may_air
from bot.store.upsert import insert as upserting
from bot.tables.desk import question
from bot.tables.directory import agency, plan_item, policy
from bot.tables.segments import segment, segment_item

_AIR_DATES = "segment.air_dates"
_CLOSES_BEFORE = "segment.closes_before"


class NoSuchItem(BotError):
    """This item is not on the month's list."""


class AlreadyPublished(BotError):
    """The list is published: corrections appear beside it, it is not changed any more."""


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


def refresh(connection: Connection, month: Month, schedule: Schedule) -> int:
    """Propose what was answered for this month and is on no list yet; return how many.

    A published list stays as it is.
    """
    _ensure(connection, month, schedule)
    if _status(connection, month) in {"published", "aired"}:
        return 0
    found = candidates(connection, *schedule.window(month))
    first = _last_position(connection, month) + 1
    for position, row in enumerate(found, start=first):
        connection.execute(insert(segment_item).values(**_proposal(month, position, row, schedule)))
    return len(found)


def listing(connection: Connection, month: Month, schedule: Schedule) -> Listing:
    """Return the month's list as it may be read: approved items whose consent stands today."""
    head = connection.execute(select(segment).where(segment.c.month == str(month))).first()
    statement = (
        _items()
        .where(segment_item.c.month == str(month), segment_item.c.state == "approved", may_air())
        .order_by(segment_item.c.position, segment_item.c.id)
    )
    rows = connection.execute(statement).all()
    return Listing(
        month=str(month),
        air_date=head.air_date if head else schedule.air_date(month),
        theme=(head.theme if head else "") or _theme(connection, month),
        status=head.status if head else "open",
        items=tuple(_item(order, row) for order, row in enumerate(rows, start=1)),
    )


def items(connection: Connection, month: Month) -> list[Row[Any]]:
    """Return every item of the month for the editor, dropped and withdrawn ones too.

    Each row has `airable`: whether consent and state still allow it.
    """
    statement = (
        _items()
        .add_columns(may_air().label("airable"))
        .where(segment_item.c.month == str(month))
        .order_by(segment_item.c.position, segment_item.c.id)
    )
    return list(connection.execute(statement).all())


def approve(
    connection: Connection,
    item_id: int,
    texts: tuple[str, str],
    officer_id: int,
    now: datetime,
) -> None:
    """Approve an item with the question and answer as the editor left them, masked once more."""
    row = _open_item(connection, item_id)
    masked = [redact(text) for text in texts]
    connection.execute(
        update(segment_item)
        .where(segment_item.c.id == row.id)
        .values(
            state="approved",
            question=masked[0].text,
            answer=masked[1].text,
            approved_by=officer_id,
            approved_at=now,
        )
    )


def set_state(connection: Connection, item_id: int, state: str) -> None:
    """Drop an item from the list, or propose it anew."""
    row = _open_item(connection, item_id)
    connection.execute(
        update(segment_item)
        .where(segment_item.c.id == row.id)
        .values(state=state, approved_by=None, approved_at=None)
    )


def move(connection: Connection, item_id: int, position: int) -> None:
    """Put an item at another place of the list."""
    row = _open_item(connection, item_id)
    connection.execute(
        update(segment_item).where(segment_item.c.id == row.id).values(position=position)
    )


def publish(connection: Connection, month: Month, officer_id: int | None, now: datetime) -> None:
    """Make the month's list public; raise AlreadyPublished the second time."""
    changed = connection.execute(
        update(segment)
        .where(segment.c.month == str(month), segment.c.status.in_(("open", "locked")))
        .values(status="published", published_at=now, published_by=officer_id)
    )
    if changed.rowcount == 0:
        raise AlreadyPublished


def published_months(connection: Connection) -> list[Row[Any]]:
    """Return published segments, newest first."""
    statement = (
        select(segment)
        .where(segment.c.status.in_(("published", "aired")))
        .order_by(segment.c.month.desc())
    )
    return list(connection.execute(statement).all())


def _items() -> Any:  # noqa: ANN401 - a statement of SQLAlchemy
    return (
        select(
            segment_item, func.coalesce(agency.c.name, segment_item.c.agency).label("agency_name")
        )
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
        seconds=sum(seconds_of(line.text) for line in spoken),
        basis=row.basis,
        signer=row.signer,
        answered_on=row.answered_on,
        spoken=spoken,
    )


def _proposal(month: Month, position: int, row: Row[Any], schedule: Schedule) -> dict[str, Any]:
    asked, answered = redact(row.question), redact(row.answer)
    return {
        "month": str(month),
        "question_id": row.id,
        "position": position,
        "state": "proposed",
        "question": asked.text,
        "answer": answered.text,
        "agency": row.agency,
        "askers": row.askers,
        "basis": row.basis or "",
        "signer": ", ".join(part for part in (row.full_name, row.title) if part),
        "answered_on": row.answered_at.astimezone(_zone(schedule)).date(),
        "masks": [{"kind": m.kind.value, "rule": m.rule} for m in (*asked.masks, *answered.masks)],
    }


def _zone(schedule: Schedule) -> ZoneInfo:
    return schedule.calendar.zone


def _ensure(connection: Connection, month: Month, schedule: Schedule) -> None:
    opening = upserting(connection, segment).values(
        month=str(month),
        air_date=schedule.air_date(month),
        theme=_theme(connection, month),
        status="open",
    )
    connection.execute(opening.on_conflict_do_nothing())


def _theme(connection: Connection, month: Month) -> str:
    statement = select(plan_item.c.theme).where(
        plan_item.c.year == month.year, plan_item.c.month == month.number
    )
    return connection.execute(statement.order_by(plan_item.c.id)).scalars().first() or ""


def _status(connection: Connection, month: Month) -> str:
    found: str = connection.execute(
        select(segment.c.status).where(segment.c.month == str(month))
    ).scalar_one()
    return found


def _last_position(connection: Connection, month: Month) -> int:
    statement = select(func.max(segment_item.c.position)).where(segment_item.c.month == str(month))
    return connection.execute(statement).scalar() or 0


def _open_item(connection: Connection, item_id: int) -> Any:  # noqa: ANN401 - a row of two columns
    statement = (
        select(segment_item.c.id, segment.c.status)
        .join(segment, segment.c.month == segment_item.c.month)
        .where(segment_item.c.id == item_id)
    )
    row = connection.execute(statement).first()
    if row is None:
        raise NoSuchItem
    if row.status in {"published", "aired"}:
        raise AlreadyPublished
    return row
