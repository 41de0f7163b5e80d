"""Zalo on one port: OAuth, API, webhook client and a citizen's page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.zalo.api import Api
from tests.fakes.zalo.oauth import OAuth
from tests.fakes.zalo.page import Page
from tests.fakes.zalo.templates import Templates
from tests.fakes.zalo.trouble import Troubles
from tests.fakes.zalo.webhooks import Webhooks
from tests.fakes.zalo.world import Account, Chats, Clock, Tokens


@dataclass(frozen=True, slots=True)
class Habits:
    """What Zalo posts back after it delivered a message."""

    echo: bool = True
    received: bool = True
    seen: bool = False


@dataclass
class FakeZalo:
    """Start it, point the service's two base addresses at it, and give it a webhook address."""

    log: Path
    webhook_url: str = ""
    account: Account = field(default_factory=Account)
    habits: Habits = field(default_factory=Habits)
    clock: Clock = field(default_factory=Clock)
    troubles: Troubles = field(default_factory=Troubles)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.account, self.clock)
        self.chats = Chats(self.account, self.clock, self.log)
        self.api = Api(self.tokens, self.chats, self.troubles, self._tell)
        self.templates = Templates(self.tokens, self.chats, self.troubles)
        self.address = ""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve, and return the base address."""
        self._http = ClientSession()
        self.webhooks = Webhooks(self.account, self.clock, self._http, self.webhook_url)
        app = web.Application(client_max_size=16 << 20)  # Zalo has limits of its own
        OAuth(self.tokens, self.troubles).add_routes(app)
        self.api.add_routes(app)
        self.templates.add_routes(app)
        Page(self).add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        found, number = self._runner.addresses[0][:2]
        self.address = f"http://{found}:{number}"
        return self.address

    async def stop(self) -> None:
        """Close everything; who still waits for an answer gets none."""
        self.webhooks.stop()
        await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    def say(self, user: str, text: str) -> dict[str, Any]:
        """Let a citizen write; the event is posted in the background."""
        event = self.webhooks.said(user, text)
        self.chats.wrote(user, event["message"]["msg_id"], text)
        self.webhooks.post_soon(event)
        return event

    def send(self, user: str, kind: str, attachment: dict[str, Any] | None = None) -> None:
        """Let a citizen send something without words: "image", "sticker", "location" …"""
        event = self.webhooks.said(user, "")
        event["event_name"] = f"user_send_{kind}"
        if attachment:
            event["message"]["attachments"] = [{"type": kind, "payload": attachment}]
        shown = "photo" if kind == "image" else kind
        self.chats.wrote(user, event["message"]["msg_id"], "", type=shown)
        self.webhooks.post_soon(event)

    def fill_in(self, user: str, **info: str) -> None:
        """Let a citizen fill in the contact form."""
        event = self.webhooks.event("user_submit_info", user, self.account.oa_id)
        self.webhooks.post_soon({**event, "info": info})

    def write_by_hand(self, user: str, text: str) -> None:
        """Let an officer write in the OA application, which only the echo tells."""
        message_id = self.chats.deliver(user, {"text": text})
        message = {"text": text, "msg_id": message_id}
        self.webhooks.post_soon(
            self.webhooks.event("oa_send_text", self.account.oa_id, user, message)
        )

    def unfollow(self, user: str) -> None:
        """Let a citizen leave the account."""
        self.api.articles.followers.discard(user)
        event = self.webhooks.event("unfollow", user, self.account.oa_id)
        event["follower"] = event.pop("sender")
        del event["recipient"]
        self.webhooks.post_soon({**event, "oa_id": self.account.oa_id})

    def follow(self, user: str) -> None:
        """Let a citizen follow the account, which opens the window too."""
        self.chats.wrote_at[user] = self.clock.now()
        self.api.articles.followers.add(user)
        event = {
            "oa_id": self.account.oa_id,
            "follower": {"id": user},
            "event_name": "follow",
            "source": "oa_profile",
            "app_id": self.account.app_id,
            "timestamp": str(int(self.clock.now().timestamp() * 1000)),
        }
        self.webhooks.post_soon(event)

    def _tell(self, user: str, message_id: str, text: str) -> None:
        """Post echo and receipts of a delivered message."""
        ours, hooks = self.account.oa_id, self.webhooks
        if self.habits.echo:
            message = {"text": text, "msg_id": message_id}
            hooks.post_soon(hooks.event("oa_send_text", ours, user, message))
        if self.habits.received:
            hooks.post_soon(
                hooks.event("user_received_message", ours, user, {"msg_id": message_id})
            )
        if self.habits.seen:
            seen = {"msg_ids": [message_id]}
            hooks.post_soon(hooks.event("user_seen_message", ours, user, seen))
