"""Who may see which question: one condition, used for every list and every look."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions.life import State
from bot.tables.desk import consent, question
from knowledge.decisions import MatterKind

#: the code that stands for every commune
ALL_COMMUNES = "ct-xa"

_PUBLIC_USES = ("publish", "air")
_ANSWERED = (str(State.ANSWERED), str(State.RATED))


def visible_to(officer: Officer | None, denunciation_desk: str) -> ColumnElement[bool]:
    """Return the condition on questions that an officer may read.

    A denunciation is seen by coordinators and by the body that handles denunciations, by
    no other agency whatever it is filed under. A machine without an officer sees none.
    Administrators and broadcasters read no citizens' words here.
    """
    no_denunciation = question.c.kind != str(MatterKind.DENUNCIATION)
    if officer is None:
        return no_denunciation
    if officer.role is Role.COORDINATOR:
        return true()
    if officer.role in OF_AN_AGENCY and officer.agency:
        own = in_agency(officer.agency)
        return own if officer.agency == denunciation_desk else and_(own, no_denunciation)
    if officer.role is Role.EDITOR:
        return and_(
            question.c.state.in_(_ANSWERED),
            ~question.c.sealed,
            _agreed_to_be_public(),
            no_denunciation,
        )
    return false()


def in_agency(code: str) -> ColumnElement[bool]:
    """Return the condition on questions of an agency; "ct-xa" stands for every commune."""
    if code == ALL_COMMUNES:
        return or_(question.c.agency == code, question.c.agency.startswith(f"{code}-"))
    return question.c.agency == code


def _agreed_to_be_public() -> ColumnElement[bool]:
    return exists(
        select(consent.c.id).where(
            consent.c.question_id == question.c.id,
            consent.c.use.in_(_PUBLIC_USES),
            consent.c.granted,
            consent.c.withdrawn_at.is_(None),
        )
    )
