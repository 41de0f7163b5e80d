"""A month of questions for pictures: asked, answered, published, all from shipped knowledge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.clock.starter import calendar
from bot.delivery.numbering import open_conversation
from bot.office.letters import DeskLetters
from bot.officers import accounts
from bot.officers.accounts import Officer
from bot.questions import acts
from bot.questions.desk import Consent, NewQuestion, Opened, open_question, record_consent
from bot.questions.guards import Hand
from bot.questions.notices import Answer
from bot.segments import editing, repository
from bot.segments.editing import Approval
from bot.segments.months import Month, Schedule
from bot.wording import Wording
from knowledge import starter
from knowledge.decisions import MatterKind
from knowledge.entries import Entry, Facet

DESK = "ct-so-tu-phap"
_LETTERS = DeskLetters(Wording.load())
_SCHEDULE = Schedule(calendar(), {})
#: answered, agreed to and approved: the month's list
_ON_AIR = (
    ("1.001193", "Con tôi sinh tại bệnh viện, làm giấy khai sinh cần mang theo giấy gì?"),
    ("1.000894", "Tôi và chồng sắp cưới ở hai xã khác nhau, đăng ký kết hôn cần giấy gì?"),
    ("2.000815", "Sao y bằng tốt nghiệp phải đến đâu, mang giấy gì?"),
)
#: still at the desk
_WAITING = (
    ("Cha tôi mất giấy khai sinh gốc, nay làm lại để nhận lương hưu thì nộp ở đâu?", 1),
    ("Tôi lấy chồng người nước ngoài, muốn ghi chú kết hôn thì mất bao lâu?", 6),
    ("Xin phiếu lý lịch tư pháp để đi làm công ty, nộp qua mạng rồi nhận giấy ở đâu?", 12),
)


@dataclass(frozen=True, slots=True)
class Scenery:
    """What was built."""

    month: str
    waiting: Opened


def build(connection: Connection, now: datetime) -> Scenery:
    """Ask, answer, approve and publish; needs the demonstration officers."""
    conversation_id = open_conversation(connection, "web", "pictures", now)
    entries = {entry.code: entry for entry in starter.load()}
    for code, text in _ON_AIR:
        if code in entries:
            _answer(connection, _ask(connection, conversation_id, text, now), entries[code], now)
    month = _publish(connection, now)
    for text, days in _WAITING:
        waiting = _ask(connection, conversation_id, text, now - timedelta(days=days))
    return Scenery(str(month), waiting)


def _ask(connection: Connection, conversation_id: int, text: str, at: datetime) -> Opened:
    new = NewQuestion(conversation_id, "web", MatterKind.QUESTION, DESK, None, text)
    return open_question(connection, new, at)


def _answer(connection: Connection, opened: Opened, entry: Entry, now: datetime) -> None:
    """Answer with the entry's own sound words."""
    facts = [entry.facts[f] for f in (Facet.DOCUMENTS, Facet.PLACE) if f in entry.facts]
    text = "\n".join(["Dạ, ông/bà cần:", *(fact.text for fact in facts if fact.sound)])
    hand = Hand(officer(connection, "canbo.tuphap"), opened.id, now, None)
    acts.claim(connection, hand)
    acts.draft(connection, hand, Answer(text, "; ".join(entry.legal_basis[:1])))
    leader = Hand(officer(connection, "lanhdao.tuphap"), opened.id, now, None)
    acts.approve(connection, leader)
    acts.send(connection, leader, _LETTERS)
    for use in ("air", "publish"):
        record_consent(connection, opened.id, Consent(use, True, f"consent.{use}"), now)


def _publish(connection: Connection, now: datetime) -> Month:
    month = _SCHEDULE.month_open_at(now)
    repository.refresh(connection, month, _SCHEDULE)
    editor = officer(connection, "bientap")
    for review in editing.reviews(connection, month):
        approval = Approval(review.row.id, review.row.question, review.row.answer)
        editing.approve(connection, approval, editor, now)
    editing.publish(connection, month, editor, now)
    return month


def officer(connection: Connection, username: str) -> Officer:
    """Return a demonstration officer."""
    row = accounts.by_username(connection, username)
    assert row is not None
    return Officer.of(row)
