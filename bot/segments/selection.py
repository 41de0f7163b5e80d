"""Which answers may go on air: the law of consent, as conditions on one query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)

from bot.questions.life import Act, State
from bot.tables.desk import consent, content, question, question_event
from bot.tables.segments import segment, segment_item
from knowledge.decisions import MatterKind

#: statuses in which everybody may see a list
PUBLIC = ("published", "aired")

_ANSWERED = (State.ANSWERED, State.RATED)
_AIRABLE = (MatterKind.QUESTION, MatterKind.FEEDBACK)


def consent_stands() -> ColumnElement[bool]:
    """Return the condition that the asker agreed to air and has not taken it back."""
    return exists().where(
        consent.c.question_id == question.c.id,
        consent.c.use == "air",
        consent.c.granted.is_(True),
        consent.c.withdrawn_at.is_(None),
    )


def of_age() -> ColumnElement[bool]:
    """Return the condition that the asker did not say to be younger than eighteen."""
    minor = question.c.decision["minor"].as_boolean()
    return func.coalesce(minor, false()).is_(false())


def words_kept(answer_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Return the condition that neither the question's nor this answer's words were erased."""
    asked, answered = content.alias("kept_question"), content.alias("kept_answer")
    return and_(
        exists().where(asked.c.id == question.c.text_id, asked.c.text.is_not(None)),
        exists().where(answered.c.id == answer_id, answered.c.text.is_not(None)),
    )


def may_stay() -> ColumnElement[bool]:
    """Return the condition under which what was read out may still be shown.

    It does not ask how the matter went on: rating or reopening a question takes nothing back.
    """
    return and_(
        question.c.kind.in_(_AIRABLE),
        question.c.sealed.is_(False),
        of_age(),
        consent_stands(),
    )


def may_air() -> ColumnElement[bool]:
    """Return the condition under which a question may be read on air now.

    An officer's answer stands, it follows no other question, it is neither sealed nor complaint
    nor denunciation, and its asker's consent to air stands.
    """
    return and_(
        question.c.state.in_(_ANSWERED),
        question.c.assignee_id.is_not(None),
        question.c.answer_id.is_not(None),
        question.c.merged_into_id.is_(None),
        may_stay(),
    )


def item_airs() -> ColumnElement[bool]:
    """Return the condition that an item (joined with question and segment) may be read.

    Until the list is published its answer must be the one that stands; afterwards only consent
    and erasure count.
    """
    current = and_(may_air(), question.c.answer_id == segment_item.c.answer_id)
    return and_(
        may_stay(),
        words_kept(segment_item.c.answer_id),
        or_(segment.c.status.in_(PUBLIC), current),
    )


def candidates(connection: Connection, after: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Return airable questions answered in the window that no month has taken yet."""
    taken = exists().where(segment_item.c.question_id == question.c.id)
    statement = (
        _answered()
        .where(
            may_air(),
            ~taken,
            question.c.answered_at > after,
            question.c.answered_at <= until,
        )
        .order_by(question.c.answered_at, question.c.id)
    )
    return connection.execute(statement).all()


def _answered() -> Select[Any]:
    asked = content.alias("asked")
    answered = content.alias("answered")
    return (
        select(
            question.c.id,
            question.c.agency,
            question.c.answer_id,
            question.c.answered_at,
            asked.c.text.label("question"),
            answered.c.text.label("answer"),
            answered.c.basis,
            _signer().label("signer"),
            _askers().label("askers"),
        )
        .join(asked, asked.c.id == question.c.text_id)
        .join(answered, answered.c.id == question.c.answer_id)
        .where(asked.c.text.is_not(None), answered.c.text.is_not(None))
    )


def _askers() -> Any:  # noqa: ANN401 - a scalar subquery
    """Return how many asked: whoever was answered with the same words counts."""
    merged = question.alias("merged")
    return (
        select(func.count() + 1)
        .where(merged.c.merged_into_id == question.c.id, merged.c.state.in_(_ANSWERED))
        .scalar_subquery()
    )


def _signer() -> Any:  # noqa: ANN401 - a scalar subquery
    """Return the signature as the asker read it."""
    return (
        select(question_event.c.detail["signer"].as_string())
        .where(question_event.c.question_id == question.c.id, question_event.c.act == str(Act.SEND))
        .order_by(question_event.c.n.desc())
        .limit(1)
        .scalar_subquery()
    )
