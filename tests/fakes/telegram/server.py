"""Telegram on one port: the Bot API, its files, updates by both ways, and pages to type on."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.telegram.api import Api
from tests.fakes.telegram.page import Page
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import Account, Chats, Clock, Pace
from tests.fakes.zalo.trouble import Troubles

#: the people of the demonstration: one asks, one answers in a group
CITIZEN, OFFICER, GROUP = 5_100_200_300, 5_900_800_700, -4_001_002_003


@dataclass
class FakeTelegram:
    """Start it and point the service's base address at it."""

    log: Path
    account: Account = field(default_factory=Account)
    clock: Clock = field(default_factory=Clock)
    troubles: Troubles = field(default_factory=Troubles)

    def __post_init__(self) -> None:
        self.chats = Chats(self.account, self.clock, self.log)
        self.pace = Pace(self.clock)
        self.address = ""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve, and return the base address."""
        self._http = ClientSession()
        self.updates = Updates(self.clock, self._http)
        self.api = Api(self.chats, self.updates, self.pace, self.troubles)
        app = web.Application(client_max_size=8 << 20)
        self.api.add_routes(app)
        Page(self).add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        found, number = self._runner.addresses[0][:2]
        self.address = f"http://{found}:{number}"
        return self.address

    async def stop(self) -> None:
        """Close everything; who still waits for an answer gets none."""
        self.updates.stop()
        await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    def say(
        self, user: int, text: str = "", chat: int | None = None, **more: object
    ) -> dict[str, Any]:
        """Let somebody write to the bot, or in a group the bot is in."""
        where = user if chat is None else chat
        if where == user:
            self.chats.people.setdefault(user, "Công dân")
            self.chats.blocked.discard(user)
        content: dict[str, Any] = {"text": text} if text else {}
        if text.startswith("/"):
            length = len(text.split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        said = self.chats.written(where, self.chats.person(user), **content, **more)
        self.updates.add("message", said)
        return said

    def edit(self, user: int, message_id: int, text: str) -> dict[str, Any]:
        """Let somebody correct a message of theirs."""
        said = self.chats.find(user, message_id)
        assert said is not None
        said |= {"text": text, "edit_date": int(self.clock.now().timestamp())}
        self.updates.add("edited_message", said)
        return said

    def press(self, user: int, message_id: int, data: str, chat: int | None = None) -> str:
        """Let somebody press a button under a message of the bot's; return the query's id."""
        query_id = str(secrets.randbits(60))
        self.chats.queries[query_id] = self.clock.now()
        query = {
            "id": query_id,
            "from": self.chats.person(user),
            "message": self.chats.find(user if chat is None else chat, message_id),
            "chat_instance": "1",
            "data": data,
        }
        self.updates.add("callback_query", query)
        return query_id

    def block(self, user: int) -> None:
        """Let a citizen block the bot."""
        self.chats.blocked.add(user)
        self._member(user, user, "member", "kicked")

    def join(self, group: int, title: str, by: int) -> None:
        """Let somebody add the bot to a group."""
        self.chats.groups[group] = title
        self.chats.kicked.discard(group)
        self._member(group, by, "left", "member")

    def remove(self, group: int, by: int) -> None:
        """Let somebody take the bot out of a group."""
        self.chats.kicked.add(group)
        self._member(group, by, "member", "kicked")

    def upgrade(self, group: int, new: int) -> None:
        """Let a group become a supergroup with a new id."""
        self.chats.groups[new] = self.chats.groups.pop(group)
        self.chats.moved[group] = new

    def photo(self, user: int, caption: str = "", album: str = "") -> dict[str, Any]:
        """Let a citizen send a picture, alone or in an album."""
        file_id = self.chats.keep_file(b"\xff\xd8\xff\xe0 a picture", "file_1.jpg")
        sizes = [
            {"file_id": f"{file_id}s", "file_unique_id": "s", "width": 90, "height": 90},
            {"file_id": file_id, "file_unique_id": "l", "width": 1280, "height": 960,
             "file_size": 13},
        ]  # fmt: skip
        more: dict[str, Any] = {"photo": sizes}
        more |= {"caption": caption} if caption else {}
        more |= {"media_group_id": album} if album else {}
        return self.say(user, **more)

    def _member(self, chat: int, by: int, before: str, after: str) -> None:
        bot = self.chats.bot()
        change = {
            "chat": self.chats.place(chat),
            "from": self.chats.person(by),
            "date": int(self.clock.now().timestamp()),
            "old_chat_member": _status(bot, before),
            "new_chat_member": _status(bot, after),
        }
        self.updates.add("my_chat_member", change)


def _status(user: dict[str, Any], status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": user, "status": status, **until}
