"""What must hold before an officer's act: sight, role, version, holder, approval."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from bot.errors import BotError
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.questions import repository
from bot.questions.history import ContentKind
from bot.questions.life import HELD, Act, State
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion, lock
from bot.tables.desk import content, question, question_event

_AGENCY = frozenset({Role.OFFICER, Role.LEADER})
_EVERY_DESK = _AGENCY | {Role.COORDINATOR}

#: which roles may do what; whose question it is comes on top of that
ROLES: dict[Act, frozenset[Role]] = {
    Act.CLAIM: _AGENCY,
    Act.RELEASE: _EVERY_DESK,
    Act.ASK: _AGENCY,
    Act.RESUME: _AGENCY,
    Act.DRAFT: _AGENCY,
    Act.APPROVE: frozenset({Role.LEADER}),
    Act.RETURN: frozenset({Role.LEADER}),
    Act.SEND: _AGENCY,
    Act.TRANSFER: _EVERY_DESK,
    Act.REFUSE: _EVERY_DESK,
    Act.MERGE: _EVERY_DESK,
    Act.NOTE: _EVERY_DESK,
    Act.RECLASSIFY: _EVERY_DESK,
    Act.CORRECT: _AGENCY,
}

#: acts that a leader or coordinator may do over the holder's head
_ABOVE = frozenset({Act.RELEASE, Act.RESUME, Act.TRANSFER, Act.REFUSE, Act.MERGE})

#: acts that need no holding of the question
_BESIDE = frozenset({Act.NOTE, Act.RECLASSIFY, Act.APPROVE, Act.RETURN, Act.CORRECT})


class NotYours(BotError):
    """Vai trò của ông/bà không làm được việc này."""


class Outdated(BotError):
    """Câu hỏi vừa có thay đổi. Xin xem lại rồi làm tiếp."""


class HeldBy(BotError):
    """Somebody else holds the question."""

    def __init__(self, holder: str, holder_id: int) -> None:
        super().__init__(f"Câu hỏi đang do {holder} giữ.")
        self.holder = holder
        self.holder_id = holder_id


class NeedsApproval(BotError):
    """Cơ quan này yêu cầu lãnh đạo duyệt trước khi gửi."""


class SamePerson(BotError):
    """Người soạn không tự duyệt trả lời của mình."""


class Incomplete(BotError):
    """Còn thiếu nội dung. Xin điền ô còn trống rồi gửi lại."""


class UnknownAgency(BotError):
    """Cơ quan này không có trong danh mục hôm nay."""


class NoSuchTarget(BotError):
    """Không có câu hỏi nào mang mã này trong danh sách của ông/bà. Xin xem lại mã."""


class NotAlike(BotError):
    """Chỉ gộp được hai câu hỏi đang mở, của cùng một cơ quan, không phải tố cáo."""


@dataclass(frozen=True, slots=True)
class Hand:
    """An officer about to act on a question as he saw it; no version means as it is now."""

    officer: Officer
    question_id: int
    now: datetime
    version: int | None = None


def take_up(connection: Connection, hand: Hand, act: Act) -> Row[Any]:
    """Lock the question and return its row; raise what stands in the way of the act."""
    row = lock(connection, hand.question_id)
    seen_by = visible_to(hand.officer, repository.denunciation_desk(connection))
    seen = select(question.c.id).where(question.c.id == row.id, seen_by)
    if connection.execute(seen).first() is None:
        raise NoSuchQuestion
    if hand.officer.role not in ROLES[act]:
        raise NotYours
    if not is_free_for(hand.officer, row, act):
        raise HeldBy(holder_name(connection, row), row.assignee_id)
    if hand.version is not None and hand.version != row.version:
        raise Outdated
    return row


def holder_name(connection: Connection, row: Row[Any]) -> str:
    """Return who holds a question, for those who do not."""
    known = repository.by_id(connection, row.id)
    return (known.holder if known else None) or ""


def check_approval(connection: Connection, row: Row[Any]) -> None:
    """Raise NeedsApproval where two persons are required and one has not looked yet."""
    if row.state != State.APPROVED and needs_two_persons(connection, row):
        raise NeedsApproval


def check_second_person(connection: Connection, hand: Hand, row: Row[Any]) -> None:
    """Raise SamePerson where two persons are required and the drafter would approve."""
    if needs_two_persons(connection, row) and drafter_of(connection, row.id) == hand.officer.actor:
        raise SamePerson


def needs_two_persons(connection: Connection, row: Row[Any]) -> bool:
    """Whether the rule held when the question came in, or holds now: the stricter counts."""
    return bool(row.two_persons) or repository.agency_needs_two_persons(connection, row.agency)


def drafter_of(connection: Connection, question_id: int) -> str | None:
    """Return who wrote the draft as it stands."""
    return connection.execute(
        select(question_event.c.actor)
        .where(question_event.c.question_id == question_id, question_event.c.act == str(Act.DRAFT))
        .order_by(question_event.c.n.desc())
        .limit(1)
    ).scalar_one_or_none()


def draft_of(connection: Connection, question_id: int) -> Row[Any] | None:
    """Return text and basis of the latest draft."""
    wanted: Select[Any] = (
        select(content.c.text, content.c.basis)
        .where(content.c.question_id == question_id, content.c.kind == str(ContentKind.DRAFT))
        .order_by(content.c.id.desc())
        .limit(1)
    )
    return connection.execute(wanted).first()


def is_free_for(officer: Officer, row: Row[Any], act: Act) -> bool:
    """Whether nobody else's holding the question stands in the way of an act."""
    if row.state not in HELD or act in _BESIDE or row.assignee_id == officer.id:
        return act is not Act.CLAIM or row.state not in HELD
    if officer.role is Role.LEADER and act is Act.SEND:
        return True
    return officer.role in (Role.LEADER, Role.COORDINATOR) and act in _ABOVE
