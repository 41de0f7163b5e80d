"""Console pages as responses: one template engine, nothing cached, nothing inline."""

from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Row

from bot.clock import WorkCalendar
from bot.conversation.days import day_in_words
from bot.moments import Clock
from bot.questions.codes import spoken_groups
from bot.questions.life import State
from bot.questions.tally import Marks
from bot.settings import Settings
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.remaining import Remaining, remaining, soon_until
from handlers.pages.static import Static
from handlers.rendering import PAGES, environment
from handlers.routes import Access, Route

_HERE = Path(__file__).parent
_STATIC = "/can-bo/static"


class Pages:
    """Renders console templates with the words, the clock and whoever is logged in."""

    def __init__(
        self,
        wording: Wording,
        calendar: WorkCalendar,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._wording = wording
        self._calendar = calendar
        self._clock = clock
        self._static = Static(_HERE / "static")
        self._templates = environment([_HERE / "templates", PAGES])
        self._templates.globals.update(
            _=wording,
            province=settings.province,
            left=self.left,
            state_of=self.state,
            asset=Static().address,
            console_style=self._static.address("console.css").replace("/static", _STATIC, 1),
            here="",
            telegram=settings.telegram_enabled,
            zalo=settings.zalo_enabled,
        )
        self._templates.filters.update(
            moment=self.moment,
            due=self.due,
            day=self.day,
            code=spoken_groups,
            iso=datetime.isoformat,
        )

    def routes(self) -> list[Route]:
        """Return where the console's own style sheet is found."""
        return [Route("GET", f"{_STATIC}/{{name}}", self._static.serve, Access.PUBLIC)]

    def render(
        self,
        request: web.Request,
        template: str,
        status: int = 200,
        **context: Any,  # noqa: ANN401
    ) -> web.Response:
        """Return a page; the officer and the form token come from the request's session."""
        session = request.get(SESSION)
        text = self._templates.get_template(template).render(
            officer=session.officer if session else None,
            csrf=session.csrf if session else "",
            **context,
        )
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )

    def left(self, row: Row[Any]) -> Remaining:
        """Return the badge of a question."""
        return remaining(row, self._calendar, self._clock(), self._wording)

    def state(self, row: Row[Any]) -> str:
        """Return the state of a question; a draft that needs its leader says so."""
        waits = row.state == State.DRAFTED and row.two_persons
        return self._wording("desk.state.for_approval" if waits else f"desk.state.{row.state}")

    def marks(self) -> Marks:
        """Return what counts as late, soon and this month right now."""
        now = self._clock()
        month = self._calendar.local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return Marks(now, soon_until(self._calendar, now), month)

    def due(self, at: datetime) -> str:
        """Return hour, weekday and date: an officer plans by weekdays."""
        local, today = self._calendar.local(at), self._calendar.local(self._clock()).date()
        return f"{local:%H:%M}, {day_in_words(local.date(), today)}"

    def moment(self, at: datetime) -> str:
        """Return hour and date on the office's clock."""
        return f"{self._calendar.local(at):%H:%M, %d/%m/%Y}"

    def day(self, at: datetime) -> str:
        """Return the date on the office's clock."""
        return f"{self._calendar.local(at):%d/%m/%Y}"


def see_other(address: str) -> web.Response:
    """Return the way on after a form, as a response that can carry a cookie."""
    headers = {"Location": address, "Cache-Control": "no-store"}
    return web.Response(status=303, headers=headers)
