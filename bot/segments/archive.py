"""Questions and answers that everybody may read: agreed to by the asker, approved by an editor."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from bot.questions.life import State
from bot.segments.selection import PUBLIC, item_airs, of_age, words_kept
from bot.tables.desk import consent, question
from bot.tables.directory import agency
from bot.tables.segments import segment, segment_item
from knowledge.decisions import MatterKind
from knowledge.text import fold

PAGE_SIZE = 20
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class Published:
    """One question with its answer, masked and edited; `month` only where it was on air."""

    id: int
    question: str
    answer: str
    agency: str
    askers: int
    basis: str
    signer: str
    answered_on: date
    month: str

    @property
    def slug(self) -> str:
        """Return the last part of its address: its number and its first words."""
        words = re.sub(r"[^a-z0-9]+", "-", fold(self.question)).strip("-")
        return f"{self.id}-{words[:_LONGEST_SLUG].strip('-')}".rstrip("-")


def published(connection: Connection, page: int = 1) -> tuple[list[Published], int]:
    """Return a page of the archive, newest answers first, and how many there are in all."""
    total = connection.execute(_count()).scalar_one()
    rows = connection.execute(_page(), {"skip": (page - 1) * PAGE_SIZE})
    return [_record(row) for row in rows], total


def one(connection: Connection, item_id: int) -> Published | None:
    """Return one of the archive, None for what is not or no longer public."""
    row = connection.execute(_one(), {"of_item": item_id}).first()
    return _record(row) if row else None


# Built once: building one of these takes longer than running it, and anybody may ask.
@cache
def _count() -> Any:  # noqa: ANN401 - a statement of SQLAlchemy
    return select(func.count()).select_from(_source()).where(_is_public())


@cache
def _page() -> Any:  # noqa: ANN401 - a statement of SQLAlchemy
    newest = (segment_item.c.answered_on.desc(), segment_item.c.id.desc())
    return _select().order_by(*newest).limit(PAGE_SIZE).offset(bindparam("skip"))


@cache
def _one() -> Any:  # noqa: ANN401 - a statement of SQLAlchemy
    return _select().where(segment_item.c.id == bindparam("of_item"))


def _source() -> Any:  # noqa: ANN401 - a join of SQLAlchemy
    return (
        segment_item.join(question, question.c.id == segment_item.c.question_id)
        .join(segment, segment.c.month == segment_item.c.month)
        .outerjoin(agency, agency.c.code == segment_item.c.agency)
    )


def _select() -> Any:  # noqa: ANN401 - a statement of SQLAlchemy
    name = func.coalesce(agency.c.name, segment_item.c.agency).label("agency_name")
    columns = (segment_item, name, segment.c.status)
    return select(*columns).select_from(_source()).where(_is_public())


def _is_public() -> ColumnElement[bool]:
    """Approved by an editor, and agreed to: for the page itself, or by having been on air."""
    return and_(
        segment_item.c.state == "approved",
        or_(and_(segment.c.status.in_(PUBLIC), item_airs()), _may_be_published()),
    )


def _may_be_published() -> ColumnElement[bool]:
    """The approved answer still stands, nothing was erased, and consent to publish stands."""
    agreed = exists().where(
        consent.c.question_id == question.c.id,
        consent.c.use == "publish",
        consent.c.granted.is_(True),
        consent.c.withdrawn_at.is_(None),
    )
    return and_(
        question.c.state.in_((State.ANSWERED, State.RATED)),
        question.c.kind.in_((MatterKind.QUESTION, MatterKind.FEEDBACK)),
        question.c.sealed.is_(False),
        of_age(),
        question.c.answer_id == segment_item.c.answer_id,
        words_kept(segment_item.c.answer_id),
        agreed,
    )


def _record(row: Row[Any]) -> Published:
    return Published(
        id=row.id,
        question=row.question,
        answer=row.answer,
        agency=row.agency_name,
        askers=row.askers,
        basis=row.basis,
        signer=row.signer,
        answered_on=row.answered_on,
        month=row.month if row.status in PUBLIC else "",
    )
