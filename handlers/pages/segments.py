"""The monthly programme: what is coming, what was published, in the shapes people use."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.clock import WorkCalendar
from bot.moments import Clock
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule, UnreadableMonth
from bot.segments.repository import listing, published_months, schedule_of
from bot.store import Store
from bot.wording import Wording
from handlers.access import may_read_segments
from handlers.callers import caller_of
from handlers.pages.feeds import atom, ics
from handlers.rendering import Templates
from handlers.routes import Access, Route
from handlers.webchat.limits import Allowance, RateLimit

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Document:
    """A shape in which a list leaves the house; `writer` is its function in `documents`."""

    media_type: str
    writer: str

    def write(self, listing: Listing, wording: Wording) -> bytes | str:
        """Return the list in this shape."""
        # libraries of office formats take a fifth of a second, which no start should wait for
        from bot.segments import documents

        written: bytes | str = getattr(documents, self.writer)(listing, wording)
        return written


_DOCUMENTS: Mapping[str, Document] = {
    "docx": Document(f"{_OFFICE}.wordprocessingml.document", "as_docx"),
    "xlsx": Document(f"{_OFFICE}.spreadsheetml.sheet", "as_xlsx"),
    "txt": Document("text/plain; charset=utf-8", "as_text"),
}
_MONTHS_AHEAD = 12
_MOST_IN_FEED = 24


def _documents() -> RateLimit:
    return RateLimit(Allowance(burst=20, per_second=0.5))


@dataclass(frozen=True)
class Segments:
    """Lists of the months; one not yet published is there only for those who make it."""

    store: Store
    templates: Templates
    wording: Wording
    calendar: WorkCalendar
    clock: Clock
    #: where links of feed and calendar lead; never what a caller names as our host
    address: str
    #: a document takes long to write
    documents: RateLimit = field(default_factory=_documents)

    def routes(self) -> list[Route]:
        """Return pages, files, feed and calendar."""
        month = r"/chuyen-muc/{month:\d\d\d\d-\d\d}"
        return [
            Route("GET", "/chuyen-muc", self.index, Access.PUBLIC),
            Route("GET", "/chuyen-muc/feed.atom", self.feed, Access.PUBLIC),
            Route("GET", "/chuyen-muc/lich.ics", self.dates, Access.PUBLIC),
            Route("GET", month, self.show, Access.PUBLIC),
            Route("GET", month + ".{kind:json|txt|docx|xlsx}", self.download, Access.PUBLIC),
        ]

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """Show the coming programme and the published months."""
        now = self.clock()

        def read(connection: Connection) -> tuple[Listing, list[Listing]]:
            schedule = self._schedule(connection)
            coming = listing(connection, schedule.month_open_at(now), schedule)
            return coming, [record for record, _ in _published(connection, schedule)]

        coming, published = await self.store.read(read)
        return self.templates.page(
            "segments.html", coming=coming, published=published, here="segments"
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show a month's list."""
        found = await self._readable(request)
        return self.templates.page(
            "segment.html",
            headers=_caching(found),
            listing=found,
            kinds=[*_DOCUMENTS, "json"],
            here="segments",
        )

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Return a month's list as data or as a document."""
        found = await self._readable(request)
        kind = request.match_info["kind"]
        if kind == "json":
            return web.json_response(found.as_json(), headers=_caching(found))
        if wait := self.documents.wait(caller_of(request), time.monotonic()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})
        document = _DOCUMENTS[kind]
        written = await asyncio.to_thread(document.write, found, self.wording)
        headers = {
            **_caching(found),
            "Content-Type": document.media_type,
            "Content-Disposition": f'attachment; filename="chuyen-muc-{found.month}.{kind}"',
        }
        body = written.encode() if isinstance(written, str) else written
        return web.Response(body=body, headers=headers)

    async def feed(self, _request: web.Request) -> web.StreamResponse:
        """Return the feed of published lists."""
        lists = await self.store.read(lambda c: _published(c, self._schedule(c)))
        body = atom(self.wording, self.address, lists[:_MOST_IN_FEED])
        return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")

    async def dates(self, _request: web.Request) -> web.StreamResponse:
        """Return the air dates of this and the coming months."""
        now = self.clock()

        def read(connection: Connection) -> list[Listing]:
            schedule = self._schedule(connection)
            month = Month.of(self.calendar.local(now).date())
            return [listing(connection, m, schedule) for m in _months_from(month)]

        lists = await self.store.read(read)
        body = ics(self.wording, self.address, lists, now)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8")

    async def _readable(self, request: web.Request) -> Listing:
        try:
            month = Month.read(request.match_info["month"])
        except UnreadableMonth:
            raise web.HTTPNotFound from None
        found = await self.store.read(lambda c: listing(c, month, self._schedule(c)))
        if not (found.published or may_read_segments(request)):
            raise web.HTTPNotFound
        return found

    def _schedule(self, connection: Connection) -> Schedule:
        return schedule_of(connection, Schedule(self.calendar, {}))


def _published(connection: Connection, schedule: Schedule) -> list[tuple[Listing, datetime]]:
    return [
        (listing(connection, Month.read(row.month), schedule), row.published_at)
        for row in published_months(connection)
    ]


def _months_from(month: Month) -> list[Month]:
    months = [month]
    while len(months) < _MONTHS_AHEAD:
        months.append(months[-1].next)
    return months


def _caching(found: Listing) -> dict[str, str]:
    return {"Cache-Control": "public, max-age=60" if found.published else "no-store"}
