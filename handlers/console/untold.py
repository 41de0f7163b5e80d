"""Who could not be told what, and why: nobody is dropped in silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from sqlalchemy import Connection

from bot.moments import Clock
from bot.officers import Role
from bot.questions import repository
from bot.questions.sight import visible_to
from bot.reach.notices import Untold, questions_untold, told_of, untold_since
from bot.segments.repository import published_months
from bot.store import Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.routes import Access, Route

_READERS = frozenset({Role.COORDINATOR, Role.EDITOR, Role.ADMIN})
_LOOKS_BACK = timedelta(days=30)
_MOST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """How many askers of a month's list were told of its day, and afterwards of its link."""

    month: str
    air: Mapping[str, int]
    aired: Mapping[str, int]


class UntoldPage:
    """The page at /can-bo/lien-lac."""

    def __init__(self, store: Store, clock: Clock, pages: Pages, wording: Wording) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._wording = wording

    def routes(self) -> list[Route]:
        """Return the page."""
        return [Route("GET", "/can-bo/lien-lac", self.show, Access.SESSION, _READERS)]

    async def show(self, request: web.Request) -> web.Response:
        """Show who could not be told in the last thirty days, and who waits now."""
        since = self._clock() - _LOOKS_BACK
        officer = request[SESSION].officer

        def named(connection: Connection) -> Mapping[tuple[str, str], Sequence[str]]:
            seen_by = visible_to(officer, repository.denunciation_desk(connection))
            return questions_untold(connection, since, seen_by)

        rows = await self._store.read(lambda c: untold_since(c, since))
        return self._pages.render(
            request,
            "untold.html",
            here="untold",
            rows=rows,
            total=sum(row.count for row in rows),
            because=self._because,
            named=await self._store.read(named),
            months=await self._store.read(_months),
        )

    def _because(self, row: Untold) -> str:
        known = f"untold.why.{row.reason}"
        return self._wording(known if known in self._wording else "untold.why.other")


def _months(connection: Connection) -> Sequence[Told]:
    months = [row.month for row in published_months(connection)[:_MOST_MONTHS]]
    return [
        Told(month, told_of(connection, "air", month), told_of(connection, "aired", month))
        for month in months
    ]
