"""Where a question stands, for whoever has its code; its words only for whoever has the key."""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.moments import Clock
from bot.questions.desk import key_digest
from bot.questions.life import Bucket, State
from bot.questions.repository import by_code, key_opens
from bot.store import Store
from handlers.access import check_origin
from handlers.callers import caller_of
from handlers.forms import read_form
from handlers.rendering import Templates
from handlers.routes import Access, Route
from handlers.webchat.limits import Allowance, RateLimit

_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
#: the address may hold the key: no page that is opened from here may learn it
_SECRET = {**_PRIVATE, "Referrer-Policy": "no-referrer"}
_LONGEST_KEY = 200
_UNWRITTEN = re.compile(r"[^\w]", re.ASCII)


def _guesses() -> RateLimit:
    return RateLimit(Allowance(burst=30, per_second=0.2))


@dataclass(frozen=True)
class Lookup:
    """The status page and its form. A code that does not exist and one that cannot look alike."""

    store: Store
    templates: Templates
    clock: Clock
    own_host: str
    guesses: RateLimit = field(default_factory=_guesses)

    def routes(self) -> list[Route]:
        """Return the form, its target and the status page."""
        return [
            Route("GET", "/tra-cuu", self.ask, Access.PUBLIC),
            Route("POST", "/tra-cuu", self.find, Access.PUBLIC),
            Route("GET", "/tra-cuu/{code}", self.show, Access.PUBLIC),
        ]

    async def ask(self, _request: web.Request) -> web.StreamResponse:
        """Show the form."""
        return self.templates.page("lookup.html", missing=False)

    async def find(self, request: web.Request) -> web.StreamResponse:
        """Lead from a typed code to its page."""
        check_origin(request, self.own_host)
        typed = _UNWRITTEN.sub("", (await read_form(request)).get("code", ""))[:20].upper()
        raise web.HTTPSeeOther(f"/tra-cuu/{quote(typed)}" if typed else "/tra-cuu")

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show state, agency and dates; with the right key, question and answer too."""
        if wait := self.guesses.wait(caller_of(request), time.monotonic()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})
        code, key = request.match_info["code"][:40], request.query.get("k", "")[:_LONGEST_KEY]
        row = await self.store.read(lambda c: _seen(c, code))
        if row is None:
            return self.templates.page("lookup.html", 404, _PRIVATE, missing=True)
        return self.templates.page(
            "status.html",
            headers=_SECRET,
            question=row,
            opened=bool(key) and key_opens(row, key_digest(key)),
            is_open=row.bucket == Bucket.OPEN,
            is_late=self._is_late(row),
        )

    def _is_late(self, row: Row[Any]) -> bool:
        running = row.bucket == Bucket.OPEN and row.state != State.WAITING
        return running and row.due_at is not None and row.due_at < self.clock()


def _seen(connection: Connection, code: str) -> Row[Any] | None:
    try:
        code.encode()
    except UnicodeEncodeError:
        return None
    return by_code(connection, code)
