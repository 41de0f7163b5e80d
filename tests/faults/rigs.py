"""Channels as the fault matrix drives them, each with its provider played by a server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import ClientTimeout

from bot.channels import Channel
from bot.operations.metrics import Metrics
from bot.store import Store
from handlers.zalo import Conduct, build
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Refusal
from tests.fakes.zalo.server import FakeZalo, Habits
from tests.fakes.zalo.trouble import Kind
from tests.faults.matrix import Fault, OpenRig, Rig
from tests.handlers.telegram.samples import CHAT
from tests.handlers.telegram.samples import USER as WRITER
from tests.handlers.telegram.world import parts_for
from tests.handlers.telegram.world import settings_for as telegram_settings
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import KEYS, settings_for

#: longer than the rig's patience is for ever
_HASTY = ClientTimeout(total=0.3, connect=0.3)

_TROUBLES: Mapping[Fault, tuple[Kind, float]] = {
    Fault.TIMEOUT_BEFORE: (Kind.SILENCE_BEFORE, 0),
    Fault.TIMEOUT_AFTER: (Kind.SILENCE_AFTER, 0),
    Fault.TOO_MANY: (Kind.STATUS, 429),
    Fault.SERVER: (Kind.STATUS, 503),
    Fault.BAD_REQUEST: (Kind.STATUS, 400),
    Fault.MALFORMED: (Kind.MALFORMED_AFTER, 0),
    Fault.SLOW: (Kind.SLOW_BODY_AFTER, 0),
    Fault.RESET: (Kind.CUT_AFTER, 0),
}


class ZaloRig:
    """The Zalo channel against the fake."""

    address = USER

    def __init__(self, zalo: FakeZalo, channel: Channel) -> None:
        self._zalo = zalo
        self.channel = channel

    def now(self) -> datetime:
        return self._zalo.clock.now()

    def move_to(self, moment: datetime) -> None:
        self._zalo.clock.ahead += max(moment - self.now(), moment - moment)

    def arrange(self, fault: Fault) -> None:
        if fault is Fault.REVOKED:
            self._zalo.tokens.revoke()
        else:
            self._zalo.troubles.add("send", *_TROUBLES[fault])

    def seen(self) -> int:
        return len(self._zalo.chats.deliveries(USER))


@asynccontextmanager
async def zalo_rig(folder: Path, store: Store) -> AsyncIterator[Rig]:
    """Return the Zalo channel with a citizen who has just written."""
    zalo = FakeZalo(folder / "zalo.jsonl", habits=Habits(echo=False, received=False))
    await zalo.start()
    zalo.chats.wrote(USER, "matrix00000000000001", "cho tôi hỏi")
    settings, conduct = settings_for(zalo, folder), Conduct(_HASTY)
    parts = await build(settings, store, KEYS, zalo.clock.now, Metrics(), conduct)
    yield ZaloRig(zalo, parts.channel)
    await parts.close()
    await zalo.stop()


class TelegramRig:
    """The Telegram channel against the fake."""

    address = CHAT

    def __init__(self, telegram: FakeTelegram, channel: Channel) -> None:
        self._telegram = telegram
        self.channel = channel

    def now(self) -> datetime:
        return self._telegram.clock.now()

    def move_to(self, moment: datetime) -> None:
        self._telegram.clock.ahead += max(moment - self.now(), moment - moment)

    def arrange(self, fault: Fault) -> None:
        if fault is Fault.REVOKED:
            self._telegram.api.token = "7012345678:another"
        elif fault is Fault.TOO_MANY:
            wait = Refusal(429, "Too Many Requests: retry after 3", retry_after=3)
            self._telegram.api.refusals.append(wait)
        else:
            self._telegram.troubles.add("send", *_TROUBLES[fault])

    def seen(self) -> int:
        return len(self._telegram.chats.deliveries(WRITER))


@asynccontextmanager
async def telegram_rig(folder: Path, store: Store) -> AsyncIterator[Rig]:
    """Return the Telegram channel with a citizen who has just written."""
    telegram = FakeTelegram(folder / "telegram.jsonl")
    await telegram.start()
    telegram.say(WRITER, "cho tôi hỏi")
    parts = parts_for(telegram, store, telegram_settings(telegram, folder))
    yield TelegramRig(telegram, parts.channel)
    await parts.close()
    await telegram.stop()


#: a new channel is a line here
RIGS: Mapping[str, OpenRig] = {"zalo": zalo_rig, "telegram": telegram_rig}
