"""Accounts of officers, for administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.errors import BotError
from bot.moments import Clock
from bot.officers import Role, accounts
from bot.officers.accounts import AdministratorFirst, NewOfficer, Officer
from bot.officers.passwords import Hasher, random_password
from bot.questions import limits, repository
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route

_PAGE = "/can-bo/tai-khoan"
_ADMIN = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class _Told:
    """A password to hand over; shown once, on the page that answers the form."""

    username: str
    password: str


class Accounts:
    """Adding, disabling and resetting accounts."""

    def __init__(self, store: Store, clock: Clock, hasher: Hasher, pages: Pages) -> None:
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the list and its forms."""
        one = _PAGE + "/{username}"
        return [
            Route("GET", _PAGE, self.show, Access.SESSION, _ADMIN),
            Route("POST", _PAGE, self.add, Access.SESSION, _ADMIN),
            Route("POST", f"{one}/khoa", self.disable, Access.SESSION, _ADMIN),
            Route("POST", f"{one}/mo", self.enable, Access.SESSION, _ADMIN),
            Route("POST", f"{one}/dat-lai", self.reset, Access.SESSION, _ADMIN),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """List every account."""
        return await self._page(request)

    async def add(self, request: web.Request) -> web.Response:
        """Make an account with a random password that its owner must change."""
        form = await read_form(request)
        if form.get("role") not in set(Role):
            raise web.HTTPBadRequest
        new = NewOfficer(
            form.get("username", ""),
            Role(form["role"]),
            form.get("agency", "").strip() or None,
            form.get("full_name", "").strip()[:120],
            form.get("title", "").strip()[:120],
        )
        password = random_password()
        hashed = await self._hasher.hash(password)
        by = request[SESSION].officer.actor
        now = self._clock()
        try:
            made = await self._store.write(lambda c: Done(_add(c, new, hashed, by, now)))
        except BotError as problem:
            return await self._page(request, 422, problem=str(problem), kept=form)
        return await self._page(request, told=_Told(made.username, password))

    async def reset(self, request: web.Request) -> web.Response:
        """Give an account a new random password and end its sessions."""
        username = request.match_info["username"]
        password = random_password()
        hashed = await self._hasher.hash(password)
        by = request[SESSION].officer.actor
        await self._change(lambda c, now: accounts.set_password(c, username, hashed, by, now))
        return await self._page(request, told=_Told(username, password))

    async def disable(self, request: web.Request) -> web.StreamResponse:
        """Shut an account out; not one's own, or nobody could let anybody in."""
        if request.match_info["username"] == request[SESSION].officer.username:
            raise web.HTTPConflict
        return await self._set_disabled(request, True)

    async def enable(self, request: web.Request) -> web.StreamResponse:
        """Let an account in again."""
        return await self._set_disabled(request, False)

    async def _set_disabled(self, request: web.Request, disabled: bool) -> web.StreamResponse:
        username, by = request.match_info["username"], request[SESSION].officer.actor
        await self._change(lambda c, now: accounts.set_disabled(c, username, disabled, by, now))
        raise web.HTTPSeeOther(_PAGE)

    async def _change(self, change: Callable[[Connection, datetime], None]) -> None:
        now = self._clock()

        def body(connection: Connection) -> Done[None]:
            change(connection, now)
            return Done(None)

        try:
            await self._store.write(body)
        except accounts.NoSuchOfficer as unknown:
            raise web.HTTPNotFound from unknown

    async def _page(
        self,
        request: web.Request,
        status: int = 200,
        *,
        told: _Told | None = None,
        problem: str = "",
        kept: dict[str, str] | None = None,
    ) -> web.Response:
        today = limits.calendar_for_all().local(self._clock()).date()
        people = await self._store.read(accounts.all_officers)
        agencies = await self._store.read(lambda c: repository.agencies_on(c, today))
        return self._pages.render(
            request,
            "accounts.html",
            status,
            here="accounts",
            people=people,
            agencies=agencies,
            roles=list(Role),
            told=told,
            problem=problem,
            kept=kept or {},
        )


def _add(connection: Connection, new: NewOfficer, hashed: str, by: str, now: datetime) -> Officer:
    """Make the account, unless that would leave nobody to make the next."""
    if new.role is not Role.ADMIN and not accounts.real_officers(connection):
        raise AdministratorFirst
    return accounts.add(connection, new, hashed, by, now)
