"""Logging in and out, and one's own password."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection, Row

from bot.moments import Clock
from bot.officers import accounts, demo, sessions, throttle
from bot.officers.passwords import Hasher, PasswordTooShort
from bot.settings import Settings
from bot.store import Done, Store
from handlers.access import (
    CHANGE_PASSWORD,
    LOGIN,
    LOGOUT,
    SESSION,
    check_origin,
    session_cookie,
)
from handlers.callers import caller_of
from handlers.console.rendering import Pages, see_other
from handlers.forms import read_form
from handlers.routes import Access, Route

_HOME = "/can-bo"


class Login:
    """The door of the console."""

    def __init__(
        self, store: Store, clock: Clock, hasher: Hasher, pages: Pages, settings: Settings
    ) -> None:
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._pages = pages
        self._settings = settings
        self._own_host = urlsplit(settings.public_url).netloc
        self._cookie = session_cookie(settings)
        self._is_https = settings.public_url.startswith("https://")

    def routes(self) -> list[Route]:
        """Return the ways in and out."""
        return [
            Route("GET", LOGIN, self.show, Access.PUBLIC),
            Route("POST", LOGIN, self.sign_in, Access.PUBLIC),
            Route("POST", LOGOUT, self.sign_out, Access.SESSION),
            Route("GET", CHANGE_PASSWORD, self.show_password, Access.SESSION),
            Route("POST", CHANGE_PASSWORD, self.change_password, Access.SESSION),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show the login form; say so where a session ended in the middle of work."""
        return await self._form(request, error="login.expired" if "het" in request.query else "")

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Check name and password; a new session takes the place of any the browser had."""
        check_origin(request, self._own_host)
        form = await read_form(request)
        username, password = form.get("username", ""), form.get("password", "")
        address = caller_of(request)
        now = self._clock()
        wait = await self._store.write(lambda c: _attempt(c, username, address, now))
        if wait is not None:
            return await self._form(request, 429, "login.wait", wait)
        row = await self._store.read(lambda c: accounts.by_username(c, username))
        stored = row.password if row and not row.disabled else None
        if not await self._hasher.verify(stored, password) or row is None:
            return await self._form(request, 401, "login.wrong")
        old = request.get(SESSION)
        secret = await self._store.write(
            lambda c: _enter(c, row, address, old.digest if old else "", now)
        )
        response = see_other(_next_page(form.get("tiep", "")))
        self._set_cookie(response, request, secret)
        return response

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the session here and in the table."""
        digest = request[SESSION].digest
        await self._store.write(lambda c: _leave(c, digest))
        response = see_other(LOGIN)
        response.del_cookie(self._cookie, path="/", secure=self._is_https)
        return response

    async def show_password(self, request: web.Request) -> web.Response:
        """Show the form for one's own password."""
        return self._pages.render(request, "password.html", here="password", error="")

    async def change_password(self, request: web.Request) -> web.StreamResponse:
        """Replace one's own password; every other session of the account ends."""
        form = await read_form(request)
        officer = request[SESSION].officer
        new, again = form.get("new", ""), form.get("again", "")
        row = await self._store.read(lambda c: accounts.by_username(c, officer.username))
        old_is_right = await self._hasher.verify(row.password if row else None, form.get("old", ""))
        if row is None or not old_is_right or new != again:
            return self._password_error(request, "password.mismatch")
        try:
            hashed = await self._hasher.hash(new)
        except PasswordTooShort:
            return self._password_error(request, "password.short")
        now = self._clock()
        secret = await self._store.write(lambda c: _change(c, row, hashed, now))
        response = see_other(f"{_HOME}?xong=password")
        self._set_cookie(response, request, secret)
        return response

    def _password_error(self, request: web.Request, error: str) -> web.Response:
        return self._pages.render(request, "password.html", 422, here="password", error=error)

    async def _form(
        self,
        request: web.Request,
        status: int = 200,
        error: str = "",
        wait: timedelta | None = None,
    ) -> web.Response:
        there = await self._store.read(demo.present)
        form = await read_form(request) if request.method == "POST" else request.query
        minutes = -(-int(wait.total_seconds()) // 60) if wait else 0
        response = self._pages.render(
            request,
            "login.html",
            status,
            error=error,
            minutes=minutes,
            username=form.get("username", ""),
            next_page=_next_page(form.get("tiep", "")),
            demo_file=self._settings.var_dir / demo.FILE_NAME if there.demo else None,
        )
        if wait:
            response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response

    def _set_cookie(self, response: web.StreamResponse, request: web.Request, secret: str) -> None:
        secure = request.secure or self._is_https
        response.set_cookie(
            self._cookie, secret, path="/", httponly=True, samesite="Lax", secure=secure
        )


def _attempt(
    connection: Connection, username: str, address: str, now: datetime
) -> Done[timedelta | None]:
    """Count the attempt as failed before the password is looked at; success takes it back."""
    wait = throttle.wait_before_login(connection, username, address, now)
    if wait is None:
        throttle.record(connection, username, address, False, now)
    return Done(wait)


def _enter(
    connection: Connection, row: Row[Any], address: str, old_session: str, now: datetime
) -> Done[str]:
    throttle.record(connection, row.username, address, True, now)
    sessions.end(connection, old_session)
    return Done(sessions.start(connection, row.id, now))


def _leave(connection: Connection, session_digest: str) -> Done[None]:
    sessions.end(connection, session_digest)
    return Done(None)


def _change(connection: Connection, row: Row[Any], hashed: str, now: datetime) -> Done[str]:
    accounts.set_password(connection, row.username, hashed, f"officer:{row.id}", now)
    return Done(sessions.start(connection, row.id, now))


def _next_page(asked: str) -> str:
    """Return where to go after login: a page of the console, never another site."""
    if asked != _HOME and not asked.startswith(f"{_HOME}/"):
        return _HOME
    leads_astray = any(part in asked for part in ("..", "//", "\\", "@"))
    return _HOME if leads_astray or not asked.isprintable() else asked
