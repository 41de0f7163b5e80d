"""The chat without a script: a form, a page, and a cookie that holds the conversation."""

import secrets
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.delivery.listeners import Listeners
from handlers.access import check_origin
from handlers.callers import caller_of
from handlers.forms import read_form
from handlers.rendering import Templates
from handlers.routes import Access, Route
from handlers.webchat.lines import read_lines
from handlers.webchat.reception import IDLE, Reception
from handlers.webchat.requests import MAX_TEXT, BadRequest, Post, read_word

COOKIE = "danhoi_chat"
_PATH = "/hoi"
_PAGE = 40


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
        conversation_id = await self._known(request.cookies.get(COOKIE, ""))
        lines: list[dict[str, Any]] = []
        if conversation_id is not None:
            lines = await self._lines(conversation_id)
        last = max(1, -(-len(lines) // _PAGE))
        number = min(last, _number(request.query.get("trang"), last))
        return self.templates.page(
            "plain.html",
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
            lines=_newest(lines, last - number),
            number=number,
            last=last,
            waiting=bool(lines) and lines[-1]["role"] == "citizen",
        )

    async def _take(self, request: web.Request, text: str, payload: str) -> str:
        try:
            pressed = read_word(payload, "payload", 1000) if payload else ""
        except BadRequest as error:
            raise web.HTTPBadRequest from error
        token = request.cookies.get(COOKIE, "")
        if await self._known(token) is None:
            token = await self.reception.open(caller_of(request))
        self.reception.pace(token, caller_of(request))
        client_id = secrets.token_urlsafe(16)
        post = Post(token, client_id, payload=pressed) if pressed else Post(token, client_id, text)
        await self.reception.take(post)
        return token

    async def _known(self, token: str) -> int | None:
        return await self.reception.find(token) if token else None

    async def _lines(self, conversation_id: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + self.patience
        with self.listeners.subscribe(conversation_id) as news:
            while True:
                lines = await self.reception.store.read(partial(_all_lines, conversation_id))
                left = deadline - time.monotonic()
                if not lines or lines[-1]["role"] != "citizen" or left <= 0:
                    return lines
                await news.wait(left)

    def _remember(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(IDLE.total_seconds()),
            path=_PATH,
            httponly=True,
            samesite="Lax",
            secure=self.https,
        )


def _all_lines(conversation_id: int, connection: Connection) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    while more := read_lines(connection, conversation_id, lines[-1]["seq"] if lines else 0):
        lines += more
    return lines


def _newest(lines: list[dict[str, Any]], pages_back: int) -> list[dict[str, Any]]:
    end = len(lines) - pages_back * _PAGE
    return lines[max(0, end - _PAGE) : end]


def _number(text: str | None, otherwise: int) -> int:
    readable = text and text.isascii() and text.isdigit() and len(text) < 7
    return max(1, int(text)) if text and readable else otherwise
