"""The composition root: the only place where everything meets."""

import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.catalogue.library import Library
from bot.channels import Channel
from bot.clock import WorkCalendar
from bot.clock.starter import calendar
from bot.conversation.letters import held_message
from bot.conversation.mind import ConversationMind
from bot.conversation.world import Manner
from bot.delivery.crashpoints import CrashPoints, NoCrash
from bot.delivery.engine import Engine, Lanes, embedded_lanes
from bot.delivery.gate import Limits
from bot.delivery.pace import Rate
from bot.delivery.schedule import Periodic, Schedule
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.turns import Mind
from bot.delivery.worker import Worker, WorkerRules
from bot.errors import BotError
from bot.jobs import Housekeeping
from bot.moments import Clock, utc_now
from bot.officers import demo
from bot.officers.passwords import Hasher
from bot.operations.metrics import Metrics
from bot.operations.secrets import load_keys
from bot.operations.watch import Check, Watch
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import open_for_service
from bot.wording import Wording
from handlers import zalo
from handlers.access import guard
from handlers.api.questions import QuestionsApi
from handlers.callers import know_client
from handlers.console import Console
from handlers.console.segments import SegmentDesk
from handlers.health import Health
from handlers.pages.site import Pages
from handlers.routes import Route, add_routes
from handlers.web import MAX_BODY, explain_errors, measure, refuse_encoded, secure_headers
from handlers.webchat.channel import WebChat
from handlers.webchat.files import Files
from handlers.webchat.plain import PlainChat
from handlers.webchat.stream import Streams
from handlers.webchat.views import WebChatApi

_EMBED_PATH = "/nhung"
_STOP_SECONDS = 3.0
#: longer than proxies keep an idle connection to us: else they lose a request now and then
_IDLE_SECONDS = 75.0
#: how long the rest of a body that nobody wants may go on coming
_LINGER_SECONDS = 3.0


class DemoAccountsEnabled(BotError):
    """Demonstration accounts are enabled on an address that others can reach."""


@dataclass(frozen=True)
class Parts:
    """What everything is built from."""

    settings: Settings
    keys: Sequence[str]
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    metrics: Metrics
    store: Store
    lanes: Lanes
    library: Library
    hasher: Hasher
    site: Pages
    crash: CrashPoints


@dataclass(frozen=True)
class Attached:
    """A channel with its way in, what it does by the clock, and what ends its open requests."""

    channel: Channel
    routes: Sequence[Route]
    periodics: Sequence[Periodic] = ()
    hang_up: Callable[[], Awaitable[None]] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)


async def attach_web(parts: Parts, _stack: AsyncExitStack) -> Attached:
    """Return the web chat, which is always there, with the public pages around it."""
    settings, channel = parts.settings, WebChat(parts.clock)
    streams = Streams(parts.store, parts.lanes.listeners)
    api = WebChatApi(parts.store, channel, streams, parts.clock, parts.metrics)
    plain = PlainChat(
        api.reception,
        parts.lanes.listeners,
        parts.site.templates,
        parts.site.own_host,
        https=is_https(settings),
    )
    files = Files(api.reception, settings.var_dir / "files")
    routes = [route for each in (api, plain, files, parts.site) for route in each.routes()]
    return Attached(channel, routes, hang_up=streams.close)


async def attach_zalo(parts: Parts, stack: AsyncExitStack) -> Attached | None:
    """Return the Zalo channel, None where it is not configured."""
    if not parts.settings.zalo_enabled:
        return None
    conduct = zalo.Conduct(crash=parts.crash)
    built = await zalo.build(
        parts.settings, parts.store, parts.keys, parts.clock, parts.metrics, conduct
    )
    stack.push_async_callback(built.close)
    checks = {"zalo_token": built.check}
    return Attached(built.channel, built.routes, built.periodics, checks=checks)


#: a new channel is a line here
CHANNELS = {"web": attach_web, "zalo": attach_zalo}


class Service:
    """The whole service of one process: start it, stop it, ask it where it listens.

    `crash` is for fault trials, which kill the process at named moments.
    """

    def __init__(
        self, settings: Settings, clock: Clock = utc_now, crash: CrashPoints | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._crash = crash or NoCrash()
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
        parts = await build_parts(self._settings, self._clock, stack, self._crash)
        self.demo_accounts = await demo.prepare(
            parts.store, parts.hasher, parts.settings, parts.clock()
        )
        found = [await attach(parts, stack) for attach in CHANNELS.values()]
        attached = [channel for channel in found if channel]
        mind = build_mind(parts)
        engine = build_engine(parts, mind, [each.channel for each in attached])
        await engine.start()
        stack.push_async_callback(engine.stop, _STOP_SECONDS)
        schedule = build_schedule(parts, mind, attached)
        await schedule.start()
        stack.push_async_callback(schedule.stop)
        app = build_web(parts, build_routes(parts, attached))
        for each in attached:
            if each.hang_up:
                app.on_shutdown.append(partial(_hang_up, each.hang_up))
        return await _listen(app, parts.settings, stack)


async def build_parts(
    settings: Settings, clock: Clock, stack: AsyncExitStack, crash: CrashPoints | None = None
) -> Parts:
    """Open store and library; raise DemoAccountsEnabled where the service must not start."""
    lanes = embedded_lanes(CHANNELS, clock=clock)
    store = open_for_service(settings, lanes.announce)
    stack.push_async_callback(store.close)
    problem = demo.demo_problem(settings, await store.read(demo.present))
    if problem:
        raise DemoAccountsEnabled(problem)
    library = Library(store, settings.var_dir / "index", clock)
    await library.start()
    stack.push_async_callback(library.stop)
    wording, office = Wording.load(), calendar()
    site = Pages(
        store=store,
        library=library,
        wording=wording,
        calendar=office,
        clock=clock,
        settings=settings,
    )
    return Parts(
        settings=settings,
        keys=load_keys(settings),
        wording=wording,
        calendar=office,
        clock=clock,
        metrics=Metrics(),
        store=store,
        lanes=lanes,
        library=library,
        hasher=Hasher(),
        site=site,
        crash=crash or NoCrash(),
    )


def build_mind(parts: Parts) -> ConversationMind:
    """Return the conversation, as this province holds it."""
    settings = parts.settings
    return ConversationMind(
        library=parts.library,
        wording=parts.wording,
        calendar=parts.calendar,
        agency_name=parts.library.agency_name,
        manner=Manner(place=f"thành phố {settings.province}", public_url=settings.public_url),
    )


def build_engine(parts: Parts, mind: Mind, channels: Sequence[Channel]) -> Engine:
    """Wire worker, sender and lanes around one mind."""
    settings = parts.settings
    apology = held_message(parts.wording)
    rate = Rate(settings.zalo_rate_per_minute, settings.zalo_rate_burst)
    sender = Sender(
        parts.store,
        {channel.name: channel for channel in channels},
        owner=_owner(),
        rules=SenderRules(limits={"zalo": Limits(rate=rate)}),
        clock=parts.clock,
        crash=parts.crash,
        count=parts.metrics.count,
    )
    rules = WorkerRules(apology=lambda _event: (apology,))
    worker = Worker(parts.store, mind, rules, parts.clock, parts.crash)
    return Engine(parts.store, parts.lanes, worker, sender)


def build_schedule(parts: Parts, mind: ConversationMind, attached: Sequence[Attached]) -> Schedule:
    """Return the scheduled work, the channels' own included."""
    files = parts.settings.var_dir / "files"
    jobs = Housekeeping(parts.store, parts.clock, parts.calendar, mind, files)
    periodics = [*jobs.periodics(), *(job for each in attached for job in each.periodics)]
    return Schedule(parts.store, periodics, _owner(), parts.clock)


def build_routes(parts: Parts, attached: Sequence[Attached]) -> Sequence[Route]:
    """Return every route of the service."""
    store, wording, clock = parts.store, parts.wording, parts.clock
    settings, watch = parts.settings, Watch(store, parts.library, parts.metrics, clock)
    checks = dict(watch.checks())
    for each in attached:
        checks.update(each.checks)
    sources = (
        Console(store, wording, clock, parts.calendar, parts.hasher, settings),
        SegmentDesk(store, wording, clock, parts.calendar, settings.province),
        QuestionsApi(store, clock, wording),
        Health(checks, parts.metrics, watch.refresh),
    )
    own = [route for source in sources for route in source.routes()]
    return [*own, *(route for each in attached for route in each.routes)]


def build_web(parts: Parts, routes: Sequence[Route]) -> web.Application:
    """Return the web application with its middlewares, outermost first."""
    settings = parts.settings
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            measure(parts.metrics),
            know_client(settings.trusted_proxies),
            explain_errors(parts.wording, parts.site.error_page),
            refuse_encoded,
            guard(parts.store, parts.clock, settings),
        ],
    )
    harden = secure_headers(_EMBED_PATH, settings.embed_origins, https=is_https(settings))
    app.on_response_prepare.append(harden)
    add_routes(app, routes)
    return app


async def _listen(app: web.Application, settings: Settings, stack: AsyncExitStack) -> str:
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_STOP_SECONDS,
        keepalive_timeout=_IDLE_SECONDS,
        lingering_time=_LINGER_SECONDS,
        auto_decompress=False,  # see refuse_encoded
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, settings.host, settings.port).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


async def _hang_up(end: Callable[[], Awaitable[None]], _app: web.Application) -> None:
    await end()


def is_https(settings: Settings) -> bool:
    """Whether citizens reach the service through TLS."""
    return settings.public_url.startswith("https://")


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
