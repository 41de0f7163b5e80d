"""The chat without a script: a form, a page, and a cookie that holds the conversation."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, select

from bot.delivery.listeners import Listeners
from bot.tables.delivery import conversation
from handlers.access import check_origin
from handlers.callers import caller_of, cookie_name
from handlers.forms import read_form
from handlers.rendering import Templates
from handlers.routes import Access, Route
from handlers.webchat.lines import read_lines
from handlers.webchat.reception import IDLE, Reception
from handlers.webchat.requests import MAX_TEXT, BadRequest, Post, read_word

COOKIE = "danhoi_chat"
_PATH = "/hoi"
_PAGE = 40


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page of a conversation, and whether a reply to its last line is under way."""

    lines: Sequence[dict[str, Any]] = ()
    number: int = 1
    last: int = 1
    waiting: bool = False


@dataclass(frozen=True)
class PlainChat:
    """Takes a question by form and shows the conversation, page by page."""

    reception: Reception
    listeners: Listeners
    templates: Templates
    own_host: str
    https: bool = False
    #: a reply that comes so many seconds after the question is on the page at once
    patience: float = 3.0

    def routes(self) -> list[Route]:
        """Return the form's target and the conversation's page."""
        return [
            Route("POST", _PATH, self.post, Access.PUBLIC),
            Route("GET", _PATH, self.show, Access.PUBLIC),
        ]

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Keep what was asked or pressed, then show the conversation."""
        check_origin(request, self.own_host)
        form = await read_form(request)
        text = (form.get("ask") or form.get("text") or "").strip()
        payload = form.get("payload", "")
        if len(text) > MAX_TEXT:
            raise web.HTTPRequestEntityTooLarge(MAX_TEXT, len(text))
        response = web.HTTPSeeOther(f"{_PATH}#cuoi")
        if text or payload:
            token = await self._take(request, text, payload)
            self._remember(response, token)
        raise response

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the conversation, the newest part first; wait a moment for a reply under way."""
        self.reception.pace_reading(caller_of(request))
        conversation_id = await self._known(request.cookies.get(self._cookie, ""))
        wanted = _number(request.query.get("trang"))
        seen = await self._look(conversation_id, wanted) if conversation_id else _Seen()
        return self.templates.page(
            "plain.html",
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
            lines=seen.lines,
            number=seen.number,
            last=seen.last,
            waiting=seen.waiting,
        )

    @property
    def _cookie(self) -> str:
        return cookie_name(COOKIE, https=self.https)

    async def _take(self, request: web.Request, text: str, payload: str) -> str:
        try:
            pressed = read_word(payload, "payload", 1000) if payload else ""
        except BadRequest as error:
            raise web.HTTPBadRequest from error
        token = request.cookies.get(self._cookie, "")
        if await self._known(token) is None:
            token = await self.reception.open(caller_of(request))
        self.reception.pace(token, caller_of(request), text)
        client_id = secrets.token_urlsafe(16)
        post = Post(token, client_id, payload=pressed) if pressed else Post(token, client_id, text)
        await self.reception.take(post)
        return token

    async def _known(self, token: str) -> int | None:
        return await self.reception.find(token) if token else None

    async def _look(self, conversation_id: int, wanted: int | None) -> _Seen:
        deadline = time.monotonic() + self.patience
        with self.listeners.subscribe(conversation_id) as news:
            while True:
                seen = await self.reception.store.read(partial(_page, conversation_id, wanted))
                left = deadline - time.monotonic()
                if not seen.waiting or left <= 0:
                    return seen
                await news.wait(left)

    def _remember(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(
            self._cookie,
            token,
            max_age=int(IDLE.total_seconds()),
            path="/",  # as the name asks for
            httponly=True,
            samesite="Lax",
            secure=self.https,
        )


def _page(conversation_id: int, wanted: int | None, connection: Connection) -> _Seen:
    """Read one page, counted from the end: the last is always full."""
    newest = select(conversation.c.message_seq).where(conversation.c.id == conversation_id)
    total = int(connection.execute(newest).scalar_one())
    last = max(1, -(-total // _PAGE))
    number = min(last, wanted or last)
    end = total - (last - number) * _PAGE
    after = max(0, end - _PAGE)
    lines = read_lines(connection, conversation_id, after, end - after)
    waiting = number == last and bool(lines) and lines[-1]["role"] == "citizen"
    return _Seen(lines, number, last, waiting)


def _number(text: str | None) -> int | None:
    readable = text and text.isascii() and text.isdigit() and len(text) < 7
    return max(1, int(text)) if text and readable else None
