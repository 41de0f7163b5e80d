"""The month's list: an editor prepares and publishes it, a broadcaster reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.clock import WorkCalendar
from bot.errors import BotError
from bot.moments import Clock
from bot.office.trust import check_links, check_trust
from bot.officers import Role
from bot.officers.accounts import Officer
from bot.privacy.masks import LABELS, MaskKind
from bot.segments import editing, repository
from bot.segments.documents import day_in_words, duration, month_in_words
from bot.segments.editing import AlreadyPublished, Approval, NoSuchItem, Obstacle, Review
from bot.segments.listing import Listing
from bot.segments.months import Month, Schedule, UnreadableMonth
from bot.settings import Settings, own_hosts
from bot.store import Done, Store
from bot.wording import Wording
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Handler, Route

_PAGE = "/can-bo/chuyen-muc"
_MONTH = _PAGE + r"/{month:\d\d\d\d-\d\d}"
_ITEM = _MONTH + r"/muc/{item:\d{1,9}}"
_EDITOR = frozenset({Role.EDITOR})
_READERS = frozenset({Role.EDITOR, Role.BROADCASTER})
_LONGEST = 6000


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants what done to which item, with the form as it was filled in."""

    editor: Officer
    item_id: int
    form: Mapping[str, str]
    now: datetime


#: does something to an item and returns what to tell about it
_Deed = Callable[[Connection, _Asked], str]


def _approve(connection: Connection, asked: _Asked) -> str:
    texts = (asked.form.get(name, "")[:_LONGEST] for name in ("question", "answer"))
    found = editing.approve(connection, Approval(asked.item_id, *texts), asked.editor, asked.now)
    return "masked" if found else "approved"


def _drop(connection: Connection, asked: _Asked) -> str:
    editing.set_state(connection, asked.item_id, "dropped", asked.editor, asked.now)
    return "dropped"


def _restore(connection: Connection, asked: _Asked) -> str:
    editing.set_state(connection, asked.item_id, "proposed", asked.editor, asked.now)
    return "proposed"


def _up(connection: Connection, asked: _Asked) -> str:
    editing.move(connection, asked.item_id, -1)
    return "moved"


def _down(connection: Connection, asked: _Asked) -> str:
    editing.move(connection, asked.item_id, 1)
    return "moved"


_DEEDS: dict[str, _Deed] = {
    "duyet": _approve,
    "bo": _drop,
    "de-xuat": _restore,
    "len": _up,
    "xuong": _down,
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page of a month shows."""

    listing: Listing
    slot_seconds: int
    reviews: Sequence[Review]


class SegmentDesk:
    """Pages of the monthly list in the console; build it beside Console."""

    def __init__(
        self,
        store: Store,
        wording: Wording,
        clock: Clock,
        calendar: WorkCalendar,
        settings: Settings,
    ) -> None:
        self._store = store
        self._wording = wording
        self._clock = clock
        self._plain = Schedule(calendar, {})
        self._pages = Pages(wording, calendar, clock, settings)
        self._own_hosts = own_hosts(settings)

    def routes(self) -> list[Route]:
        """Return the months, a month, and one route for each thing an editor does."""
        forms = [
            Route("POST", f"{_ITEM}/{slug}", self._doing(deed), Access.SESSION, _EDITOR)
            for slug, deed in _DEEDS.items()
        ]
        return [
            Route("GET", _PAGE, self.index, Access.SESSION, _READERS),
            Route("GET", _MONTH, self.show, Access.SESSION, _READERS),
            Route("POST", f"{_MONTH}/cap-nhat", self.refresh, Access.SESSION, _EDITOR),
            Route("GET", f"{_MONTH}/cong-bo", self.confirm, Access.SESSION, _EDITOR),
            Route("POST", f"{_MONTH}/cong-bo", self.publish, Access.SESSION, _EDITOR),
            *forms,
        ]

    async def index(self, request: web.Request) -> web.Response:
        """Show every month that has a list, and the one that is open now."""

        def read(connection: Connection) -> tuple[Listing, Sequence[Row[Any]]]:
            schedule = self._schedule(connection)
            month = schedule.month_open_at(self._clock())
            return (
                repository.listing(connection, month, schedule),
                repository.known_months(connection),
            )

        coming, months = await self._store.read(read)
        return self._render(request, "segment_months.html", coming=coming, months=months)

    async def show(self, request: web.Request) -> web.Response:
        """Show a month: to an editor everything, to a broadcaster what will be read."""
        return await self._month(request)

    async def refresh(self, request: web.Request) -> web.StreamResponse:
        """Propose now what the hourly work would propose later."""
        month = _month_of(request)
        await self._store.write(lambda c: Done(repository.refresh(c, month, self._schedule(c))))
        raise web.HTTPSeeOther(f"{_PAGE}/{month}?xong=refreshed")

    async def confirm(self, request: web.Request) -> web.Response:
        """Ask before publishing: it cannot be taken back."""
        seen = await self._look(_month_of(request))
        return self._render(request, "segment_publish.html", seen=seen, listing=seen.listing)

    async def publish(self, request: web.Request) -> web.StreamResponse:
        """Make the list public; whoever does not say "yes" is asked again."""
        month, editor = _month_of(request), request[SESSION].officer
        if (await read_form(request)).get("chac") != "co":
            raise web.HTTPSeeOther(f"{_PAGE}/{month}/cong-bo")
        now = self._clock()

        def body(connection: Connection) -> Done[None]:
            editing.publish(connection, month, editor, now)
            return Done(None)

        try:
            await self._store.write(body)
        except BotError as problem:
            return await self._month(request, problem)
        raise web.HTTPSeeOther(f"{_PAGE}/{month}?xong=published")

    def _doing(self, deed: _Deed) -> Handler:
        async def do(request: web.Request) -> web.StreamResponse:
            month, item_id = _month_of(request), int(request.match_info["item"])
            form = await read_form(request)
            asked = _Asked(request[SESSION].officer, item_id, form, self._clock())
            try:
                check_trust(form.get("answer", ""), self._own_hosts)
                check_links(form.get("question", ""), self._own_hosts)
                done = await self._store.write(lambda c: Done(deed(c, asked)))
            except NoSuchItem as unknown:
                raise web.HTTPNotFound from unknown
            except BotError as problem:
                return await self._month(request, problem, {item_id: form})
            raise web.HTTPSeeOther(f"{_PAGE}/{month}?xong={done}#muc-{item_id}")

        return do

    async def _month(
        self,
        request: web.Request,
        problem: BotError | None = None,
        kept: Mapping[int, Mapping[str, str]] | None = None,
    ) -> web.Response:
        seen = await self._look(_month_of(request))
        edits = request[SESSION].officer.role is Role.EDITOR and not seen.listing.published
        return self._render(
            request,
            "segment_editing.html" if edits else "segment_script.html",
            _status(problem),
            seen=seen,
            listing=seen.listing,
            kept=kept or {},
            problem=str(problem) if problem else "",
            obstacles={obstacle: f"segment.obstacle.{obstacle}" for obstacle in Obstacle},
        )

    async def _look(self, month: Month) -> _Seen:
        def read(connection: Connection) -> _Seen:
            return _Seen(
                repository.listing(connection, month, self._schedule(connection)),
                repository.slot_seconds(connection, month),
                editing.reviews(connection, month),
            )

        return await self._store.read(read)

    def _schedule(self, connection: Connection) -> Schedule:
        return repository.schedule_of(connection, self._plain)

    def _render(
        self,
        request: web.Request,
        template: str,
        status: int = 200,
        **context: Any,  # noqa: ANN401
    ) -> web.Response:
        return self._pages.render(
            request,
            template,
            status,
            here="segments",
            done=request.query.get("xong", ""),
            in_words=lambda day: day_in_words(day, self._wording),
            lasting=lambda seconds: duration(seconds, self._wording),
            named=lambda month: month_in_words(month, self._wording),
            masked_as=lambda kind: LABELS[MaskKind(kind)],
            **context,
        )


def _month_of(request: web.Request) -> Month:
    try:
        return Month.read(request.match_info["month"])
    except UnreadableMonth as unknown:
        raise web.HTTPNotFound from unknown


def _status(problem: BotError | None) -> int:
    if problem is None:
        return 200
    return 409 if isinstance(problem, AlreadyPublished) else 422
