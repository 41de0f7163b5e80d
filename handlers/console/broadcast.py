"""The one place that sends to everybody who follows: prepared by one, approved by another."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.broadcast import Article, Audience, NotNow, NotPublished, Press, State, repository
from bot.broadcast.composing import compose, problems
from bot.broadcast.hours import next_allowed
from bot.channels import SendError
from bot.clock import WorkCalendar
from bot.errors import BotError
from bot.moments import Clock
from bot.officers import Role, accounts
from bot.officers.accounts import Officer
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule, UnreadableMonth
from bot.segments.repository import listing, published_months, schedule_of
from bot.settings import Settings
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Handler, Route

PAGE = "/can-bo/zalo/bai-viet"
_MONTH = PAGE + r"/{month:\d\d\d\d-\d\d}"
_EDITOR = frozenset({Role.EDITOR})
_READERS = frozenset({Role.EDITOR, Role.COORDINATOR, Role.ADMIN})
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants what done to a month's broadcast."""

    officer: Officer
    month: Month
    form: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page of a month shows. `row` is None before anybody prepared an article."""

    listing: Listing
    row: Row[Any] | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a dry run shows: who would get it, and what would be sent."""

    audience: Audience
    requests: Sequence[str]


_Deed = Callable[[Connection, _Asked], None]


class BroadcastDesk:
    """Pages of broadcasts; without a `press` the channel is off and they say so."""

    def __init__(
        self, store: Store, wording: Wording, pages: Pages, clock: Clock,
        calendar: WorkCalendar, settings: Settings,
    ) -> None:  # fmt: skip
        self._store = store
        self._wording = wording
        self._pages = pages
        self._clock = clock
        self._calendar = calendar
        self._settings = settings
        self._press: Press | None = None

    def with_press(self, press: Press | None) -> "BroadcastDesk":
        """Return this desk, able to send where a channel can."""
        self._press = press
        return self

    def routes(self) -> list[Route]:
        """Return the list of months, the page of one, and its forms."""
        return [
            Route("GET", PAGE, self.months, Access.SESSION, _READERS),
            Route("GET", _MONTH, self.show, Access.SESSION, _READERS),
            self._post("soan", self._doing(self._prepare, "prepared"), _EDITOR),
            self._post("chay-thu", self.dry_run, _READERS),
            self._post("duyet", self._doing(_approve, "approved"), _READERS),
            self._post("da-gui", self._doing(_arrived, "settled"), _READERS),
            self._post("gui-lai", self._doing(_again, "settled"), _READERS),
        ]

    async def months(self, request: web.Request) -> web.Response:
        """List the published months and how far each broadcast has come."""

        def body(connection: Connection) -> tuple[list[Row[Any]], dict[str, str]]:
            return published_months(connection), repository.all_of(connection, "zalo")

        months, states = await self._store.read(body)
        return self._pages.render(
            request, "broadcasts.html", here=_menu(request), months=months, states=states,
            on=self._press is not None,
        )  # fmt: skip

    async def show(self, request: web.Request) -> web.Response:
        """Show one month's article as followers would read it, and what may be done."""
        return await self._page(request, done=request.query.get("xong", ""))

    async def dry_run(self, request: web.Request) -> web.Response:
        """Show who would get it, when, and exactly what would be sent; send nothing."""
        seen = await self._look(request)
        if self._press is None or seen.row is None:
            raise web.HTTPNotFound
        try:
            audience = await self._press.audience()
        except SendError as error:
            return await self._page(request, 502, problem=str(error))
        article = Article.from_json(seen.row.article)
        requests = [
            json.dumps(each, ensure_ascii=False, indent=1) for each in self._press.requests(article)
        ]
        return await self._page(request, trial=_Trial(audience, requests))

    def _post(self, name: str, handler: Handler, roles: frozenset[Role]) -> Route:
        return Route("POST", f"{_MONTH}/{name}", handler, Access.SESSION, roles)

    def _doing(self, deed: _Deed, done: str) -> Handler:
        async def do(request: web.Request) -> web.StreamResponse:
            month = _month(request)
            asked = _Asked(request[SESSION].officer, month, await read_form(request), self._clock())
            try:
                await self._store.write(partial(_done, deed, asked))
            except BotError as problem:
                return await self._page(request, 409, problem=str(problem), tried=asked.form)
            raise web.HTTPSeeOther(f"{PAGE}/{month}?xong={done}")

        return do

    def _prepare(self, connection: Connection, asked: _Asked) -> None:
        """Compose the article anew from today's list."""
        found = self._list(connection, asked.month)
        if not found.published:
            raise NotPublished
        article = compose(
            found,
            self._wording,
            author=asked.form.get("author", ""),
            cover_url=asked.form.get("cover", "")[:_LONGEST_URL].strip(),
            base=self._settings.public_url,
        )
        if trouble := problems(article):
            raise BotError(self._wording(trouble[0]))
        repository.prepare(connection, "zalo", str(asked.month), article, asked.officer, asked.now)

    def _list(self, connection: Connection, month: Month) -> Listing:
        schedule = schedule_of(connection, Schedule(self._calendar, {}))
        return listing(connection, month, schedule)

    async def _look(self, request: web.Request) -> _Seen:
        month = _month(request)

        def body(connection: Connection) -> _Seen:
            row = repository.of_month(connection, "zalo", str(month))
            names = accounts.names_by_actor(connection)
            return _Seen(self._list(connection, month), row, names)

        seen = await self._store.read(body)
        if not seen.listing.published and seen.row is None:
            raise web.HTTPNotFound
        return seen

    async def _page(
        self, request: web.Request, status: int = 200, *, problem: str = "", done: str = "",
        trial: _Trial | None = None, tried: Mapping[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        seen, officer = await self._look(request), request[SESSION].officer
        row = seen.row
        article = Article.from_json(row.article) if row else None
        return self._pages.render(
            request,
            "broadcast.html",
            status,
            here=_menu(request),
            seen=seen,
            row=row,
            article=article,
            preparer=seen.names.get(f"officer:{row.prepared_by}", "") if row else "",
            approver=seen.names.get(f"officer:{row.approved_by}", "") if row else "",
            may_prepare=officer.role is Role.EDITOR and _is_open(row),
            may_approve=row is not None and row.state == State.DRAFT
            and row.prepared_by != officer.id,
            goes_at=next_allowed(self._clock(), self._calendar.zone),
            on=self._press is not None,
            problem=problem,
            done=done,
            trial=trial,
            tried=tried or {},
        )  # fmt: skip


def _menu(request: web.Request) -> str:
    """Return where the page stands in the menu: editors come from the month's list."""
    return "segments" if request[SESSION].officer.role is Role.EDITOR else "zalo"


def _done(deed: _Deed, asked: _Asked, connection: Connection) -> Done[None]:
    deed(connection, asked)
    return Done(None)


def _approve(connection: Connection, asked: _Asked) -> None:
    row_id, version = _named(connection, asked)
    repository.approve(connection, row_id, version, asked.officer, asked.now)


def _arrived(connection: Connection, asked: _Asked) -> None:
    row_id, version = _named(connection, asked)
    repository.settle(connection, row_id, version, arrived=True, by=asked.officer, now=asked.now)


def _again(connection: Connection, asked: _Asked) -> None:
    row_id, version = _named(connection, asked)
    repository.settle(connection, row_id, version, arrived=False, by=asked.officer, now=asked.now)


def _named(connection: Connection, asked: _Asked) -> tuple[int, int]:
    """Return the row and the version that the form was looked at."""
    row = repository.of_month(connection, "zalo", str(asked.month))
    typed = asked.form.get("version", "")
    if row is None or not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise NotNow
    return row.id, int(typed)


def _is_open(row: Row[Any] | None) -> bool:
    return row is None or row.state in (State.DRAFT, State.FAILED)


def _month(request: web.Request) -> Month:
    try:
        return Month.read(request.match_info["month"])
    except UnreadableMonth as error:
        raise web.HTTPNotFound from error
