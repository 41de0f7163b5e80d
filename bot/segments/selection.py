"""Which answers may go on air: the law of consent, in one query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select

from bot.questions.life import State
from bot.tables.desk import consent, content, officer, question
from bot.tables.segments import segment_item
from knowledge.decisions import MatterKind

_ANSWERED_BY_OFFICER = (State.ANSWERED, State.RATED)
_AIRABLE = (MatterKind.QUESTION, MatterKind.FEEDBACK)


def may_air() -> Any:  # noqa: ANN401 - a clause of SQLAlchemy
    """Return the condition under which a question may be read on air now.

    An officer answered it, it is neither sealed nor merged, complaint nor denunciation, and its
    asker's consent to air stands.
    """
    consented = exists().where(
        consent.c.question_id == question.c.id,
        consent.c.use == "air",
        consent.c.granted.is_(True),
        consent.c.withdrawn_at.is_(None),
    )
    return and_(
        question.c.state.in_(_ANSWERED_BY_OFFICER),
        question.c.assignee_id.is_not(None),
        question.c.answer_id.is_not(None),
        question.c.kind.in_(_AIRABLE),
        question.c.sealed.is_(False),
        question.c.merged_into_id.is_(None),
        consented,
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
    signer = officer.alias("signer")
    merged = question.alias("merged")
    askers = (
        select(func.count() + 1).where(merged.c.merged_into_id == question.c.id).scalar_subquery()
    )
    return (
        select(
            question.c.id,
            question.c.agency,
            question.c.answered_at,
            asked.c.text.label("question"),
            answered.c.text.label("answer"),
            answered.c.basis,
            signer.c.full_name,
            signer.c.title,
            askers.label("askers"),
        )
        .join(asked, asked.c.id == question.c.text_id)
        .join(answered, answered.c.id == question.c.answer_id)
        .outerjoin(
            signer,
            or_(
                signer.c.id == question.c.approver_id,
                and_(question.c.approver_id.is_(None), signer.c.id == question.c.assignee_id),
            ),
        )
        .where(asked.c.text.is_not(None), answered.c.text.is_not(None))
    )
