"""From answers to knowledge: the proposal at the question, the second look by another person."""

from collections.abc import Collection
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.acts import NoSuchAlias
from bot.errors import BotError
from bot.learning import proposals
from bot.learning.proposals import NotAPhrasing
from bot.moments import Clock
from bot.office import lessons
from bot.office.lessons import Edited, Lesson
from bot.office.trust import check_trust
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY
from bot.questions import repository
from bot.questions.sight import visible_to
from bot.questions.steps import NoSuchQuestion
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route

KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN})
_PAGE = "/can-bo/kien-thuc"
_PROPOSE = "/can-bo/cau-hoi/{code}/kien-thuc"
_SHOWN = 50
_UNDO = 10
_DIGITS = 15


class Lessons:
    """The way of an answer into the catalogue."""

    def __init__(
        self, store: Store, clock: Clock, pages: Pages, wording: Wording, own_hosts: Collection[str]
    ) -> None:
        self._store = store
        self._own_hosts = own_hosts
        self._clock = clock
        self._pages = pages
        self._wording = wording

    def routes(self) -> list[Route]:
        """Return the proposal's form, the list of what waits and the decision on each."""
        proposers = OF_AN_AGENCY | {Role.COORDINATOR}
        return [
            Route("POST", _PROPOSE, self.propose, Access.SESSION, proposers),
            Route("GET", _PAGE, self.show, Access.SESSION, KEEPERS),
            Route("POST", _PAGE, self.decide, Access.SESSION, KEEPERS),
            Route("POST", f"{_PAGE}/cach-hoi", self.decide_phrasing, Access.SESSION, KEEPERS),
        ]

    async def propose(self, request: web.Request) -> web.StreamResponse:
        """Keep the answer as a draft."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        title = (await read_form(request)).get("title", "")
        now = self._clock()

        def body(connection: Connection) -> Done[None]:
            seen_by = visible_to(officer, repository.denunciation_desk(connection))
            row = repository.by_code(connection, code, seen_by)
            if row is None:
                raise NoSuchQuestion
            on = self._pages.day(row.answered_at or now)
            source = self._wording("lesson.source", agency=row.agency_name, day=on)
            lessons.propose(connection, officer, code, Lesson(title, source), now)
            return Done(None)

        try:
            await self._store.write(body)
        except NoSuchQuestion as unknown:
            raise web.HTTPNotFound from unknown
        except BotError:  # done by somebody else a moment ago, or nothing was written
            raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}") from None
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}?xong=lesson")

    async def show(self, request: web.Request) -> web.Response:
        """Show what waits for a second look: phrasings, then answers to keep."""
        return await self._page(request)

    async def _page(self, request: web.Request, problem: str = "") -> web.Response:
        def look(connection: Connection) -> dict[str, Any]:
            return {
                "phrasings": proposals.waiting(connection, _SHOWN),
                "count": proposals.count_waiting(connection),
                "accepted": proposals.accepted(connection, _UNDO),
                "proposals": lessons.proposals(connection),
            }

        return self._pages.render(
            request,
            "lessons.html",
            status=400 if problem else 200,
            here="lessons",
            tab="queue",
            done=request.query.get("xong", ""),
            problem=problem,
            **await self._store.read(look),
        )

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """Make a proposal public as edited, or put it away."""
        officer, form = request[SESSION].officer, await read_form(request)
        accepted, now = form.get("decision") == "public", self._clock()
        entry_id = form.get("entry", "")
        edited = Edited(form.get("title", ""), form.get("summary", ""), form.get("basis", ""))
        try:
            if accepted:
                self._check_trust(edited)
        except BotError as problem:
            return await self._page(request, str(problem))
        await self._store.write(
            lambda c: Done(lessons.decide(c, entry_id, edited if accepted else None, officer, now))
        )
        raise web.HTTPSeeOther(f"{_PAGE}?xong={'public' if accepted else 'retired'}")

    def _check_trust(self, edited: Edited) -> None:
        check_trust("\n".join((edited.title, edited.summary, edited.basis)), self._own_hosts)

    async def decide_phrasing(self, request: web.Request) -> web.StreamResponse:
        """Take up a phrasing as edited, turn it down, or take it back."""
        officer, form = request[SESSION].officer, await read_form(request)
        number, now = form.get("phrasing", ""), self._clock()
        if not number.isascii() or not number.isdecimal() or len(number) > _DIGITS:
            raise web.HTTPBadRequest
        alias_id, text, decision = int(number), form.get("text", ""), form.get("decision", "")

        def body(connection: Connection) -> Done[None]:
            if decision == "accepted":
                proposals.accept(connection, alias_id, text, officer.actor, now)
            elif decision == "withdrawn":
                proposals.withdraw(connection, alias_id, officer.actor, now)
            else:
                proposals.reject(connection, alias_id, officer.actor, now)
            return Done(None)

        try:
            await self._store.write(body)
        except NotAPhrasing as problem:
            return await self._page(request, str(problem))
        except NoSuchAlias:  # decided by somebody else a moment ago
            raise web.HTTPSeeOther(_PAGE) from None
        done = decision if decision in {"accepted", "withdrawn"} else "rejected"
        raise web.HTTPSeeOther(f"{_PAGE}?xong={done}")
