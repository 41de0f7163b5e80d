"""Providers on which citizens write while the service is killed."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from bot.messages import Outgoing
from bot.settings import Settings
from handlers.telegram.requests import parts
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.zalo.server import FakeZalo
from tests.fakes.zalo.webhooks import signed
from tests.faults.channel_books import at_zalo


@dataclass
class ZaloStage:
    """Zalo posts each message until it is answered 200, only sooner than in life."""

    zalo: FakeZalo
    settings: Settings

    def people(self, fault: str, number: int) -> list[str]:
        return [f"{fault}-{n}" for n in range(number)]

    async def say(self, citizen: str, line: str) -> None:
        event = self.zalo.webhooks.said(citizen, line)
        self.zalo.chats.wrote(citizen, event["message"]["msg_id"], line)
        raw, headers = signed(self.zalo.account, event)
        while await self.zalo.webhooks.attempt(raw, headers) != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    def shown(self, citizen: str) -> list[str]:
        return [line["text"] for line in self.zalo.chats.deliveries(citizen)]

    def last_shown(self) -> float:
        return _last(self.zalo.chats.deliveries())

    def texts(self, address: str, message: Outgoing) -> tuple[str, ...]:
        return at_zalo(address, message)


@dataclass
class TelegramStage:
    """Telegram is polled: a message is acknowledged once it need not be told again."""

    telegram: FakeTelegram
    settings: Settings
    _ids: "count[int]" = field(default_factory=lambda: count(5_100_000_001))

    def people(self, fault: str, number: int) -> list[str]:  # noqa: ARG002 - ids are numbers
        return [str(next(self._ids)) for _ in range(number)]

    async def say(self, citizen: str, line: str) -> None:
        said = self.telegram.say(int(citizen), line)
        while any(u.get("message") is said for u in self.telegram.updates.pending):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def shown(self, citizen: str) -> list[str]:
        return [line["text"] for line in self.telegram.chats.deliveries(int(citizen))]

    def last_shown(self) -> float:
        return _last(self.telegram.chats.deliveries())

    def texts(self, address: str, message: Outgoing) -> tuple[str, ...]:
        return tuple(part.text for part in parts(address, message))


def _last(shown: list[dict[str, Any]]) -> float:
    return datetime.fromisoformat(shown[-1]["at"]).timestamp() if shown else 0.0
