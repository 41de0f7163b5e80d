"""Officers' groups on a messenger, as the desk hears them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.liaison import codes, groups
from bot.liaison.codes import Bond
from bot.liaison.hearing import Answered, Desk
from bot.liaison.notices import Herald
from bot.liaison.orders import CLAIM, Doing, Order
from bot.officers import Role, accounts
from bot.officers.accounts import Officer
from bot.tables.delivery import conversation, message
from bot.tables.desk import question
from bot.wording import Wording
from tests.bot.questions.officers import hire
from tests.bot.questions.samples import NOW

CHAT, STRANGER = "-4001", "999"
AGENCY = "ct-so-y-te"
WORDING = Wording.load()
_NAMES = {"ct-so-y-te": "Sở Y tế", "ct-so-noi-vu": "Sở Nội vụ"}
HERALD = Herald("telegram", WORDING, "https://danhoi.example.gov.vn/can-bo/cau-hoi/")


@dataclass
class Rooms:
    """One messenger with its chats."""

    connection: Connection
    now: datetime = NOW
    desk: Desk = field(default_factory=lambda: Desk(WORDING, lambda code: _NAMES.get(code, code)))
    _orders: int = 0

    def orders(
        self, doing: Doing, argument: str = "", *, by: str = STRANGER, chat: str = CHAT
    ) -> Answered:
        """Let somebody order something; a chat of one's own is no group."""
        self._orders += 1
        title = "Nhóm Sở Y tế" if chat.startswith("-") else ""
        order = Order("telegram", doing, chat, by, argument, title)
        return self.desk.obey(self.connection, order, f"order:{self._orders}", self.now)

    def ties_group(self, agency: str = AGENCY, chat: str = CHAT) -> None:
        """Tie a group by a code of the console."""
        self.orders(Doing.LINK, self.code_for(agency), chat=chat)

    def code_for(self, agency: str = AGENCY) -> str:
        """Make a code for a group, as an officer of the agency does at the console."""
        maker = accounts.by_username(self.connection, f"lam-{agency}")
        actor = f"officer:{maker.id}" if maker else self.hires(f"lam-{agency}", "", agency).actor
        return codes.make(self.connection, Bond(agency, None, actor), self.now)

    def hires(self, name: str, account: str = "", agency: str = AGENCY) -> Officer:
        """Take on an officer, with an account on the messenger where one is named."""
        officer = hire(self.connection, name, Role.OFFICER, agency)
        if account:
            code = codes.make(self.connection, Bond(None, officer.id, officer.actor), self.now)
            self.orders(Doing.LINK, code, by=account, chat=account)
        return officer

    def tells(self) -> int:
        """Let the herald look; return how many notices there were."""
        return HERALD.tell(self.now, self.connection).value

    def heard(self, chat: str = CHAT) -> list[str]:
        """Return what a chat was told, in order."""
        return [row.text for row in self._messages(chat)]

    def last_buttons(self, chat: str = CHAT) -> list[dict[str, Any]]:
        """Return the buttons under the last message of a chat."""
        buttons: list[dict[str, Any]] = self._messages(chat)[-1].body["buttons"]
        return buttons

    def claims(self, code: str, account: str, chat: str = CHAT) -> str:
        """Press the button under a notice; return what is shown to whoever pressed."""
        data = CLAIM + code
        return self.orders(Doing.CLAIM, data.removeprefix(CLAIM), by=account, chat=chat).toast

    def question(self, question_id: int) -> Row[Any]:
        """Return a question's row."""
        return self.connection.execute(select(question).where(question.c.id == question_id)).one()

    def group(self) -> Row[Any] | None:
        """Return the tied group of the usual chat."""
        return groups.group_of(self.connection, "telegram", CHAT)

    def _messages(self, chat: str) -> list[Row[Any]]:
        statement = (
            select(message)
            .join(conversation, conversation.c.id == message.c.conversation_id)
            .where(conversation.c.address == chat)
            .order_by(message.c.seq)
        )
        return list(self.connection.execute(statement).all())
