"""What an editor does to a month's list, and what he sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.errors import BotError
from bot.officers.accounts import Officer, note
from bot.privacy import redact
from bot.privacy.masks import Mask
from bot.segments.months import Month
from bot.segments.repository import joined_items, lock_unpublished
from bot.segments.script import speaking_time, spoken_lines
from bot.segments.selection import PUBLIC, consent_stands, item_airs, may_stay, words_kept
from bot.tables.desk import content, question
from bot.tables.segments import segment, segment_item


class NoSuchItem(BotError):
    """Mục này không có trong danh sách của tháng."""


class AlreadyPublished(BotError):
    """Danh sách đã công bố nên không sửa được nữa; đính chính được đăng riêng bên cạnh."""


class NothingApproved(BotError):
    """Danh sách chưa có mục nào được duyệt và còn đủ điều kiện phát."""


class TextMissing(BotError):
    """Câu hỏi và câu trả lời không được để trống."""


class Obstacle(StrEnum):
    """Why an item may not be read, whatever the editor decided."""

    ERASED = "erased"
    WITHDRAWN = "withdrawn"  # the asker does not agree any more
    SEALED = "sealed"  # it turned out to be a complaint or a denunciation
    CHANGED = "changed"  # reopened, or answered anew


@dataclass(frozen=True, slots=True)
class Review:
    """An item as the editor sees it: what was asked and answered, masked, and what is to air."""

    row: Row[Any]
    asked: str
    answered: str
    seconds: int
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Approval:
    """An item with question and answer as the editor left them."""

    item_id: int
    question: str
    answer: str


def reviews(connection: Connection, month: Month) -> list[Review]:
    """Return every item of the month in order, dropped ones and those with an obstacle too."""
    asked, answered = content.alias("asked"), content.alias("answered")
    statement = (
        joined_items()
        .outerjoin(asked, asked.c.id == question.c.text_id)
        .outerjoin(answered, answered.c.id == segment_item.c.answer_id)
        .add_columns(
            asked.c.text.label("asked"),
            answered.c.text.label("answered"),
            question.c.code,
            consent_stands().label("consented"),
            words_kept(segment_item.c.answer_id).label("kept"),
            may_stay().label("stays"),
            item_airs().label("airs"),
        )
        .where(segment_item.c.month == str(month))
        .order_by(segment_item.c.position, segment_item.c.id)
    )
    return [_review(row) for row in connection.execute(statement)]


def approve(
    connection: Connection, approval: Approval, editor: Officer, now: datetime
) -> tuple[Mask, ...]:
    """Approve an item, masked once more; return what had to be masked in the edited texts."""
    row = _open_item(connection, approval.item_id)
    asked, answered = redact(approval.question.strip()), redact(approval.answer.strip())
    if not asked.text or not answered.text:
        raise TextMissing
    found = (*asked.masks, *answered.masks)
    masks = [*row.masks, *({"kind": mask.kind.value, "rule": mask.rule} for mask in found)]
    _change(
        connection,
        row.id,
        state="approved",
        question=asked.text,
        answer=answered.text,
        masks=masks,
        approved_by=editor.id,
        approved_at=now,
    )
    note(connection, editor.actor, "segment.approve", f"{row.month}:{row.id}", now)
    return found


def set_state(
    connection: Connection, item_id: int, state: str, editor: Officer, now: datetime
) -> None:
    """Drop an item from the list ("dropped"), or propose it anew ("proposed")."""
    row = _open_item(connection, item_id)
    _change(connection, row.id, state=state, approved_by=None, approved_at=None)
    note(connection, editor.actor, f"segment.{state}", f"{row.month}:{row.id}", now)


def move(connection: Connection, item_id: int, by: int) -> None:
    """Put an item so many places further down the list, up for a negative number."""
    row = _open_item(connection, item_id)
    ordered = _ids_in_order(connection, row.month)
    place = ordered.index(row.id)
    ordered.insert(max(0, min(place + by, len(ordered) - 1)), ordered.pop(place))
    for position, each in enumerate(ordered, start=1):
        _change(connection, each, position=position)


def publish(connection: Connection, month: Month, editor: Officer, now: datetime) -> None:
    """Make the month's list public; raise AlreadyPublished the second time."""
    lock_unpublished(connection)
    airing = (
        joined_items()
        .where(segment_item.c.month == str(month), segment_item.c.state == "approved", item_airs())
        .limit(1)
    )
    if connection.execute(airing).first() is None:
        raise NothingApproved
    changed = connection.execute(
        update(segment)
        .where(segment.c.month == str(month), segment.c.status.not_in(PUBLIC))
        .values(status="published", published_at=now, published_by=editor.id)
    )
    if changed.rowcount == 0:
        raise AlreadyPublished
    note(connection, editor.actor, "segment.publish", str(month), now)


def _review(row: Row[Any]) -> Review:
    asked, answered = redact(row.asked or "").text, redact(row.answered or "").text
    seconds = speaking_time(spoken_lines(row.question, row.answer))
    return Review(row, asked, answered, seconds, _obstacle(row))


def _obstacle(row: Row[Any]) -> Obstacle | None:
    if not row.kept:
        return Obstacle.ERASED
    if not row.consented:
        return Obstacle.WITHDRAWN
    if not row.stays:
        return Obstacle.SEALED
    return None if row.airs else Obstacle.CHANGED


def _change(connection: Connection, item_id: int, **values: Any) -> None:  # noqa: ANN401
    connection.execute(update(segment_item).where(segment_item.c.id == item_id).values(**values))


def _ids_in_order(connection: Connection, month: str) -> list[int]:
    statement = (
        select(segment_item.c.id)
        .where(segment_item.c.month == month)
        .order_by(segment_item.c.position, segment_item.c.id)
    )
    ids: Sequence[int] = connection.execute(statement).scalars().all()
    return list(ids)


def _open_item(connection: Connection, item_id: int) -> Any:  # noqa: ANN401 - a row
    statement = (
        select(segment_item.c.id, segment_item.c.month, segment_item.c.masks, segment.c.status)
        .join(segment, segment.c.month == segment_item.c.month)
        .where(segment_item.c.id == item_id)
    )
    row = connection.execute(statement.with_for_update(of=segment)).first()
    if row is None:
        raise NoSuchItem
    if row.status in PUBLIC:
        raise AlreadyPublished
    return row
