"""The queue: whose turn it is, soonest due first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.office.doubts import in_doubt
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import repository
from bot.questions.life import CLAIMABLE, Bucket, State
from bot.questions.masking import queue_for, words_for
from bot.questions.repository import Filters, Page
from bot.questions.sight import visible_to
from bot.questions.tally import Marks, Tally, tallies, together
from bot.reach.overview import Held, held, held_count
from bot.store import Store
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.routes import Access, Route

READERS = frozenset({Role.OFFICER, Role.LEADER, Role.COORDINATOR, Role.EDITOR})

#: where those go who do not work on questions
_HOMES = {Role.ADMIN: "/can-bo/tai-khoan", Role.BROADCASTER: "/can-bo/chuyen-muc"}

#: the tab that is there only while an agency is crowded
_CROWD = "crowd"
#: the tabs of the queue, in order
VIEWS: dict[str, Filters] = {
    "open": Filters(bucket=Bucket.OPEN, apart=False),
    "new": Filters(states=CLAIMABLE, apart=False),
    "mine": Filters(),
    "approval": Filters(states=frozenset({State.DRAFTED})),
    "waiting": Filters(states=frozenset({State.WAITING})),
    "closed": Filters(states=frozenset({State.ANSWERED, State.RATED, State.REFUSED})),
    _CROWD: Filters(bucket=Bucket.OPEN, apart=True),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look at the database yields for the page."""

    page: Page
    tallies: Sequence[Tally]
    agencies: Sequence[Row[Any]]
    doubts: Sequence[str]
    held: Sequence[Held]
    held_count: int
    apart: int


class Queue:
    """The list an officer starts from."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store = store
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the console's home and the queue."""
        return [
            Route("GET", "/can-bo", self.home, Access.SESSION),
            Route("GET", "/can-bo/cau-hoi", self.show, Access.SESSION, READERS),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Show the queue, or send on who has other work."""
        role = request[SESSION].officer.role
        if role in _HOMES:
            raise web.HTTPSeeOther(_HOMES[role])
        return await self.show(request)

    async def show(self, request: web.Request) -> web.Response:
        """Show one page of the queue under the filters of the address."""
        officer = request[SESSION].officer
        views = _views_of(officer)
        view = request.query.get("xem", "")
        view = view if view in views else views[0]
        filters = _filters(officer, view, request.query.get("tim", ""), _agency(request, officer))
        marks = self._pages.marks()
        number = _number(request.query.get("trang", ""))
        seen = await self._store.read(lambda c: _look(c, officer, filters, number, marks))
        return self._pages.render(
            request,
            "queue.html",
            here="queue",
            view=view,
            views=[each for each in views if each != _CROWD or seen.apart],
            apart=seen.apart,
            filters=filters,
            page=seen.page,
            texts={row.id: words_for(officer, row.text) for row in seen.page.rows},
            figures=together(seen.tallies),
            tallies=seen.tallies if officer.role is Role.COORDINATOR else (),
            agencies=seen.agencies,
            doubts=seen.doubts,
            held=seen.held,
            held_count=seen.held_count,
            done=request.query.get("xong", ""),
            address=_address(view, filters),
        )


def _look(
    connection: Connection, officer: Officer, filters: Filters, number: int, marks: Marks
) -> _Seen:
    seen_by = visible_to(officer, repository.denunciation_desk(connection))
    coordinates = officer.role is Role.COORDINATOR
    return _Seen(
        queue_for(connection, officer, filters, number, seen_by),
        tallies(connection, marks, seen_by),
        repository.agencies_with_questions(connection, seen_by) if coordinates else (),
        in_doubt(connection, seen_by) if officer.role in OF_AN_AGENCY else (),
        held(connection, seen_by) if officer.role is not Role.EDITOR else (),
        held_count(connection, seen_by),
        repository.count_apart(connection, seen_by) if officer.role is not Role.EDITOR else 0,
    )


def _views_of(officer: Officer) -> list[str]:
    if officer.role is Role.EDITOR:
        return ["closed"]
    if officer.role is Role.COORDINATOR:
        return [view for view in VIEWS if view != "mine"]
    return list(VIEWS)


def _filters(officer: Officer, view: str, search: str, agency: str) -> Filters:
    chosen = VIEWS[view]
    return Filters(
        agency=agency,
        states=chosen.states,
        bucket=chosen.bucket,
        assignee_id=officer.id if view == "mine" else None,
        search=search.strip()[:200],
        apart=None if search.strip() else chosen.apart,
    )


def _agency(request: web.Request, officer: Officer) -> str:
    return request.query.get("co_quan", "") if officer.role is Role.COORDINATOR else ""


def _number(typed: str) -> int:
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _address(view: str, filters: Filters) -> str:
    """Return the address of this list, open for a page number at its end."""
    query = {"xem": view, "tim": filters.search, "co_quan": filters.agency}
    return "/can-bo/cau-hoi?" + urlencode({k: v for k, v in query.items() if v}) + "&trang="
