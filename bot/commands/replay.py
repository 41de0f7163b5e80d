"""`python -m bot replay`: run stored raw events again."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer

from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.delivery.quarantine import held
from bot.delivery.replay import Reader, aside, reread, run_again
from bot.moments import utc_now
from bot.operations.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import open_for_command
from handlers.webchat.channel import WebChat
from handlers.zalo import NAME, seal_of
from handlers.zalo.channel import ZaloReader
from handlers.zalo.payloads import read_record
from handlers.zalo.reception import Reception
from handlers.zalo.signature import HEADER, Verdict

_PAGE = 100


def replay(
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="judge quarantined requests again")
    ] = False,
) -> None:
    """Give events that were put aside another chance; with --quarantine judge held requests by
    today's secret and take those that are real. A running service goes on with them."""
    settings = read_settings()
    if quarantine and not settings.zalo_enabled:
        give_up("Zalo is not configured: there is no secret to judge the requests by")
    asyncio.run(_replay(settings, quarantine=quarantine))


async def _replay(settings: Settings, *, quarantine: bool) -> None:
    store = open_for_command(settings)
    try:
        if quarantine:
            taken, left = await judge_again(store, settings)
            say(f"{taken} requests taken from quarantine, {left} left there")
        else:
            say(f"{await run_aside_again(store, settings)} events will be decided again")
    finally:
        await store.close()


async def run_aside_again(store: Store, settings: Settings) -> int:
    """Make every event that was put aside undecided again; return how many."""
    again, last = 0, 0
    readers = _readers(settings)
    while rows := await store.read(partial(aside, last, _PAGE)):
        for row in rows:
            body = partial(run_again, row.id, reread(row, readers), utc_now())
            again += await store.write(body)
        last = rows[-1].id
    return again


async def judge_again(store: Store, settings: Settings) -> tuple[int, int]:
    """Take what now proves to be real; return how many requests, and how many stay."""
    taken = left = last = 0
    seal, reader = seal_of(settings), ZaloReader(settings.zalo_oa_id, utc_now)
    reception = Reception(store, reader, utc_now, Metrics())
    while rows := await store.read(partial(held, NAME, last, _PAGE)):
        for row in rows:
            last = row.id
            verdict = seal.judge(row.raw, read_record(row.raw), row.headers.get(HEADER))
            if verdict is not Verdict.VALID:
                left += 1
                continue
            await reception.take(row.raw, from_quarantine=row.id)
            taken += 1
    return taken, left


def _readers(settings: Settings) -> Mapping[str, Reader]:
    web = WebChat(utc_now)
    return {
        web.name: web.parse,
        NAME: ZaloReader(settings.zalo_oa_id, utc_now).parse,
    }
