"""The guard: who may pass is what each route declares, and nothing else."""

import hmac
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.moments import Clock
from bot.officers import Role, sessions, tokens
from bot.officers.accounts import Officer
from bot.officers.sessions import Session
from bot.officers.tokens import Token
from bot.settings import Settings
from bot.store import Done, Store, StoreUnavailable
from handlers.callers import cookie_name, is_local
from handlers.forms import read_form
from handlers.routes import ROUTES, Access, Handler, Route, methods_of

log = structlog.get_logger()

COOKIE = "danhoi_session"
LOGIN = "/can-bo/dang-nhap"
CHANGE_PASSWORD = "/can-bo/mat-khau"  # noqa: S105 - a path
LOGOUT = "/can-bo/dang-xuat"

SESSION: web.RequestKey[Session] = web.RequestKey("session", Session)
TOKEN: web.RequestKey[Token] = web.RequestKey("token", Token)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: what an officer may still do while a password set by another waits to be changed
_BEFORE_OWN_PASSWORD = frozenset({CHANGE_PASSWORD, LOGOUT})


def session_cookie(settings: Settings) -> str:
    """Return the name of the cookie that holds a login."""
    return cookie_name(COOKIE, https=settings.public_url.startswith("https://"))


def officer_of(request: web.Request) -> Officer | None:
    """Return who is behind a request by login or by a token bound to an officer."""
    session: Session | None = request.get(SESSION)
    if session:
        return session.officer
    token: Token | None = request.get(TOKEN)
    return token.officer if token else None


def may_read_segments(request: web.Request) -> bool:
    """Whether the caller may see a list before it is published."""
    if (token := request.get(TOKEN)) and token.scope == tokens.Scope.SEGMENT:
        return True
    officer = officer_of(request)
    return officer is not None and officer.role in (Role.EDITOR, Role.BROADCASTER)


def guard(store: Store, clock: Clock, settings: Settings) -> Middleware:
    """Return the middleware that lets through only whom the route's declaration names.

    A route nobody declared lets nobody through.
    """
    keeper = Guard(store, clock, settings)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.http_exception is None:
            request = keeper.bound(request)
            await keeper.admit(request)
        return await handler(request)

    return check


#: where a cookie that comes along says nothing about who is calling
_WITHOUT_COOKIE = (Access.TOKEN, Access.EMBEDDED, Access.CONVERSATION, Access.PROVIDER)


class Guard:
    """Finds out who is calling, and turns away whom the route does not admit."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._own_host = urlsplit(settings.public_url).netloc
        self._cookie = session_cookie(settings)
        self._declared: dict[tuple[str, str], Route] | None = None

    def bound(self, request: web.Request) -> web.Request:
        """Return the request with no more of a body than its route takes; raise 413 for more."""
        route = self._declaration(request)
        if route is None or not request.can_read_body:
            return request
        announced = request.content_length
        if announced is None:  # a copy's files are not closed with the request: only where needed
            return request.clone(client_max_size=route.longest_body)
        if announced > route.longest_body:
            raise web.HTTPRequestEntityTooLarge(route.longest_body, announced)
        return request

    async def admit(self, request: web.Request) -> None:
        """Attach session or token to the request; raise what turns it away."""
        route = self._declaration(request)
        if route is None:
            log.error("undeclared route", method=request.method)
            raise web.HTTPForbidden
        await self._identify(request, route)
        if route.access is Access.SESSION:
            await self._admit_officer(request, route)
        elif _needs_token(request, route):
            _admit_machine(request, route)

    def _declaration(self, request: web.Request) -> Route | None:
        if self._declared is None:
            routes: list[Route] = request.app[ROUTES]
            self._declared = declarations(routes)
        found = request.match_info.route
        path = found.resource.canonical if found.resource else ""
        return self._declared.get((found.method, path))

    async def _identify(self, request: web.Request, route: Route) -> None:
        now = self._clock()
        # a machine is its token's officer, a citizen's conversation nobody's
        secret = None if route.access in _WITHOUT_COOKIE else request.cookies.get(self._cookie)
        if secret:
            session = await self._store.read(lambda c: sessions.find(c, secret, now))
            if session:
                request[SESSION] = session
                if session.stale:
                    await self._note_use(lambda c: sessions.touch(c, session.digest, now))
        if bearer := _bearer(request):
            token = await self._store.read(lambda c: tokens.find(c, bearer, now))
            if token:
                request[TOKEN] = token
                if token.stale:
                    await self._note_use(lambda c: tokens.touch(c, token.id, now))

    async def _note_use(self, body: Any) -> None:  # noqa: ANN401 - a body without a value
        """Write when something was last used; not worth failing a request for."""
        with suppress(StoreUnavailable):
            await self._store.write(lambda connection: Done(body(connection)))

    async def _admit_officer(self, request: web.Request, route: Route) -> None:
        session = request.get(SESSION)
        if session is None:
            raise web.HTTPSeeOther(_login_address(request))
        if session.officer.role not in route.roles:
            raise web.HTTPForbidden
        if request.method not in _SAFE:
            await self._check_intent(request, session)
        if session.officer.must_change_password and request.path not in _BEFORE_OWN_PASSWORD:
            raise web.HTTPSeeOther(CHANGE_PASSWORD)

    async def _check_intent(self, request: web.Request, session: Session) -> None:
        """Raise unless the request was made on a page of ours by this session."""
        sent = request.headers.get("X-CSRF-Token") or (await read_form(request)).get("csrf", "")
        if not hmac.compare_digest(sent.encode("utf-8", "replace"), session.csrf.encode()):
            raise web.HTTPForbidden
        check_origin(request, self._own_host)


def check_origin(request: web.Request, own_host: str) -> None:
    """Raise HTTPForbidden for a form sent from a page that is not ours.

    Browsers send Origin with every unsafe request; what sends neither it nor a Referer is
    no browser and cannot be led astray.
    """
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if source is None:
        return
    try:
        host = urlsplit(source).netloc
    except ValueError:
        raise web.HTTPForbidden from None
    if host not in {own_host, request.host} - {""}:
        raise web.HTTPForbidden


def declarations(routes: Iterable[Route]) -> dict[tuple[str, str], Route]:
    """Return routes by method and canonical path, the way a matched request names them."""
    canonical = web.UrlDispatcher()
    named = {}
    for route in routes:
        resource = canonical.add_route(route.method, route.path, route.handler).resource
        for method in methods_of(route):
            named[method, resource.canonical if resource else route.path] = route
    return named


def _needs_token(request: web.Request, route: Route) -> bool:
    if route.access is Access.LOCAL:
        return not is_local(request)
    return route.access is Access.TOKEN


def _admit_machine(request: web.Request, route: Route) -> None:
    token = request.get(TOKEN)
    if token is None:
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
    if token.scope not in route.scopes:
        raise web.HTTPForbidden


def _bearer(request: web.Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _login_address(request: web.Request) -> str:
    """Return the login page that leads back here; after a form, to the page it stood on."""
    if request.method == "GET":
        return LOGIN if request.path == "/can-bo" else f"{LOGIN}?tiep={quote(request.path_qs)}"
    page = request.path.rsplit("/", 1)[0]
    return f"{LOGIN}?het=1&tiep={quote(page)}"
