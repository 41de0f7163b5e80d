"""The people of the demonstration, acting through the real desk and the real chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from bot.office import lessons
from bot.office.lessons import Lesson
from bot.office.office import Deed, Office
from bot.officers import accounts
from bot.officers.accounts import Officer
from bot.questions import repository
from bot.questions.life import Act
from bot.store import Done, Store
from bot.tables.desk import question

#: who drafts and who approves at each agency of the demonstration
_DESKS = {
    "ct-xa": ("canbo.xa", "lanhdao.xa"),
    "ct-so-tu-phap": ("canbo.tuphap", "lanhdao.tuphap"),
    "ct-so-noi-vu": ("canbo.noivu", "lanhdao.noivu"),
}
_SHOWN_AS = "Trả lời minh họa, không phải sự việc thật"
COORDINATOR = "dieuphoi"
EDITOR = "bientap"


class Chat(Protocol):
    """A channel as a citizen uses it; each call returns once everything was answered."""

    async def open(self, citizen: str) -> str:
        """Return the key of a new conversation."""

    async def say(self, key: str, text: str) -> int:
        """Write something; return the conversation's id."""

    async def press(self, key: str, payload: str) -> None:
        """Press a button; one that was not offered is not there to be pressed."""


@dataclass(frozen=True)
class Desks:
    """Every demonstration officer, by username, and the office they work through."""

    store: Store
    office: Office
    officers: Mapping[str, Officer]

    @classmethod
    async def load(cls, store: Store, office: Office) -> "Desks":
        """Read the demonstration officers."""
        names = {COORDINATOR, EDITOR, *(name for pair in _DESKS.values() for name in pair)}
        return cls(store, office, await store.read(lambda c: _officers(c, names)))

    def drafter(self, agency: str) -> Officer:
        """Return who drafts there."""
        return self.officers[_DESKS[agency][0]]

    def leader(self, agency: str) -> Officer:
        """Return who approves there."""
        return self.officers[_DESKS[agency][1]]

    async def do(self, officer: Officer, code: str, deed: Deed) -> Row[Any]:
        """Let an officer act."""
        return await self.office.perform(officer, code, deed)

    async def teach(self, officer: Officer, code: str, title: str, now: datetime) -> None:
        """Let an officer propose an answer as knowledge; somebody else looks at it."""

        def body(connection: Connection) -> Done[None]:
            lessons.propose(connection, officer, code, Lesson(title, _SHOWN_AS), now)
            return Done(None)

        await self.store.write(body)

    async def hand_to(self, code: str, agency: str, found_at: str) -> None:
        """Let the coordinator pass on what came to another agency."""
        if found_at == agency or found_at.startswith(f"{agency}-"):
            return
        reason = "Chuyển đúng nơi phụ trách (minh họa)."
        deed = Deed(Act.TRANSFER, to=agency, text=reason)
        await self.do(self.officers[COORDINATOR], code, deed)


async def latest_question(store: Store, conversation_id: int) -> Row[Any] | None:
    """Return the newest question of a conversation."""

    def look(connection: Connection) -> Row[Any] | None:
        newest = (
            select(question.c.id)
            .where(question.c.conversation_id == conversation_id)
            .order_by(question.c.id.desc())
        )
        question_id = connection.execute(newest.limit(1)).scalar()
        return repository.by_id(connection, question_id) if question_id else None

    return await store.read(look)


def _officers(connection: Connection, names: set[str]) -> Mapping[str, Officer]:
    rows = {name: accounts.by_username(connection, name) for name in names}
    return {name: Officer.of(row) for name, row in rows.items() if row is not None}
