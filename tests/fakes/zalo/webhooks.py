"""Zalo's side of the webhook: signed events, two seconds of patience, a ladder of repeats."""

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.zalo.world import Account, Clock

LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)


def signed(account: Account, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Return compact JSON and the headers that go with it."""
    raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    content = account.app_id.encode() + raw + str(event.get("timestamp", "")).encode()
    mac = hashlib.sha256(content + account.oa_secret.encode()).hexdigest()
    return raw, {
        "Content-Type": "application/json",
        "X-ZEvent-Signature": f"mac={mac}",
        "X-ZEvent-Server": "OA OpenAPI",
        "User-Agent": "ZaloWebhook",
    }


@dataclass(slots=True)
class Webhooks:
    """Posts events to the service under test."""

    account: Account
    clock: Clock
    http: ClientSession
    url: str = ""
    #: how much faster than life the ladder is climbed
    scale: float = 1000.0
    copies: int = 1
    enabled: bool = True
    #: status of every attempt, in order
    answers: list[int] = field(default_factory=list)
    #: while a list, events wait in it for `release`
    held: list[dict[str, Any]] | None = None
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def event(self, name: str, sender: str, recipient: str, message: Any = None) -> dict[str, Any]:  # noqa: ANN401
        """Return an event in the envelope of 2026."""
        event: dict[str, Any] = {
            "event_name": name,
            "app_id": self.account.app_id,
            "sender": {"id": sender},
            "recipient": {"id": recipient},
        }
        if message is not None:
            event["message"] = message
        return {**event, "timestamp": str(int(self.clock.now().timestamp() * 1000))}

    def said(self, user: str, text: str) -> dict[str, Any]:
        """Return a text of a citizen under a new id."""
        message = {"text": text, "msg_id": secrets.token_hex(10)}
        return self.event("user_send_text", user, self.account.oa_id, message)

    def post_soon(self, event: dict[str, Any]) -> None:
        """Post in the background, as often as it takes."""
        if self.held is not None:
            self.held.append(event)
            return
        for _ in range(self.copies):
            task = asyncio.create_task(self.post(event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def release(self) -> None:
        """Post what was held, newest first: Zalo promises no order."""
        events, self.held = self.held or [], None
        for event in reversed(events):
            await self.post(event)

    async def post(self, event: dict[str, Any]) -> None:
        """Post until somebody answers 200, up the ladder; then the webhook is switched off."""
        if not self.url or not self.enabled:
            return
        raw, headers = signed(self.account, event)
        for number, pause in enumerate((*LADDER, 0.0)):
            extra = {"num_retry": str(number)} if number else {}
            if await self.attempt(raw, headers | extra) == 200:
                return
            await asyncio.sleep(pause / self.scale)
        self.enabled = False

    async def attempt(self, raw: bytes, headers: dict[str, str]) -> int:
        """Post once and return the status, 0 where none came in time."""
        try:
            timeout = ClientTimeout(total=2)
            async with self.http.post(self.url, data=raw, headers=headers, timeout=timeout) as got:
                status = got.status
        except (ClientError, TimeoutError, OSError):
            status = 0
        self.answers.append(status)
        return status

    async def settled(self) -> None:
        """Wait until everything posted has its answer."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def stop(self) -> None:
        """Drop what is still to be posted."""
        for task in self._tasks:
            task.cancel()
