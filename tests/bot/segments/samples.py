"""Questions answered for a month's list."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.clock.starter import calendar
from bot.office.letters import DeskLetters
from bot.officers import Role, accounts
from bot.officers.accounts import Officer
from bot.questions import acts, desk
from bot.questions.desk import Consent, Opened
from bot.questions.notices import Answer
from bot.segments import editing, repository
from bot.segments.editing import Approval
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule
from bot.wording import Wording
from tests.bot.questions.officers import by, hire
from tests.bot.questions.samples import NOW, ask

MONTH = Month(2026, 11)
SCHEDULE = Schedule(calendar(), {})
LETTERS = DeskLetters(Wording.load())


def officer(connection: Connection) -> Officer:
    return _once(connection, "an", Role.OFFICER, "ct-so-y-te")


def editor(connection: Connection) -> Officer:
    return _once(connection, "bien", Role.EDITOR, None)


def answer(
    connection: Connection,
    opened: Opened,
    text: str = "Nộp tại Bảo hiểm xã hội.",
    now: datetime = NOW,
) -> None:
    """Answer as the agency's officer, who signs."""
    hand = by(officer(connection), opened.id, now)
    acts.claim(connection, hand)
    acts.draft(connection, hand, Answer(text, "Luật Bảo hiểm y tế"))
    acts.send(connection, hand, LETTERS)


def agree(
    connection: Connection, opened: Opened, use: str = "air", *, granted: bool = True
) -> None:
    desk.record_consent(connection, opened.id, Consent(use, granted, "consent.air"), NOW)


def answered(connection: Connection, text: str = "Đổi thẻ ở đâu?", **how: Any) -> Opened:  # noqa: ANN401
    """Return a question that was answered and may air."""
    opened = ask(connection, text, **how)
    answer(connection, opened)
    agree(connection, opened)
    return opened


def approve_all(connection: Connection) -> None:
    """Approve every item as it was proposed."""
    for review in editing.reviews(connection, MONTH):
        approval = Approval(review.row.id, review.row.question, review.row.answer)
        editing.approve(connection, approval, editor(connection), NOW)


def publish(connection: Connection) -> None:
    editing.publish(connection, MONTH, editor(connection), NOW)


def listed(connection: Connection) -> Listing:
    return repository.listing(connection, MONTH, SCHEDULE)


def refresh(connection: Connection) -> int:
    return repository.refresh(connection, MONTH, SCHEDULE)


def _once(connection: Connection, name: str, role: Role, agency: str | None) -> Officer:
    row = accounts.by_username(connection, name)
    return Officer.of(row) if row else hire(connection, name, role, agency)
