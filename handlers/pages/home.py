"""The citizen's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import WorkCalendar
from bot.moments import Clock
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule
from bot.segments.repository import listing, schedule_of
from bot.store import Store
from handlers.pages.knowledge import Library
from handlers.rendering import Templates
from handlers.routes import Access, Route

#: lines to call when a life is in danger; the page shows those that somebody vouches for
_URGENT = ("113", "114", "115", "111", "112")


@dataclass(frozen=True)
class Home:
    """Ask box and chat in one, beside it what people look for most."""

    store: Store
    library: Library
    templates: Templates
    calendar: WorkCalendar
    clock: Clock
    #: codes by which Zalo knows that the domain is ours
    proofs: Sequence[str] = ()

    def routes(self) -> list[Route]:
        """Return the page that holds the chat."""
        return [Route("GET", "/", self.show, Access.PUBLIC)]

    async def show(self, _request: web.Request) -> web.StreamResponse:
        """Show the chat, lines for emergencies, look-up, search and the month's programme."""
        lines = {line.code: line for line in self.library.hotlines() if line.phone}
        return self.templates.page(
            "home.html",
            lines=[lines[code] for code in _URGENT if code in lines],
            programme=await self._programme(),
            here="ask",
            proofs=self.proofs,
        )

    async def _programme(self) -> Listing:
        month = Month.of(self.calendar.local(self.clock()).date())
        plain = Schedule(self.calendar, {})
        return await self.store.read(lambda c: listing(c, month, schedule_of(c, plain)))
