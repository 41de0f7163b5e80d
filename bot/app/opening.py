"""Opening the parts in their order."""

from contextlib import AsyncExitStack

from bot.app.ground import lay_ground
from bot.app.parts import Parts
from bot.catalogue.library import Library
from bot.clock.starter import calendar
from bot.delivery.crashpoints import CrashPoints, NoCrash
from bot.errors import BotError
from bot.moments import Clock
from bot.officers import demo
from bot.officers.passwords import Hasher
from bot.operations.metrics import Metrics
from bot.operations.secrets import load_keys
from bot.settings import Settings
from bot.wording import Wording
from handlers.pages.site import Pages


class DemoAccountsEnabled(BotError):
    """Demonstration accounts are enabled on an address that others can reach."""


async def build_parts(
    settings: Settings,
    clock: Clock,
    stack: AsyncExitStack,
    crash: CrashPoints | None = None,
    *,
    live: bool = False,
) -> Parts:
    """Open store and library; raise DemoAccountsEnabled where the service must not start.

    `live` is for the service itself, whose clock several nodes may have to share.
    """
    ground = await lay_ground(settings, clock, stack, live=live)
    store, clock = ground.store, ground.clock
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
        lanes=ground.lanes,
        ground=ground,
        library=library,
        hasher=Hasher(),
        site=site,
        crash=crash or NoCrash(),
    )
