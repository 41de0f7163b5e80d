"""What Telegram knows: the bot, who talks to it where, every message, every file."""

import json
import secrets
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ANSWERABLE = timedelta(minutes=15)


class Refusal(Exception):
    """The API says no, in its own shape."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {
            "ok": False, "error_code": status, "description": description,
        }  # fmt: skip
        if parameters:
            self.body["parameters"] = parameters


@dataclass(frozen=True, slots=True)
class Account:
    """A bot, invented."""

    token: str = "7012345678:fake-token-of-tests-AbCdEfGhIjKlMnOp"
    name: str = "danhoi_thu_bot"
    secret: str = "fake-webhook-secret-of-tests"

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])


@dataclass(slots=True)
class Clock:
    """The machine's clock, which a test may move on."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class Pace:
    """What the bot may send: 30 a second at all, 1 a second to a person with a little patience,
    20 a minute to a group."""

    clock: Clock
    most_a_second: int = 30
    patience: int = 5
    enforced: bool = True
    _sent: deque[tuple[datetime, int]] = field(default_factory=deque)

    def check(self, chat: int) -> None:
        """Count a message, or refuse with the seconds to wait."""
        now = self.clock.now()
        while self._sent and now - self._sent[0][0] > timedelta(minutes=1):
            self._sent.popleft()
        lately = [(at, to) for at, to in self._sent if now - at < timedelta(seconds=1)]
        here = [at for at, to in self._sent if to == chat]
        window = timedelta(minutes=1) if chat < 0 else timedelta(seconds=self.patience)
        most = 20 if chat < 0 else self.patience
        recent = [at for at in here if now - at < window]
        if self.enforced and (len(lately) >= self.most_a_second or len(recent) >= most):
            wait = window if len(recent) >= most else timedelta(seconds=1)
            seconds = max(1, round(wait.total_seconds()))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._sent.append((now, chat))


@dataclass(slots=True)
class Chats:
    """Conversations, with an append-only file of what people got: the oracle."""

    account: Account
    clock: Clock
    log: Path
    history: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    #: users who wrote first, and groups the bot is in with their titles
    people: dict[int, str] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    kicked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    #: file id → (path, content)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    #: callback query id → when it was pressed; answered ones are gone
    queries: dict[str, datetime] = field(default_factory=dict)
    #: what was shown to whoever pressed
    toasts: list[tuple[str, bool]] = field(default_factory=list)
    _last_id: int = 0

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def person(self, user: int) -> dict[str, Any]:
        name = self.people.get(user, "Công dân")
        return {"id": user, "is_bot": False, "first_name": name, "language_code": "vi"}

    def bot(self) -> dict[str, Any]:
        names = {"first_name": "Dân hỏi (thử)", "username": self.account.name}
        return {"id": self.account.id, "is_bot": True, **names}

    def place(self, chat: int) -> dict[str, Any]:
        """Return a chat as updates describe it."""
        if chat >= 0:
            return {"id": chat, "type": "private", "first_name": self.person(chat)["first_name"]}
        kind = "supergroup" if chat < -1_000_000_000_000 else "group"
        return {"id": chat, "type": kind, "title": self.groups.get(chat, "Nhóm")}

    def check(self, chat: int) -> None:
        """Refuse where the bot cannot write."""
        if chat in self.moved:
            raise Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat],
            )  # fmt: skip
        if chat in self.kicked:
            raise Refusal(403, "Forbidden: bot was kicked from the group chat")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat not in self.people and chat not in self.groups:
            raise Refusal(400, "Bad Request: chat not found")

    def deliver(self, chat: int, message: dict[str, Any]) -> dict[str, Any]:
        """Show a message of the bot's; the log knows before anybody else."""
        said = self.written(chat, self.bot(), **message)
        line = {
            "at": self.clock.now().isoformat(),
            "chat": chat,
            "message_id": said["message_id"],
            "text": message.get("text", ""),
            "quote": said.get("reply_to_message", {}).get("message_id"),
            "buttons": [b for row in _rows(said) for b in row],
        }
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
            log.flush()
        return said

    def written(self, chat: int, sender: dict[str, Any], **message: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add a message to a chat and return it."""
        said: dict[str, Any] = {
            "message_id": self.next_id(),
            "from": sender,
            "chat": self.place(chat),
            "date": int(self.clock.now().timestamp()),
            **message,
        }
        self.history[chat].append(said)
        return said

    def find(self, chat: int, message_id: int) -> dict[str, Any] | None:
        found = (item for item in self.history[chat] if item["message_id"] == message_id)
        return next(found, None)

    def deliveries(self, chat: int | None = None) -> list[dict[str, Any]]:
        """Return what people got, in order."""
        if not self.log.exists():
            return []
        lines = map(json.loads, self.log.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if chat in (None, line["chat"])]

    def keep_file(self, content: bytes, name: str) -> str:
        """Keep a file and return its id."""
        file_id = f"AgAC-{secrets.token_urlsafe(30)}"
        self.files[file_id] = (f"{secrets.token_hex(4)}/{name}", content)
        return file_id


def _rows(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows
