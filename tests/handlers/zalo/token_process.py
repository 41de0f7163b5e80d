"""What other processes do in the trials of tokens; each is started anew, with nothing shared."""

import asyncio
import os
import signal
from collections.abc import Sequence

from aiohttp import ClientSession

from bot.channel_tokens import Grant
from bot.channels import Delivery
from bot.messages import Outgoing
from bot.moments import utc_now
from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store.opening import open_store
from handlers.zalo import build, keeper_of
from tests.handlers.zalo.samples import USER
from tests.handlers.zalo.world import KEYS

#: as many as the sender lets through a gate
AT_ONCE = 16


def send_all(settings: Settings, texts: Sequence[str]) -> None:
    """Send many messages at once, as one process of the service."""
    asyncio.run(_send_all(settings, texts))


async def _send_all(settings: Settings, texts: Sequence[str]) -> None:
    store = open_store(settings.database_url)
    parts = await build(settings, store, KEYS, utc_now, Metrics())
    turns = asyncio.Semaphore(AT_ONCE)

    async def send(text: str) -> None:
        async with turns:
            await parts.channel.send(Delivery(1, 1, USER, Outgoing(text)))

    await asyncio.gather(*map(send, texts))
    await parts.close()
    await store.close()


def die_with_the_pair(settings: Settings) -> None:
    """Renew the token and be killed with the new pair in hand, before it is stored."""
    asyncio.run(_die(settings))


async def _die(settings: Settings) -> None:
    store = open_store(settings.database_url)
    async with ClientSession() as http:
        keeper = keeper_of(settings, store, KEYS, utc_now, Metrics(), http)
        exchange = keeper.exchange

        async def exchange_and_die(refresh: str) -> Grant:
            await exchange(refresh)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("nobody gets here")

        keeper.exchange = exchange_and_die
        await keeper.current()
