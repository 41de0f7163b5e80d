"""What the console says of reaching a citizen, and the buttons of whoever calls."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.moments import Clock
from bot.office import calls
from bot.officers.accounts import OF_AN_AGENCY
from bot.questions.steps import NoSuchQuestion
from bot.reach.overview import Reach
from bot.reach.roads import masked, readable
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.routes import Access, Handler, Route

_CALL = "/can-bo/cau-hoi/{code}/goi/"


class Calls:
    """The two ways in which a call ends."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """Return a route for each."""
        return [
            Route("POST", f"{_CALL}{slug}", self._ended(reached), Access.SESSION, OF_AN_AGENCY)
            for slug, reached in (("da-goi", True), ("chua-duoc", False))
        ]

    def _ended(self, reached: bool) -> Handler:
        async def end(request: web.Request) -> web.StreamResponse:
            code, officer = request.match_info["code"], request[SESSION].officer
            now = self._clock()
            try:
                noted = await self._store.write(
                    lambda c: Done(calls.settle(c, officer, code, reached=reached, now=now))
                )
            except NoSuchQuestion as unknown:
                raise web.HTTPNotFound from unknown
            done = "?xong=call" if noted else "?xong=call_idle"
            raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}{done}")

        return end


def reach_sentences(
    reach: Reach, moment: Callable[[datetime], str], now: datetime, wording: Wording
) -> list[str]:
    """Return until when one may write, and the asker's own road; nothing where nothing closes."""
    if not reach.closes:
        return []
    told = [_window_sentence(reach, moment, now, wording)]
    road = wording(f"reach.road.{reach.road}" if reach.road else "reach.road.default")
    told.append(wording("reach.road", road=road))
    if reach.number and not reach.to_call:
        told.append(wording("reach.number", number=masked(reach.number)))
    if reach.note:
        told.append(wording(f"reach.note.{reach.note}"))
    return told


def number_to_call(reach: Reach) -> str:
    """Return the number as it is dialled, only when somebody has to be called."""
    return readable(reach.number) if reach.to_call and reach.number else ""


def _window_sentence(
    reach: Reach, moment: Callable[[datetime], str], now: datetime, wording: Wording
) -> str:
    found = reach.window
    if found is None:
        return wording("reach.unknown")
    possible = moment(found.possible_until)
    if found.is_free(now):
        return wording("reach.free", free=moment(found.free_until), possible=possible)
    if found.is_open(now):
        return wording("reach.charged", possible=possible)
    return wording("reach.closed", possible=possible)
