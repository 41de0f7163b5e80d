"""What answers over HTTP: every route, the middlewares, the address."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from aiohttp import web

from bot.app.channels import Attached
from bot.app.parts import Parts, is_https
from bot.operations.watch import Watch
from bot.settings import Settings, own_hosts
from handlers.access import guard
from handlers.api.description import Description
from handlers.api.questions import QuestionsApi
from handlers.callers import know_client
from handlers.console import Console
from handlers.console.broadcast import BroadcastDesk
from handlers.console.knowledge import KnowledgeDesk
from handlers.console.rendering import Pages
from handlers.console.segments import SegmentDesk
from handlers.console.zalo import ZaloDesk
from handlers.health import Health
from handlers.patience import slow_down_floods
from handlers.routes import Route, add_routes
from handlers.web import MAX_BODY, explain_errors, measure, refuse_encoded, secure_headers

#: what runs at a stop has this long to end
STOP_SECONDS = 3.0
_EMBED_PATH = "/nhung"
#: longer than proxies keep an idle connection to us: else they lose a request now and then
_IDLE_SECONDS = 75.0
#: how long the rest of a body that nobody wants may go on coming
_LINGER_SECONDS = 3.0


def build_routes(parts: Parts, attached: Sequence[Attached]) -> Sequence[Route]:
    """Return every route of the service."""
    store, wording, clock = parts.store, parts.wording, parts.clock
    press = next((each.press for each in attached if each.press), None)
    pages = Pages(wording, parts.calendar, clock, parts.settings)
    settings, watch = parts.settings, Watch(store, parts.library, parts.metrics, clock)
    checks = dict(watch.checks())
    for each in attached:
        checks.update(each.checks)
    sources = (
        Console(store, wording, clock, parts.calendar, parts.hasher, settings),
        KnowledgeDesk(store, parts.library, wording, clock, parts.calendar, settings),
        SegmentDesk(store, wording, clock, parts.calendar, settings),
        ZaloDesk(store, pages, clock, settings, parts.keys),
        BroadcastDesk(store, wording, pages, clock, parts.calendar, settings).with_press(press),
        QuestionsApi(store, clock, wording, own_hosts(settings)),
        Description(),
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
            slow_down_floods(),
            explain_errors(parts.wording, parts.site.error_page),
            refuse_encoded,
            guard(parts.store, parts.clock, settings),
        ],
    )
    harden = secure_headers(_EMBED_PATH, settings.embed_origins, https=is_https(settings))
    app.on_response_prepare.append(harden)
    add_routes(app, routes)
    return app


async def listen(app: web.Application, settings: Settings, stack: AsyncExitStack) -> str:
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=STOP_SECONDS,
        keepalive_timeout=_IDLE_SECONDS,
        lingering_time=_LINGER_SECONDS,
        auto_decompress=False,  # see refuse_encoded
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, settings.host, settings.port).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
