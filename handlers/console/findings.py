"""Facts that are held back: an officer confirms one with its source, or puts it right."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue import findings
from bot.catalogue.acts import Fault, NoSuchEntry, NoSuchFinding, Vouching, clear_finding
from bot.catalogue.findings import NoSource, NothingSaid, Vouched, Wanted
from bot.directory.repository import agency_names
from bot.moments import Clock
from bot.office.trust import AsksTooMuch, UnlistedLink, check_trust
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY, Officer
from bot.store import Done, Store
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route
from knowledge.layers import DIFFERS
from knowledge.lint import reasons

PAGE = "/can-bo/kien-thuc/diem-can-xem"
_READERS = OF_AN_AGENCY | {Role.COORDINATOR, Role.ADMIN}
_LAST_PAGE = 10_000


class Findings:
    """The page of findings; an officer of an agency sees what his agency answers for."""

    def __init__(
        self, store: Store, clock: Clock, pages: Pages, own_hosts: Collection[str]
    ) -> None:
        self._store = store
        self._own_hosts = own_hosts
        self._clock = clock
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the list with its filters, and the decision on one finding."""
        return [
            Route("GET", PAGE, self.show, Access.SESSION, _READERS),
            Route("POST", PAGE, self.decide, Access.SESSION, _READERS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show what nobody has vouched for."""
        return await self._page(request, request.query, {})

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """Confirm a fact with its source, or say it in other words."""
        officer, form = request[SESSION].officer, await read_form(request)

        def body(connection: Connection) -> Done[None]:
            self._decide(connection, officer, form)
            return Done(None)

        try:
            check_trust("\n".join((form.get("text", ""), form.get("source", ""))), self._own_hosts)
            await self._store.write(body)
        except (NoSource, NothingSaid, UnlistedLink, AsksTooMuch) as problem:
            return await self._page(request, form, {"problem": str(problem), "tried": form})
        except (NoSuchFinding, NoSuchEntry):  # the text changed, or somebody was faster
            done = "changed"
        else:
            done = "corrected" if form.get("decision") == "correct" else "confirmed"
        kept = {name: form.get(name, "") for name in ("quy_tac", "co_quan", "trang")}
        raise web.HTTPSeeOther(f"{PAGE}?{urlencode({**kept, 'xong': done})}")

    def _decide(self, connection: Connection, officer: Officer, form: Mapping[str, str]) -> None:
        entry_id, now = form.get("entry", ""), self._clock()
        if not findings.concerns(connection, entry_id, _bound_to(officer)):
            raise NoSuchFinding
        fault = Fault(form.get("facet", ""), form.get("rule", ""), form.get("digest", ""))
        source = " ".join(form.get("source", "").split())
        if form.get("decision") == "correct":
            by = Vouched(officer.actor, now)
            findings.correct(connection, entry_id, fault, form.get("text", ""), source, by)
            return
        if not source and fault.rule != DIFFERS:
            raise NoSource
        clear_finding(connection, entry_id, fault, Vouching(officer.actor, source), now)

    async def _page(
        self, request: web.Request, asked: Mapping[str, str], more: Mapping[str, Any]
    ) -> web.Response:
        bound = _bound_to(request[SESSION].officer)
        agency = bound or asked.get("co_quan", "")
        wanted = Wanted(asked.get("quy_tac", ""), agency, _number(asked.get("trang", "")))
        page, names = await self._store.read(
            lambda c: (findings.open_findings(c, wanted), agency_names(c))
        )
        return self._pages.render(
            request,
            "findings.html",
            status=400 if more.get("problem") else 200,
            here="lessons",
            tab="findings",
            wanted=wanted,
            page=page,
            names=names,
            may_filter=not bound,
            reasons={DIFFERS: "", **reasons()},
            done=request.query.get("xong", ""),
            **{"problem": "", "tried": {}, **more},
        )


def _bound_to(officer: Officer) -> str:
    return (officer.agency or "-") if officer.role in OF_AN_AGENCY else ""


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(_LAST_PAGE))
    return max(int(text), 1) if is_number else 1
