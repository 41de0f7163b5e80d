"""The composition root: the only place where everything meets."""

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aiohttp import web

from bot.catalogue.library import Library
from bot.channels import Channel
from bot.clock import WorkCalendar
from bot.clock.starter import calendar
from bot.conversation.letters import held_message
from bot.conversation.mind import ConversationMind
from bot.conversation.world import Manner
from bot.delivery.engine import Engine, Lanes, embedded_lanes
from bot.delivery.gate import Limits
from bot.delivery.pace import Rate
from bot.delivery.schedule import Schedule
from bot.delivery.sender import Sender, SenderRules
from bot.delivery.worker import Worker, WorkerRules
from bot.errors import BotError
from bot.jobs import Housekeeping
from bot.moments import Clock, utc_now
from bot.officers import demo
from bot.officers.passwords import Hasher
from bot.operations.metrics import Metrics
from bot.operations.watch import Watch
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import open_for_service
from bot.wording import Wording
from handlers.access import guard
from handlers.api.questions import QuestionsApi
from handlers.console import Console
from handlers.health import Health
from handlers.pages.site import Pages
from handlers.routes import Route, add_routes
from handlers.web import MAX_BODY, explain_errors, know_client, measure, secure_headers
from handlers.webchat.channel import WebChat
from handlers.webchat.stream import Streams
from handlers.webchat.views import WebChatApi

_EMBED_PATH = "/nhung"
_STOP_SECONDS = 3.0


class DemoAccountsEnabled(BotError):
    """Demonstration accounts are enabled on an address that others can reach."""


@dataclass(frozen=True)
class Parts:
    """What everything is built from."""

    settings: Settings
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    metrics: Metrics
    store: Store
    lanes: Lanes
    library: Library
    hasher: Hasher
    channels: Mapping[str, Channel]


class Service:
    """The whole service of one process: start it, stop it, ask it where it listens."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._stack = AsyncExitStack()

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
        parts = self._parts = await build_parts(self._settings, self._clock, stack)
        self.demo_accounts = await demo.prepare(
            parts.store, parts.hasher, parts.settings, parts.clock()
        )
        engine = build_engine(parts)
        await engine.start()
        stack.push_async_callback(engine.stop, _STOP_SECONDS)
        schedule = build_schedule(parts)
        await schedule.start()
        stack.push_async_callback(schedule.stop)
        streams = Streams(parts.store, parts.lanes.listeners)
        runner = web.AppRunner(
            build_web(parts, build_routes(parts, streams)),
            access_log=None,
            shutdown_timeout=_STOP_SECONDS,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(streams.close)
        await web.TCPSite(runner, parts.settings.host, parts.settings.port).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"


async def build_parts(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Parts:
    """Open store and library; raise DemoAccountsEnabled where the service must not start."""
    channels: dict[str, Channel] = {"web": WebChat(clock)}
    lanes = embedded_lanes(channels, clock=clock)
    store = open_for_service(settings, lanes.announce)
    stack.push_async_callback(store.close)
    problem = demo.demo_problem(settings, await store.read(demo.present))
    if problem:
        raise DemoAccountsEnabled(problem)
    library = Library(store, settings.var_dir / "index", clock)
    await library.start()
    stack.push_async_callback(library.stop)
    return Parts(
        settings=settings,
        wording=Wording.load(),
        calendar=calendar(),
        clock=clock,
        metrics=Metrics(),
        store=store,
        lanes=lanes,
        library=library,
        hasher=Hasher(),
        channels=channels,
    )


def build_engine(parts: Parts) -> Engine:
    """Wire worker, sender and lanes around one mind."""
    settings = parts.settings
    mind = ConversationMind(
        library=parts.library,
        wording=parts.wording,
        calendar=parts.calendar,
        agency_name=parts.library.agency_name,
        manner=Manner(public_url=settings.public_url),
    )
    apology = held_message(parts.wording)
    rate = Rate(settings.zalo_rate_per_minute, settings.zalo_rate_burst)
    sender = Sender(
        parts.store,
        parts.channels,
        owner=_owner(),
        rules=SenderRules(limits={"zalo": Limits(rate=rate)}),
        clock=parts.clock,
        count=parts.metrics.count,
    )
    worker = Worker(parts.store, mind, WorkerRules(apology=lambda _event: (apology,)), parts.clock)
    return Engine(parts.store, parts.lanes, worker, sender)


def build_schedule(parts: Parts) -> Schedule:
    """Return the scheduled work."""
    jobs = Housekeeping(parts.store, parts.clock, parts.calendar)
    return Schedule(parts.store, jobs.periodics(), _owner(), parts.clock)


def build_routes(parts: Parts, streams: Streams) -> Sequence[Route]:
    """Return every route of the service."""
    chat = WebChatApi(parts.store, WebChat(parts.clock), streams, parts.clock, parts.metrics)
    console = Console(
        parts.store, parts.wording, parts.clock, parts.calendar, parts.hasher, parts.settings
    )
    questions = QuestionsApi(parts.store, parts.clock, parts.wording)
    watch = Watch(parts.store, parts.library, parts.metrics, parts.clock)
    health = Health(watch.checks(), parts.metrics, watch.refresh)
    pages = Pages(
        store=parts.store,
        library=parts.library,
        wording=parts.wording,
        calendar=parts.calendar,
        clock=parts.clock,
        settings=parts.settings,
    )
    sources = (chat, pages, console, questions, health)
    return [route for source in sources for route in source.routes()]


def build_web(parts: Parts, routes: Sequence[Route]) -> web.Application:
    """Return the web application with its middlewares, outermost first."""
    settings = parts.settings
    https = settings.public_url.startswith("https://")
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=[
            measure(parts.metrics),
            know_client(settings.trusted_proxies),
            secure_headers(_EMBED_PATH, settings.embed_origins, https=https),
            explain_errors(parts.wording),
            guard(parts.store, parts.clock, settings),
        ],
    )
    add_routes(app, routes)
    return app


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
