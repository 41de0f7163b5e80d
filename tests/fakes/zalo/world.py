"""What Zalo knows: accounts, tokens, who wrote when, and every message ever delivered."""

import hashlib
import json
import secrets
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WINDOW = timedelta(days=7)
FREE = timedelta(hours=48)
ACCESS_LASTS = timedelta(hours=25)
CODE_LASTS = timedelta(minutes=10)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """An app and its Official Account, invented."""

    app_id: str = "3900112233445566778"
    app_secret: str = "fake-app-secret-of-tests"
    oa_id: str = "4411223344556677889"
    oa_secret: str = "fake-oa-secret-of-tests"
    refresh_token: str = "fake-refresh-token-0"


@dataclass(slots=True)
class Clock:
    """The machine's clock, which a test may move on."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class Tokens:
    """OAuth's books: refresh tokens and codes serve once, one access token lives."""

    account: Account
    clock: Clock
    access: str = ""
    access_until: datetime = _LONG_AGO
    refresh: set[str] = field(default_factory=set)
    #: code → (challenge, valid until)
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    calls: int = 0
    _issued: int = 0

    def __post_init__(self) -> None:
        self.refresh.add(self.account.refresh_token)

    def issue(self) -> dict[str, str]:
        """Return a new pair; the access token before it dies."""
        self._issued += 1
        self.access = f"fake-access-{self._issued}-{secrets.token_hex(8)}"
        self.access_until = self.clock.now() + ACCESS_LASTS
        refresh = f"fake-refresh-{self._issued}-{secrets.token_hex(8)}"
        self.refresh.add(refresh)
        lasts = str(int(ACCESS_LASTS.total_seconds()))
        return {"access_token": self.access, "refresh_token": refresh, "expires_in": lasts}

    def revoke(self) -> None:
        """Let the account's administrator take the consent back: nothing issued is good."""
        self.access, self.refresh = "", set()

    def problem(self, token: str | None) -> int:
        """Return the error code that an access token deserves, 0 for none."""
        if not token or token != self.access:
            return -216
        return -220 if self.clock.now() >= self.access_until else 0


@dataclass(slots=True)
class Chats:
    """Conversations, with an append-only file of what citizens got: the oracle."""

    account: Account
    clock: Clock
    log: Path
    wrote_at: dict[str, datetime] = field(default_factory=dict)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    #: user id → error code with which sending to them is refused
    refused: dict[str, int] = field(default_factory=dict)

    def wrote(self, user: str, message_id: str, text: str, **more: Any) -> None:  # noqa: ANN401
        """Note what a citizen wrote, which opens the window."""
        self.wrote_at[user] = self.clock.now()
        self._add(user, message_id, text, src=1, **more)

    def deliver(self, user: str, message: dict[str, Any]) -> str:
        """Show a message to a citizen and return its id; the log knows before anybody else."""
        message_id = hashlib.sha256(secrets.token_bytes(16)).hexdigest()[:20]
        payload = message.get("attachment", {}).get("payload", {})
        line = {
            "at": self.clock.now().isoformat(),
            "user": user,
            "message_id": message_id,
            "text": message.get("text", ""),
            "quote": message.get("quote_message_id"),
            "buttons": payload.get("buttons", []),
            "shown": _shown(message),
        }
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
            log.flush()
        more = {"buttons": line["buttons"], "type": line["shown"]}
        self._add(user, message_id, line["text"], src=0, **more)
        return message_id

    def deliveries(self, user: str | None = None) -> list[dict[str, Any]]:
        """Return what citizens got, in order."""
        if not self.log.exists():
            return []
        lines = map(json.loads, self.log.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if user in (None, line["user"])]

    def window_problem(self, user: str) -> int:
        """Return the code for writing to somebody now, 0 where one may."""
        if user in self.refused:
            return self.refused[user]
        last = self.wrote_at.get(user)
        if last is None:
            return -232
        return -230 if self.clock.now() - last > WINDOW else 0

    def is_free(self, user: str) -> bool:
        """Whether a message costs nothing now."""
        return self.clock.now() - self.wrote_at[user] <= FREE

    def knows(self, user: str, message_id: str) -> bool:
        """Whether a message of a conversation can be quoted."""
        return any(item["message_id"] == message_id for item in self.history[user])

    def _add(self, user: str, message_id: str, text: str, src: int, **more: Any) -> None:  # noqa: ANN401
        parties = (user, self.account.oa_id) if src else (self.account.oa_id, user)
        self.history[user].append(
            {
                "src": src,
                "time": int(self.clock.now().timestamp() * 1000),
                "type": "text",
                "message": unicodedata.normalize("NFC", text),
                "message_id": message_id,
                "from_id": parties[0],
                "to_id": parties[1],
                **more,
            }
        )


def _shown(message: dict[str, Any]) -> str:
    """Return of which type a message of the account is in the conversation."""
    attachment = message.get("attachment", {})
    if attachment.get("type") == "file":
        return "file"
    elements = attachment.get("payload", {}).get("elements", [])
    return "photo" if elements else "text"
