"""Why a question was matched as it was, and what would be decided now."""

from functools import partial
from typing import Protocol

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.acts import NoSuchEntry
from bot.directory.repository import agency_names
from bot.learning import hindsight
from bot.learning.choices import note_label
from bot.learning.hindsight import Recorded
from bot.moments import Clock
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.sight import visible_to
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.grounds import readable
from handlers.routes import Access, Route
from knowledge.explanation import Explanation

_PAGE = "/can-bo/cau-hoi/{code}/vi-sao"
_READERS = OF_AN_AGENCY | {Role.COORDINATOR}
_LONGEST_CODE = 80


class Decider(Protocol):
    """Decides as the service does now."""

    @property
    def version(self) -> str:
        """Name the state of knowledge and matcher."""

    def explain(self, text: str) -> Explanation:
        """Return how a message would be decided."""


class Reasons:
    """The page beside a question."""

    def __init__(
        self, store: Store, clock: Clock, pages: Pages, library: Decider, wording: Wording
    ) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._library = library
        self._wording = wording

    def routes(self) -> list[Route]:
        """Return the page, and what an officer says the question is about."""
        return [
            Route("GET", _PAGE, self.show, Access.SESSION, _READERS),
            Route("POST", _PAGE, self.label, Access.SESSION, _READERS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show the decision on record beside today's."""
        return await self._page(request)

    async def label(self, request: web.Request) -> web.StreamResponse:
        """Remember what the question is about; its words are proposed for review."""
        officer, form = request[SESSION].officer, await read_form(request)
        code, named = request.match_info["code"], form.get("entry", "")[:_LONGEST_CODE]

        def body(connection: Connection) -> Done[bool]:
            number = _visible(connection, officer, code)
            if number is not None:
                note_label(connection, number, named, self._clock())
            return Done(number is not None)

        try:
            if not await self._store.write(body):
                raise web.HTTPNotFound
        except NoSuchEntry:
            return await self._page(request, unknown=named)
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}/vi-sao?xong=labelled")

    async def _page(self, request: web.Request, unknown: str = "") -> web.Response:
        officer, code = request[SESSION].officer, request.match_info["code"]
        found = await self._store.read(lambda c: _look(c, officer, code))
        if found is None:
            raise web.HTTPNotFound
        about, names = found
        told = self._library.explain(about.text) if about.text else None
        return self._pages.render(
            request,
            "reasons.html",
            status=400 if unknown else 200,
            here="queue",
            about=about,
            names=names,
            readable=partial(readable, self._wording, lambda code: names.get(code, code)),
            told=told,
            changed=about.differs(told.version) if told else (),
            heaviest=max((word.weight for word in told.words), default=0.0) if told else 0.0,
            unknown=unknown,
            done=request.query.get("xong", ""),
        )


def _look(
    connection: Connection, officer: Officer, code: str
) -> tuple[Recorded, dict[str, str]] | None:
    if _visible(connection, officer, code) is None:
        return None
    about = hindsight.recorded(connection, code)
    return (about, agency_names(connection)) if about else None


def _visible(connection: Connection, officer: Officer, code: str) -> int | None:
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    row = repository.by_code(connection, code, seen_by)
    return row.id if row is not None else None
