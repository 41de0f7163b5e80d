"""Telegram for officers: tying one's own account, and the agency's group."""

from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.liaison import codes, groups
from bot.liaison.codes import LASTS, Bond
from bot.liaison.hearing import may_tie
from bot.moments import Clock
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.questions import limits, repository
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route

CHANNEL = "telegram"
_PAGE = "/can-bo/telegram"
_GROUP = _PAGE + r"/nhom/{id:\d{1,18}}"
_ABOVE = frozenset({Role.COORDINATOR, Role.ADMIN})
#: who may make a code for a group: the leader for the own agency, those above for any
_GROUPS = _ABOVE | {Role.LEADER}
_MINUTES = int(LASTS.total_seconds()) // 60


class TelegramPage:
    """Shown to those who answer and those above them; says so where the channel is off."""

    def __init__(self, store: Store, clock: Clock, pages: Pages, *, is_on: bool) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages
        self._is_on = is_on

    def routes(self) -> list[Route]:
        """Return the page and its forms."""
        everybody = OF_AN_AGENCY | _ABOVE
        return [
            Route("GET", _PAGE, self.show, Access.SESSION, everybody),
            Route("POST", f"{_PAGE}/tai-khoan", self.tie_account, Access.SESSION, OF_AN_AGENCY),
            Route("POST", f"{_PAGE}/go", self.cut_account, Access.SESSION, OF_AN_AGENCY),
            Route("POST", f"{_PAGE}/nhom", self.tie_group, Access.SESSION, _GROUPS),
            Route("POST", _GROUP + "/go", self.cut_group, Access.SESSION, _GROUPS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show what is tied."""
        return await self._page(request)

    async def tie_account(self, request: web.Request) -> web.Response:
        """Make a code that ties whoever types it in a private chat to this officer."""
        officer = request[SESSION].officer
        code = await self._code(Bond(None, officer.id, officer.actor))
        return await self._page(request, account_code=code)

    async def cut_account(self, request: web.Request) -> web.StreamResponse:
        """End the account's acting for this officer."""
        officer, now = request[SESSION].officer, self._clock()

        def body(connection: Connection) -> Done[bool]:
            return Done(groups.untie_account(connection, CHANNEL, now, officer_id=officer.id))

        await self._store.write(body)
        raise web.HTTPSeeOther(_PAGE)

    async def tie_group(self, request: web.Request) -> web.Response:
        """Make a code that ties the group it is typed in to an agency."""
        officer = request[SESSION].officer
        agency = (await read_form(request)).get("agency", "") or officer.agency or ""
        if not may_tie(officer, agency) or not await self._store.read(
            lambda c: repository.agency_names(c, [agency])
        ):
            raise web.HTTPForbidden
        code = await self._code(Bond(agency, None, officer.actor))
        return await self._page(request, group_code=code)

    async def cut_group(self, request: web.Request) -> web.StreamResponse:
        """Tell a group nothing more."""
        officer, now = request[SESSION].officer, self._clock()
        number = int(request.match_info["id"])

        def body(connection: Connection) -> Done[bool]:
            group = groups.group_by_id(connection, number)
            if group is None or not may_tie(officer, group.agency):
                return Done(False)
            groups.untie_group(connection, group.channel, group.chat, officer.actor, now)
            return Done(True)

        if not await self._store.write(body):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(_PAGE)

    async def _code(self, bond: Bond) -> str:
        now = self._clock()
        return await self._store.write(lambda c: Done(codes.make(c, bond, now)))

    async def _page(
        self, request: web.Request, *, account_code: str = "", group_code: str = ""
    ) -> web.Response:
        officer = request[SESSION].officer
        today = limits.calendar_for_all().local(self._clock()).date()
        above = officer.role in _ABOVE
        own = None if above else officer.agency
        rows = await self._store.read(lambda c: groups.tied_groups(c, own))
        agencies = await self._store.read(
            lambda c: repository.agencies_on(c, today) if above else ()
        )
        return self._pages.render(
            request,
            "telegram.html",
            here="telegram",
            is_on=self._is_on,
            since=await self._since(officer),
            may_answer=officer.role in OF_AN_AGENCY,
            may_tie=officer.role in _GROUPS,
            groups=rows,
            agencies=agencies,
            account_code=account_code,
            group_code=group_code,
            minutes=_MINUTES,
        )

    async def _since(self, officer: Officer) -> datetime | None:
        return await self._store.read(lambda c: groups.account_since(c, CHANNEL, officer.id))
