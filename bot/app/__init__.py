"""The composition root: the only place where everything meets."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.app.channels import CHANNELS
from bot.app.engine import (
    build_engine,
    build_fetcher,
    build_mind,
    build_outreach,
    build_schedule,
)
from bot.app.opening import build_parts
from bot.app.parts import Parts
from bot.app.roles import PROBES, Role
from bot.app.site import STOP_SECONDS, build_routes, build_web, listen
from bot.delivery.crashpoints import CrashPoints, NoCrash
from bot.delivery.rehearsal import rehearse
from bot.moments import Clock, utc_now
from bot.officers import demo
from bot.settings import Settings

__all__ = [
    "CHANNELS",
    "Parts",
    "Service",
    "build_engine",
    "build_mind",
    "build_outreach",
    "build_parts",
    "build_routes",
]

#: one that is answered and one that goes to an office
_REHEARSED = (
    "Dạ cho tôi hỏi làm giấy khai sinh cho con cần giấy tờ gì ạ",
    "Đường trước nhà tôi ngập nước mấy ngày nay, đề nghị kiểm tra giúp",
)


class Service:
    """The whole service of one process: start it, stop it, ask it where it listens.

    `crash` is for fault trials, which kill the process at named moments.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock = utc_now,
        crash: CrashPoints | None = None,
        role: Role = Role.ALL,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._crash = crash or NoCrash()
        self._role = role
        self._stack = AsyncExitStack()
        self.demo_accounts: Path | None = None

    async def start(self) -> str:
        """Open everything in order and return the address it listens on.

        What was opened before a failure is closed again.
        """
        async with AsyncExitStack() as stack:
            address = await self._open(stack)
            self._stack = stack.pop_all()
        return address

    async def stop(self) -> None:
        """Close in the reverse order; what is not finished stays durable."""
        await self._stack.aclose()

    async def _open(self, stack: AsyncExitStack) -> str:
        parts = await build_parts(self._settings, self._clock, stack, self._crash, live=True)
        self.demo_accounts = await demo.prepare(
            parts.store, parts.hasher, parts.settings, parts.clock()
        )
        found = [await attach(parts, stack) for attach in CHANNELS.values()]
        attached = [channel for channel in found if channel]
        mind = build_mind(parts)
        limits = {each.channel.name: each.limits for each in attached if each.limits}
        if self._role.works:
            engine = build_engine(parts, mind, [each.channel for each in attached], limits)
            await engine.start()
            stack.push_async_callback(engine.stop, STOP_SECONDS)
            schedule = build_schedule(parts, mind, attached)
            await schedule.start()
            stack.push_async_callback(schedule.stop)
            fetcher = build_fetcher(parts, attached)
            await fetcher.start()
            stack.push_async_callback(fetcher.stop)
        for text in _REHEARSED:
            await rehearse(parts.store, mind, text, parts.clock())
        routes = build_routes(parts, attached)
        if not self._role.answers:
            routes = [route for route in routes if route.path in PROBES]
        app = build_web(parts, routes)
        for each in attached:
            if each.hang_up:
                app.on_shutdown.append(partial(_hang_up, each.hang_up))
        return await listen(app, parts.settings, stack)


async def _hang_up(end: Callable[[], Awaitable[None]], _app: web.Application) -> None:
    await end()
