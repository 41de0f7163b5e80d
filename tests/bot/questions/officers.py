"""Officers of two agencies and above, as rows that tests may act through."""

from datetime import datetime

from sqlalchemy import Connection

from bot.officers import Role, accounts
from bot.officers.accounts import NewOfficer, Officer
from bot.questions.guards import Hand
from tests.bot.questions.samples import NOW


def hire(
    connection: Connection, username: str, role: Role = Role.OFFICER, agency: str | None = None
) -> Officer:
    new = NewOfficer(username, role, agency, full_name=username.title(), title="chuyên viên")
    return accounts.add(connection, new, "no password", "test", NOW)


def by(officer: Officer, question_id: int, now: datetime = NOW, version: int | None = None) -> Hand:
    return Hand(officer, question_id, now, version)
